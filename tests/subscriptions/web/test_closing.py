"""The pages of an end: what they say, whom they let, and the way back."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory

from orgs.models import Membership, Organization
from tests.builders import a_member, a_project, a_user, an_organization, signed_in, the_owner
from tests.subscriptions.stage import a_company

pytestmark = pytest.mark.django_db
DELETE, UNDO = "/orgs/guild/settings/delete/", "/orgs/guild/settings/delete/undo/"


def just_signed_in(membership: Membership) -> Client:
    """Return a browser in which a person proved moments ago who they are."""
    client = signed_in(membership)
    request = RequestFactory().get("/")
    request.user, request.session = membership.user, client.session
    record_authentication(request, membership.user, method="password")
    request.session.save()
    return client


@pytest.fixture
def guild() -> Organization:
    return a_company("guild").organization


def test_an_owner_deletes_and_keeps_it_after_all(guild: Organization) -> None:
    browser = just_signed_in(the_owner(guild))

    page = browser.get(DELETE).content.decode()
    assert "For 30 days" in page
    answer = browser.post(DELETE, {"confirmation": "guild"}, follow=True)
    assert answer.redirect_chain == [(DELETE, 302)]
    guild.refresh_from_db()
    assert guild.closes_at is not None
    shown = answer.content.decode()
    assert "Keep Guild" in shown
    assert str(guild.closes_at.year) in shown
    assert "Keep it after all" in browser.get("/orgs/guild/").content.decode()
    answer = browser.post(UNDO, follow=True)

    assert answer.redirect_chain == [("/orgs/guild/", 302)]
    guild.refresh_from_db()
    assert guild.is_open


def test_the_wrong_name_deletes_nothing(guild: Organization) -> None:
    answer = just_signed_in(the_owner(guild)).post(DELETE, {"confirmation": "guilt"})

    assert answer.status_code == 422
    assert "Type the name exactly" in answer.content.decode()
    guild.refresh_from_db()
    assert guild.is_open


def test_an_old_sign_in_is_led_to_a_fresh_one(guild: Organization) -> None:
    browser = signed_in(the_owner(guild))

    for answer in (browser.get(DELETE), browser.post(DELETE, {"confirmation": "guild"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/reauthenticate/")


def test_what_stands_against_it_is_shown_in_place_of_the_form(guild: Organization) -> None:
    a_project(guild)

    page = just_signed_in(the_owner(guild)).get(DELETE).content.decode()

    assert "owns_projects" in page
    assert "Delete organization" not in page


def test_others_see_neither_page(guild: Organization) -> None:
    manager, stranger = a_member(guild, "manager"), a_user()

    for address in (DELETE, UNDO):
        assert just_signed_in(manager).post(address).status_code == 403
        assert signed_in(stranger).post(address).status_code == 404
    assert just_signed_in(manager).get(DELETE).status_code == 403
    just_signed_in(the_owner(guild)).post(DELETE, {"confirmation": "guild"})
    assert just_signed_in(manager).get(DELETE).status_code == 403


def test_settings_of_what_is_being_closed_lead_to_the_way_back(guild: Organization) -> None:
    browser = just_signed_in(the_owner(guild))
    browser.post(DELETE, {"confirmation": "guild"})

    answer = browser.get("/orgs/guild/settings/")

    assert answer.status_code == 409
    assert DELETE in answer.content.decode()


def test_members_of_what_is_being_closed_read_until_when(guild: Organization) -> None:
    member = a_member(guild)
    just_signed_in(the_owner(guild)).post(DELETE, {"confirmation": "guild"})

    page = signed_in(member).get("/orgs/guild/").content.decode()

    assert "It can be read and left until" in page
    assert "Keep it after all" not in page


def test_a_settings_page_shows_all_its_parts() -> None:
    organization = an_organization("acme")

    page = signed_in(the_owner(organization)).get("/orgs/acme/settings/").content.decode()

    for words in ("Who sees the profile", "Rename", "Danger zone", "/settings/delete/"):
        assert words in page
