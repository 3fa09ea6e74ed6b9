"""Pages about names: asking, renaming, and the desk of staff."""

import pytest
from django.test import Client

from orgs.models import Organization
from tests.builders import a_member, a_user, an_organization, signed_in, the_owner
from tests.community.builders import a_reviewer, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "words"),
    [("acme", "is taken"), ("bakers", "can be had"), ("-", "Use 2 to 50"), ("adm1n", "looks like")],
)
def test_a_person_asks_whether_a_name_is_free(name: str, words: str) -> None:
    an_organization("acme")
    browser = signed_in(a_user())

    page = browser.get("/orgs/new/name/", {"name": name})
    told = browser.get("/orgs/new/name/", {"name": name}, headers={"Accept": "application/json"})

    assert words in page.content.decode()
    assert words in told.json()["sentence"]
    assert told.json()["is_free"] is (name == "bakers")


def test_asking_is_for_people_who_signed_in() -> None:
    assert Client().get("/orgs/new/name/?name=acme").status_code == 302


def test_asking_for_nothing_answers_nothing() -> None:
    browser = signed_in(a_user())

    assert browser.get("/orgs/new/name/").status_code == 200
    told = browser.get("/orgs/new/name/", headers={"Accept": "application/json"})
    assert told.json() == {"is_free": False}


def test_an_owner_renames_on_the_page() -> None:
    organization = an_organization("acme")

    answer = signed_in(the_owner(organization)).post(
        "/orgs/acme/settings/rename/", {"name": "rockets", "confirmation": "acme"}, follow=True
    )

    assert answer.redirect_chain == [("/orgs/rockets/settings/", 302)]
    assert "The name is rockets now" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "guild", "confirmation": "acme"}, "is taken"),
        ({"name": "rockets", "confirmation": "wrong"}, "Type the name exactly"),
        ({"name": "", "confirmation": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_shown_at_its_field(typed: dict[str, str], words: str) -> None:
    organization = an_organization("acme")
    an_organization("guild")

    answer = signed_in(the_owner(organization)).post("/orgs/acme/settings/rename/", typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    organization.refresh_from_db()
    assert organization.name == "acme"


def test_members_are_told_no() -> None:
    organization = an_organization("acme")
    browser = signed_in(a_member(organization, "manager"))

    assert browser.get("/orgs/acme/settings/rename/").status_code == 403
    assert (
        browser.post(
            "/orgs/acme/settings/rename/", {"name": "rockets", "confirmation": "acme"}
        ).status_code
        == 403
    )


def test_a_second_rename_is_told_its_day() -> None:
    organization = an_organization("acme")
    browser = signed_in(the_owner(organization))
    browser.post("/orgs/acme/settings/rename/", {"name": "rockets", "confirmation": "acme"})

    page = browser.get("/orgs/rockets/settings/rename/").content.decode()
    answer = browser.post(
        "/orgs/rockets/settings/rename/", {"name": "boats", "confirmation": "rockets"}
    )

    assert "renamed lately" in page
    assert answer.status_code == 409
    assert "renamed_lately" in answer.content.decode()


@pytest.fixture
def gone() -> Organization:
    """An organization that is closed, and its name burned."""
    organization = an_organization("acme")
    Organization.objects.filter(pk=organization.pk).update(state="closed")
    return organization


def test_staff_see_the_history_of_a_name_and_release_it(gone: Organization) -> None:
    desk = with_second_factor(a_reviewer("support"))

    page = desk.get("/staff/names/?name=ACME").content.decode()
    assert "belonged to an organization that is gone" in page
    assert "Release the name" in page
    answer = desk.post(
        "/staff/names/", {"name": "acme", "because": "Asked for & granted."}, follow=True
    )

    assert answer.redirect_chain == [("/staff/names/?name=acme", 302)]
    shown = answer.content.decode()
    assert "Asked for &amp; granted." in shown
    assert "can be had" in shown
    assert "Release the name" not in shown


def test_a_release_without_a_reason_is_shown_at_its_field(gone: Organization) -> None:
    desk = with_second_factor(a_reviewer("admin"))

    answer = desk.post("/staff/names/", {"name": "acme", "because": ""})

    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()
    for never in ("ac\x00me", "a" * 300):
        assert desk.post("/staff/names/", {"name": never, "because": "x"}).status_code == 422


def test_a_name_that_is_borne_offers_no_release() -> None:
    an_organization("acme")

    page = with_second_factor(a_reviewer("support")).get("/staff/names/?name=acme")

    assert "Release the name" not in page.content.decode()


@pytest.mark.parametrize(("role", "status"), [("", 404), ("reviewer", 403), ("billing", 403)])
def test_the_desk_is_for_those_who_release(gone: Organization, role: str, status: int) -> None:
    """Red without ``for_staff`` on the page."""
    desk = with_second_factor(a_reviewer(role))

    assert desk.get("/staff/names/").status_code == status
    answer = desk.post("/staff/names/", {"name": "acme", "because": "Because."})
    assert answer.status_code == status


def test_without_a_second_factor_the_desk_stays_shut(gone: Organization) -> None:
    answer = signed_in(a_reviewer("support")).post(
        "/staff/names/", {"name": "acme", "because": "Because."}
    )

    assert answer.status_code == 403
    assert gone.names.held().exists()
