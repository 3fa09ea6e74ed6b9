"""Every page of an organization: who sees it, in which spelling, and at what cost."""

from collections.abc import Callable
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import Organization
from orgs.names import skeleton
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_team,
    a_user,
    an_invitation,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = [
    "",
    "people/",
    "people/roles/",
    "people/leave/",
    "people/{person}/",
    "people/invitations/",
    "teams/",
    "teams/core/",
]
FOR_OWNERS = [
    "settings/",
    "people/{person}/remove/",
    "people/invitations/bulk/",
    "teams/core/edit/",
    "teams/core/delete/",
    "audit/",
]


class Place:
    """A lively organization and the addresses of its pages."""

    def __init__(self) -> None:
        self.organization = an_organization("Acme", owner=a_user("ada@example.org", name="Ada"))
        self.member = a_member(self.organization)
        a_team(self.organization, "core", members=[self.member])
        self.invitation, self.token = an_invitation(self.organization)

    def at(self, page: str) -> str:
        """Return the address of a page."""
        names = {"person": self.member.user.public_id, "invitation": self.invitation.public_id}
        return f"/orgs/Acme/{page.format(**names)}"


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_plain_member_is_told_no_and_why(place: Place) -> None:
    browser = signed_in(a_member(place.organization))
    wrong = []

    for page in FOR_OWNERS:
        answer = browser.get(place.at(page))
        if answer.status_code != 403 or "role_too_low" not in answer.content.decode():
            wrong.append(page)

    assert wrong == []


def test_who_left_is_a_stranger(place: Place) -> None:
    place.member.delete()

    assert signed_in(place.member).get(place.at("")).status_code == 404


def test_a_closed_organization_has_no_pages(place: Place) -> None:
    owner = signed_in(the_owner(place.organization))
    Organization.objects.update(state="closed")

    assert owner.get(place.at("")).status_code == 404
    assert "Acme" not in owner.get("/orgs/").content.decode()


@pytest.mark.parametrize("spelling", ["acme", "ACME"])
def test_another_spelling_leads_to_the_right_address(place: Place, spelling: str) -> None:
    owner = signed_in(the_owner(place.organization))

    answer = owner.get(f"/orgs/{spelling}/audit/?event=member.joined")

    assert answer.status_code == 302
    assert answer["Location"] == "/orgs/Acme/audit/?event=member.joined"
    team = owner.get("/orgs/Acme/teams/CORE/edit/")
    assert team["Location"] == "/orgs/Acme/teams/core/edit/"


def test_an_old_name_leads_to_the_new_one(place: Place) -> None:
    place.organization.names.create(
        name="Oldname", normalized_name="oldname", skeleton=skeleton("oldname")
    )

    answer = signed_in(the_owner(place.organization)).get("/orgs/oldname/teams/")

    assert answer["Location"] == "/orgs/Acme/teams/"


def crowd(organization: Organization, size: int) -> None:
    """Fill an organization with people, teams, offers and events."""
    people = [a_member(organization) for _ in range(size)]
    people += [a_member(organization, Role.MANAGER) for _ in range(size)]
    for _ in range(size):
        a_team(organization, members=people)
        an_invitation(organization)
    core = organization.teams.get(name="core")
    for membership in people[:size]:
        core.team_memberships.create(organization=organization, membership=membership)


def cost_of(get: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get()
    return len(queries)


def test_pages_cost_the_same_however_many_there_are(place: Place) -> None:
    owner = signed_in(the_owner(place.organization))
    addresses = [place.at(page) for page in OPEN_TO_ALL + FOR_OWNERS]

    def costs() -> dict[str, int]:
        return {each: cost_of(partial(owner.get, each)) for each in addresses}

    costs()
    few = costs()
    crowd(place.organization, 6)

    assert costs() == few
    assert max(few.values()) <= 14


def test_my_organizations_cost_the_same_however_many_there_are() -> None:
    user = a_user("ada@example.org")
    browser = signed_in(user)
    an_organization(owner=user)
    browser.get("/orgs/")
    few = cost_of(lambda: browser.get("/orgs/"))

    for _ in range(6):
        an_organization(owner=user)
        an_invitation(an_organization(), "ada@example.org")

    assert cost_of(lambda: browser.get("/orgs/")) == few


def test_my_organizations_show_role_people_and_standing() -> None:
    user = a_user()
    mine = an_organization("acme", owner=user)
    a_member(mine)
    a_member(an_organization("guild", standing="restricted"), Role.BILLING_MANAGER, user=user)
    an_organization("hidden")

    page = signed_in(user).get("/orgs/").content.decode()

    assert "Acme" in page
    assert "Billing manager" in page
    assert "Restricted" in page
    assert "Hidden" not in page


def test_who_is_in_no_organization_is_told_what_to_do() -> None:
    page = signed_in(a_user()).get("/orgs/").content.decode()

    assert "You are in no organization yet" in page
    assert "/orgs/new/" in page


def test_open_invitations_to_my_verified_addresses_wait_for_me() -> None:
    user = a_user("ada@example.org")
    EmailAddress.objects.create(user=user, email="second@example.org", verified=True)
    EmailAddress.objects.create(user=user, email="unproven@example.org", verified=False)
    _, first = an_invitation(an_organization(), "ADA@example.org")
    _, second = an_invitation(an_organization(), "second@example.org")
    _, unproven = an_invitation(an_organization(), "unproven@example.org")
    _, foreign = an_invitation(an_organization(), "grace@example.org")

    page = signed_in(user).get("/orgs/").content.decode()

    shown = [token in page for token in (first, second, unproven, foreign)]
    assert shown == [True, True, False, False]


def test_the_two_roads_are_shown() -> None:
    page = signed_in(a_user()).get("/orgs/new/").content.decode()

    assert "/orgs/new/company/" in page
    assert "community" in page.lower()


def test_an_organization_that_cannot_grow_says_so_with_the_way_out(place: Place) -> None:
    entitle(place.organization, a_phase("restricted"))

    page = signed_in(the_owner(place.organization)).get(place.at("")).content.decode()

    assert "standing_restricted" in page
    assert "/orgs/Acme/billing/" in page


def test_the_front_door_shows_visitors_two_roads_and_leads_people_to_theirs() -> None:
    page = Client().get("/").content.decode()
    assert "Found a company" in page
    assert "Apply for free use" in page

    assert signed_in(a_user()).get("/")["Location"] == "/orgs/"


@pytest.mark.parametrize("name", ["a%00b", "%00", "guild%00", "a%0Ab", "%F0%9F%92%A9", "x" * 300])
def test_a_name_that_nobody_can_have_is_nowhere(name: str) -> None:
    """Red without ``is_well_formed`` in ``organization_seen_by`` and ``team_seen_by``."""
    organization = an_organization("guild")
    a_team(organization, "core")
    browser = signed_in(the_owner(organization))

    for page in ("", "people/", "audit/", "billing/"):
        assert browser.get(f"/orgs/{name}/{page}").status_code == 404
    for page in ("", "edit/", "delete/"):
        assert browser.get(f"/orgs/guild/teams/{name}/{page}").status_code == 404
