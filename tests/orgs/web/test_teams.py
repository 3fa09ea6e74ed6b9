"""The pages of teams."""

import pytest
from django.test import Client

from orgs.models import Organization, Team
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_team,
    a_user,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme")


@pytest.fixture
def owner(acme: Organization) -> Client:
    return signed_in(the_owner(acme))


def test_an_owner_makes_a_team_and_is_led_to_it(acme: Organization, owner: Client) -> None:
    answer = owner.post(
        "/orgs/acme/teams/", {"name": "Core", "description": "Keeps it running"}, follow=True
    )

    assert answer.redirect_chain == [("/orgs/acme/teams/Core/", 302)]
    assert "Keeps it running" in answer.content.decode()


@pytest.mark.parametrize("name", ["core", "-", ""])
def test_a_name_that_cannot_be_had_is_shown_at_the_field(
    acme: Organization, owner: Client, name: str
) -> None:
    a_team(acme, "Core")

    answer = owner.post("/orgs/acme/teams/", {"name": name, "description": "Kept words"})

    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()
    assert "Kept words" in answer.content.decode()


def test_without_a_plan_the_way_out_stands_in_place_of_the_form(
    acme: Organization, owner: Client
) -> None:
    entitle(acme, a_phase("restricted"))

    page = owner.get("/orgs/acme/teams/").content.decode()
    answer = owner.post("/orgs/acme/teams/", {"name": "core"})

    assert "standing_restricted" in page
    assert "/orgs/acme/billing/" in page
    assert "Create team" not in page
    assert answer.status_code == 402
    assert "standing_restricted" in answer.content.decode()
    assert not Team.objects.exists()


def test_a_plain_member_sees_teams_and_neither_form_nor_panel(acme: Organization) -> None:
    a_team(acme, "core")
    member = signed_in(a_member(acme))

    page = member.get("/orgs/acme/teams/").content.decode()

    assert "core" in page
    assert "Create a team" not in page
    assert member.post("/orgs/acme/teams/", {"name": "mine"}).status_code == 403


def test_people_are_added_and_taken_out(acme: Organization, owner: Client) -> None:
    team = a_team(acme, "core")
    person = a_member(acme).user.public_id

    owner.post("/orgs/acme/teams/core/", {"user": person, "is_maintainer": "on"})
    assert team.team_memberships.get().is_maintainer

    owner.post(f"/orgs/acme/teams/core/people/{person}/maintainer/", {"is_maintainer": "no"})
    assert not team.team_memberships.get().is_maintainer

    answer = owner.post(f"/orgs/acme/teams/core/people/{person}/remove/", follow=True)
    assert "is not in the team any more." in answer.content.decode()
    assert not team.team_memberships.exists()


def test_billing_managers_and_strangers_are_not_on_offer(acme: Organization, owner: Client) -> None:
    a_team(acme, "core")
    payer = a_member(acme, Role.BILLING_MANAGER).user.public_id
    stranger = a_user().public_id

    page = owner.get("/orgs/acme/teams/core/").content.decode()

    assert str(payer) not in page
    for nobody in (payer, stranger, "not-an-id", ""):
        answer = owner.post("/orgs/acme/teams/core/", {"user": nobody})
        assert answer.status_code == 422
    assert owner.post(f"/orgs/acme/teams/core/people/{stranger}/remove/").status_code == 404


def test_a_maintainer_runs_their_team_and_appoints_nobody(acme: Organization) -> None:
    maintainer, newcomer = a_member(acme), a_member(acme)
    team = a_team(acme, "core", maintainers=[maintainer])
    browser = signed_in(maintainer)

    page = browser.get("/orgs/acme/teams/core/").content.decode()
    browser.post("/orgs/acme/teams/core/", {"user": newcomer.user.public_id, "is_maintainer": "on"})

    assert "Add members" in page
    assert 'name="is_maintainer"' not in page
    assert not team.team_memberships.get(membership=newcomer).is_maintainer
    assert browser.get("/orgs/acme/teams/core/edit/").status_code == 403


