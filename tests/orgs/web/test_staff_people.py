"""The pages on which staff help people."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory

from accounts.models import SecondFactorReset, User
from tests.builders import a_second_factor, a_user, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/staff/people/"


def at_work(user: User) -> Client:
    """Return a browser in which staff signed in with a second factor."""
    client = signed_in(user)
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    record_authentication(request, user, method="mfa")
    request.session.save()
    return client


def test_support_finds_a_person_asks_for_a_reset_and_withdraws_it() -> None:
    browser = at_work(a_user(staff_role="support"))
    user = a_user("grace@example.org", name="Grace")
    a_second_factor(user)
    page = f"{PAGE}{user.public_id}/"

    found = browser.get(f"{PAGE}?q=GRACE").content.decode()
    nobody = browser.get(f"{PAGE}?q=nobody").content.decode()
    assert browser.get(f"{PAGE}?q=a%00b").status_code == 200
    empty = browser.post(page, {"reason": " "})
    sent = browser.post(page, {"reason": "Known by phone."}, follow=True).content.decode()
    browser.post(f"{page}withdraw/")

    assert page in found
    assert "Nobody found" in nobody
    assert empty.status_code == 422
    assert "has a day to object" in sent
    assert "Known by phone." in sent
    assert SecondFactorReset.objects.get().outcome == "withdrawn"


@pytest.mark.parametrize("role", ["reviewer", "billing"])
def test_other_staff_is_told_that_it_is_not_theirs(role: str) -> None:
    assert at_work(a_user(staff_role=role)).get(PAGE).status_code == 403


def test_without_a_second_factor_in_the_session_it_is_asked_for() -> None:
    answer = signed_in(a_user(staff_role="support")).get(PAGE)

    assert answer.status_code == 403
    assert "A second factor is needed here" in answer.content.decode()


def test_to_everybody_else_it_does_not_exist() -> None:
    user = a_user()
    browser = signed_in(a_user())

    for page in (PAGE, f"{PAGE}{user.public_id}/"):
        assert browser.get(page).status_code == 404
    assert browser.post(f"{PAGE}{user.public_id}/", {"reason": "x"}).status_code == 404
    assert browser.post(f"{PAGE}{user.public_id}/withdraw/").status_code == 404
