"""The projects of an organization and of a team: listed, offered, and levels given to many."""

import pytest
from django.test import Client

from orgs.actions.transfers import propose_transfer
from orgs.levels import Level
from orgs.models import Organization, TeamGrant
from orgs.roles import Role
from tests.builders import (
    a_grant,
    a_member,
    a_phase,
    a_project,
    a_team,
    a_user,
    an_actor,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db
HERE = "/orgs/acme/projects/"
TEAM = "/orgs/acme/teams/core/"


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme")


@pytest.fixture
def owner(acme: Organization) -> Client:
    return signed_in(the_owner(acme))


def page_of(client: Client, address: str = HERE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_members_see_public_projects_and_those_with_a_level(
    acme: Organization, owner: Client
) -> None:
    a_project(acme, "open")
    a_project(acme, "secret", is_private=True)

    for role in (Role.MEMBER, Role.BILLING_MANAGER, Role.MANAGER):
        page = page_of(signed_in(a_member(acme, role)))
        assert "open" in page
        assert "secret" not in page
    assert "secret" in page_of(owner)
    assert signed_in(a_user()).get(HERE).status_code == 404


def test_the_overview_counts_what_the_visitor_sees(acme: Organization, owner: Client) -> None:
    """Red without ``seen_by_id`` in the overview's count."""
    for _ in range(3):
        a_project(acme, is_private=True)
    a_project(acme)

    def told(client: Client) -> str:
        page = page_of(client, "/orgs/acme/")
        return page.split(">Projects</div>")[1].split('mb-2">')[1].split("<")[0].strip()

    assert told(owner) == "4"
    assert told(signed_in(a_member(acme))) == "1"


def test_projects_are_searched_and_paged(acme: Organization, owner: Client) -> None:
    for number in range(51):
        a_project(acme, f"wheel-of-{number:02}")

    first = page_of(owner)
    assert "wheel-of-50" not in first
    cursor = first.split("cursor=")[1].split('"')[0]
    assert "wheel-of-50" in page_of(owner, f"{HERE}?cursor={cursor}")
    found = page_of(owner, f"{HERE}?q=OF_50")
    assert "wheel-of-50" in found
    assert "wheel-of-49" not in found
    assert "Nothing matches" in page_of(owner, f"{HERE}?q=nothing%00")


def test_an_empty_list_says_what_to_do(acme: Organization, owner: Client) -> None:
    assert "/projects/new/?organization=acme" in page_of(owner)
    assert "/projects/new/" not in page_of(signed_in(a_member(acme)))


def base_level_of(organization: Organization) -> int | None:
    return Organization.objects.values_list("base_level", flat=True).get(pk=organization.pk)


def test_owners_say_what_every_member_has(acme: Organization, owner: Client) -> None:
    answer = owner.post(f"{HERE}base-level/", {"level": "read"}, follow=True)
    assert "Every member has the level “read”" in answer.content.decode()
    assert base_level_of(acme) == Level.READ

    assert owner.post(f"{HERE}base-level/", {"level": "all"}).status_code == 422
    owner.post(f"{HERE}base-level/", {"level": "none"})
    assert base_level_of(acme) is None
    manager = signed_in(a_member(acme, Role.MANAGER))
    assert manager.post(f"{HERE}base-level/", {"level": "read"}).status_code == 403


def test_raising_is_withheld_in_place_and_lowering_is_not(
    acme: Organization, owner: Client
) -> None:
    """Red without ``except Refusal`` in ``base_level``."""
    Organization.objects.update(base_level=Level.PUBLISH)
    entitle(acme, a_phase("restricted"))

    page = page_of(owner)
    assert "standing_restricted" in page
    assert 'value="administer"' not in page
    refused = owner.post(f"{HERE}base-level/", {"level": "administer"})
    assert refused.status_code == 402
    assert "What every member has" in refused.content.decode()

    owner.post(f"{HERE}base-level/", {"level": "read"})
    assert base_level_of(acme) == Level.READ
    Organization.objects.update(base_level=None)
    assert 'value="read"' not in page_of(owner)


def test_offers_to_the_organization_wait_for_owners_and_managers(acme: Organization) -> None:
    giver = a_user()
    propose_transfer(
        project=a_project(giver, "gift"),
        actor=an_actor(giver, fresh=True),
        to_organization=acme,
    )

    for role, sees in ((Role.MANAGER, True), (Role.MEMBER, False), (Role.BILLING_MANAGER, False)):
        assert ("gift" in page_of(signed_in(a_member(acme, role)))) is sees


def test_a_team_is_given_a_level_on_several_projects(acme: Organization, owner: Client) -> None:
    a_team(acme, "core")
    for name in ("axle", "rim", "wheel"):
        a_project(acme, name)
    assert "Give levels" in page_of(owner, TEAM)

    sent = {"projects": ["axle", "wheel"], "level": "publish"}
    answer = owner.post(f"{TEAM}projects/", sent, follow=True)

    assert "on 2 projects now" in answer.content.decode()
    granted = {grant.project.name: grant.level for grant in TeamGrant.objects.all()}
    assert granted == {"axle": Level.PUBLISH, "wheel": Level.PUBLISH}
    assert "rim" in page_of(owner, f"{TEAM}projects/")
    assert 'value="axle"' not in page_of(owner, f"{TEAM}projects/")


def test_a_team_is_given_a_level_on_all_present_projects(acme: Organization, owner: Client) -> None:
    team = a_team(acme, "core")
    for _ in range(30):
        a_project(acme, is_private=True)

    answer = owner.post(f"{TEAM}projects/all/", {"all-level": "read"}, follow=True)

    assert "on all 30 present projects" in answer.content.decode()
    a_project(acme)
    assert team.grants.count() == 30
    assert owner.post(f"{TEAM}projects/all/", {"all-level": "x"}).status_code == 422
    manager = signed_in(a_member(acme, Role.MANAGER))
    assert manager.post(f"{TEAM}projects/all/", {"all-level": "read"}).status_code == 403


def test_nobody_gives_on_projects_they_do_not_administer(acme: Organization) -> None:
    """Red without ``administered_by`` in ``give``."""
    a_team(acme, "core")
    manager = a_member(acme, Role.MANAGER)
    a_project(acme, "mine", by=manager)
    a_project(acme, "theirs")
    a_project(an_organization(), "foreign", by=manager)
    browser = signed_in(manager)

    assert 'value="theirs"' not in page_of(browser, f"{TEAM}projects/")
    for name in ("theirs", "foreign"):
        sent = {"projects": [name], "level": "read"}
        assert browser.post(f"{TEAM}projects/", sent).status_code == 422
    browser.post(f"{TEAM}projects/", {"projects": ["mine"], "level": "read"})
    assert TeamGrant.objects.get().project.name == "mine"


def test_a_level_of_a_team_is_changed_and_revoked(acme: Organization, owner: Client) -> None:
    team = a_team(acme, "core")
    a_grant(a_project(acme, "wheel"), team)

    owner.post(f"{TEAM}projects/WHEEL/level/", {"level": "administer"})
    assert TeamGrant.objects.get().level == Level.ADMINISTER
    assert "Revoke" in page_of(owner, TEAM)
    owner.post(f"{TEAM}projects/wheel/revoke/")
    assert not TeamGrant.objects.exists()


def test_a_plain_member_sees_levels_and_no_buttons(acme: Organization) -> None:
    team, member = a_team(acme, "core"), a_member(acme)
    a_grant(a_project(acme, "wheel"), team)
    a_grant(a_project(acme, "secret", is_private=True), team)
    browser = signed_in(member)

    page = page_of(browser, TEAM)

    assert "wheel" in page
    assert "secret" not in page
    assert "Revoke" not in page
    assert "Give levels" not in page
    assert browser.post(f"{TEAM}projects/wheel/revoke/").status_code == 403
    assert browser.post(f"{TEAM}projects/wheel/level/", {"level": "read"}).status_code == 403
    assert browser.post(f"{TEAM}projects/secret/revoke/").status_code == 404
    foreign = a_project(an_organization())
    assert browser.post(f"{TEAM}projects/{foreign.name}/revoke/").status_code == 404


def test_giving_is_withheld_with_the_way_out(acme: Organization, owner: Client) -> None:
    a_team(acme, "core")
    a_project(acme, "wheel")
    entitle(acme, a_phase("restricted"))

    page = page_of(owner, f"{TEAM}projects/")

    assert "standing_restricted" in page
    assert "Give this level" not in page
    sent = {"projects": ["wheel"], "level": "read"}
    assert owner.post(f"{TEAM}projects/", sent).status_code == 402