def test_a_team_is_renamed_and_led_to_its_new_address(acme: Organization, owner: Client) -> None:
    a_team(acme, "core")

    answer = owner.post("/orgs/acme/teams/core/edit/", {"name": "kernel", "description": ""})

    assert answer["Location"] == "/orgs/acme/teams/kernel/"
    assert owner.get("/orgs/acme/teams/core/").status_code == 404


def test_a_team_is_deleted_when_its_name_was_typed(acme: Organization, owner: Client) -> None:
    a_team(acme, "core", members=[a_member(acme)])
    address = "/orgs/acme/teams/core/delete/"

    assert "1 person loses" in owner.get(address).content.decode()
    wrong = owner.post(address, {"confirmation": "kernel"})
    assert wrong.status_code == 422
    assert "exactly as it is shown" in wrong.content.decode()

    answer = owner.post(address, {"confirmation": "core"}, follow=True)

    assert "The team core was deleted." in answer.content.decode()
    assert not Team.objects.exists()


def test_teams_of_another_organization_are_out_of_reach(owner: Client) -> None:
    a_team(an_organization("guild"), "core")

    assert owner.get("/orgs/acme/teams/core/").status_code == 404
    answer = owner.post("/orgs/acme/teams/core/delete/", {"confirmation": "core"})
    assert answer.status_code == 404
    assert Team.objects.count() == 1


def test_several_are_added_at_once(acme: Organization, owner: Client) -> None:
    team = a_team(acme, "core")
    people = [a_member(acme).user.public_id for _ in range(3)]

    page = owner.get("/orgs/acme/teams/core/").content.decode()
    answer = owner.post("/orgs/acme/teams/core/", {"user": people}, follow=True)

    assert page.count('type="checkbox" name="user"') == 4
    assert "3 people are in the team now." in answer.content.decode()
    assert team.team_memberships.count() == 3


def test_where_many_could_be_added_they_are_searched_for(acme: Organization, owner: Client) -> None:
    a_team(acme, "core")
    for _ in range(25):
        a_member(acme)
    zoe = a_member(acme, user=a_user(name="Zoe Zimmer"))

    page = owner.get("/orgs/acme/teams/core/").content.decode()
    found = owner.get("/orgs/acme/teams/core/", {"find": "zo"}).content.decode()
    short = owner.get("/orgs/acme/teams/core/", {"find": "z"})
    none = owner.get("/orgs/acme/teams/core/", {"find": "xx"}).content.decode()
    posted = owner.post("/orgs/acme/teams/core/?find=zo", {"user": zoe.user.public_id})

    assert page.count('type="checkbox" name="user"') == 20
    assert "There are more: find them by name." in page
    assert found.count('type="checkbox" name="user"') == 1
    assert "Zoe Zimmer" in found
    assert (short.status_code, b"at least two characters" in short.content) == (422, True)
    assert "begins like that" in none
    assert posted.status_code == 302


def test_a_large_team_comes_in_pages_and_is_searched(acme: Organization, owner: Client) -> None:
    zoe = a_member(acme, user=a_user(name="Zoe Zimmer"))
    a_team(acme, "core", members=[*[a_member(acme) for _ in range(55)], zoe])

    first = owner.get("/orgs/acme/teams/core/")
    found = owner.get("/orgs/acme/teams/core/", {"q": "zoe"}).content.decode()
    short = owner.get("/orgs/acme/teams/core/", {"q": "z"})

    assert len(first.context["page"].rows) == 50
    assert first.context["page"].next_cursor
    assert found.count("Take out") == 1
    assert short.status_code == 422


def test_many_teams_come_in_pages(acme: Organization, owner: Client) -> None:
    for number in range(52):
        a_team(acme, f"team-{number:02}")

    first = owner.get("/orgs/acme/teams/")
    second = owner.get("/orgs/acme/teams/", {"cursor": first.context["page"].next_cursor})

    assert len(first.context["page"].rows) == 50
    assert "team-51" in second.content.decode()
