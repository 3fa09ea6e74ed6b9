"""The page on which ownership is handed over."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory

from orgs.models import Membership, Organization
from orgs.roles import Role
from tests.builders import a_member, an_organization, signed_in, the_owner

pytestmark = pytest.mark.django_db


def freshly(member: Membership) -> Client:
    """Return a browser in which somebody has just given their password."""
    client = signed_in(member)
    request = RequestFactory().get("/")
    session = client.session
    request.user, request.session = member.user, session
    record_authentication(request, member.user, method="password")
    session.save()
    return client


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme")


def page_of(member: Membership) -> str:
    return f"/orgs/acme/people/{member.user.public_id}/owner/"


def test_it_is_handed_over_once_the_name_was_typed(acme: Organization) -> None:
    heir, owner = a_member(acme), freshly(the_owner(acme))

    shown = owner.get(page_of(heir)).content.decode()
    wrong = owner.post(page_of(heir), {"stays": "manager", "confirmation": "Acme"})
    right = owner.post(page_of(heir), {"stays": "manager", "confirmation": "acme"}, follow=True)

    assert "becomes Owner of Acme in your place" in shown
    assert wrong.status_code == 422
    assert "exactly as it is shown" in wrong.content.decode()
    assert f"{heir.user} owns Acme now." in right.content.decode()
    assert [place.user for place in acme.memberships.owners()] == [heir.user]


def test_who_leaves_is_led_home(acme: Organization) -> None:
    heir, owner = a_member(acme), freshly(the_owner(acme))

    answer = owner.post(page_of(heir), {"stays": "leave", "confirmation": "acme"}, follow=True)

    assert answer.redirect_chain == [("/orgs/", 302)]
    assert acme.memberships.count() == 1


def test_a_sign_in_of_some_time_ago_is_asked_for_again(acme: Organization) -> None:
    heir, owner = a_member(acme), signed_in(the_owner(acme))

    for answer in (
        owner.get(page_of(heir)),
        owner.post(page_of(heir), {"stays": "manager", "confirmation": "acme"}),
    ):
        assert answer["Location"].startswith("/account/reauthenticate/?next=")
    assert acme.memberships.get(pk=heir.pk).role == Role.MEMBER


def test_the_way_there_is_shown_to_owners_on_others_pages(acme: Organization) -> None:
    heir, mine = a_member(acme), the_owner(acme)
    person = f"/orgs/acme/people/{heir.user.public_id}/"

    assert page_of(heir) in signed_in(mine).get(person).content.decode()
    manager = signed_in(a_member(acme, Role.MANAGER))
    assert page_of(heir) not in manager.get(person).content.decode()
    own = signed_in(mine).get(f"/orgs/acme/people/{mine.user.public_id}/").content.decode()
    assert page_of(mine) not in own
    assert manager.get(page_of(heir)).status_code == 403
