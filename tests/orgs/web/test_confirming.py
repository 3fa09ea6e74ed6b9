"""Forms of which some need a fresh sign-in: what was sent is kept, and sent on."""

import pytest
from django.http import HttpResponseBase
from django.test import Client

from orgs.models import Organization
from orgs.roles import Role
from tests.builders import PASSWORD, a_member, a_user, an_organization, signed_in, the_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme", owner=a_user("ana@example.org", password=PASSWORD))


def confirmed(browser: Client, asked: HttpResponseBase) -> str:
    """Confirm by password, as the page asks; returns the page one comes to."""
    assert asked["Location"].startswith("/account/reauthenticate/?next=")
    answer = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_was_sent_goes_on_once_it_is_confirmed(acme: Organization) -> None:
    """Red without ``sent_on_once_confirmed`` on any of these pages."""
    other, member = a_member(acme, Role.OWNER), a_member(acme)
    people = "/orgs/acme/people/"
    bulk = f"{people}invitations/bulk/"
    text = "mo@new.example, owner\n"

    def send(page: str, sent: dict[str, str]) -> str:
        browser = signed_in(the_owner(acme))
        return confirmed(browser, browser.post(page, sent))

    invited = send(people, {"email": "ada@new.example", "role": "owner"})
    promoted = send(f"{people}{member.user.public_id}/", {"role": "owner"})
    demoted = send(f"{people}{other.user.public_id}/", {"role": "member"})
    many = send(bulk, {"text": text, "role": "member", "step": "send"})

    assert "ada@new.example was invited." in invited
    assert f"{member.user} is Owner now." in promoted
    assert f"{other.user} is Member now." in demoted
    assert "1 of 1 line became an invitation" in many


def test_nobody_is_asked_for_what_needs_it_not(acme: Organization) -> None:
    browser = signed_in(the_owner(acme))
    people = "/orgs/acme/people/"

    page = browser.get(people).content.decode()
    look = browser.post(
        f"{people}invitations/bulk/",
        {"text": "mo@new.example, owner\n", "role": "member", "step": "look"},
    )
    sent = browser.post(people, {"email": "ada@new.example", "role": "manager"})

    assert 'value="owner"' in page
    assert "Will be invited" in look.content.decode()
    assert sent["Location"] == people


def test_removing_an_owner_asks_before_it_is_read(acme: Organization) -> None:
    other = a_member(acme, Role.OWNER)
    page = f"/orgs/acme/people/{other.user.public_id}/remove/"

    asked = signed_in(the_owner(acme)).get(page)

    assert asked["Location"].startswith("/account/reauthenticate/?next=")
