"""The page of who may do what: every way told, levels given and taken."""

import re

import pytest
from django.test import Client

from orgs.levels import Level
from orgs.models import Organization, Project, ProjectRole, TeamGrant
from orgs.roles import Role
from tests.builders import (
    a_grant,
    a_member,
    a_phase,
    a_project,
    a_role,
    a_service_token,
    a_team,
    a_user,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db
HERE = "/projects/wheel/access/"


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme")


@pytest.fixture
def wheel(acme: Organization) -> Project:
    return a_project(acme, "wheel")


@pytest.fixture
def owner(acme: Organization) -> Client:
    return signed_in(the_owner(acme))


def page_of(client: Client, address: str = HERE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_every_person_stands_there_with_every_way(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    member, outsider = a_member(acme), a_user("out@example.org")
    a_grant(wheel, a_team(acme, "core", members=[member]), Level.PUBLISH)
    a_grant(wheel, a_team(acme, "docs", members=[member]))
    a_role(wheel, outsider, Level.ADMINISTER)
    Organization.objects.update(base_level=Level.READ)

    page = page_of(owner)

    for words in (
        "owner of acme",
        "team core grants it",
        "Read: team docs grants it",
        "Read: every member of acme has it",
        "own role on the project",
        "out@example.org",
        "has <strong>read</strong> on all its projects",
    ):
        assert words in page


def test_people_come_in_pages(acme: Organization, wheel: Project, owner: Client) -> None:
    Organization.objects.update(base_level=Level.READ)
    last = [a_member(acme) for _ in range(51)][-1].user

    first = page_of(owner)
    assert last.email not in first.split("<datalist")[0]
    cursor = first.split("?cursor=")[1].split('"')[0]
    assert last.email in page_of(owner, f"{HERE}?cursor={cursor}").split("<datalist")[0]
    for wrong in ("x", "-1", "9" * 30, "%00", "²"):
        assert owner.get(f"{HERE}?cursor={wrong}").status_code == 422


def test_a_member_is_given_another_level_and_none(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    user = a_member(acme).user

    answer = owner.post(HERE, {"user": user.email.upper(), "level": "publish"}, follow=True)
    assert "has the level “publish” now" in answer.content.decode()
    owner.post(f"{HERE}people/{user.public_id}/", {"level": "read"})
    assert ProjectRole.objects.get().level == Level.READ
    owner.post(f"{HERE}people/{user.public_id}/remove/")
    assert not ProjectRole.objects.exists()


def test_outsiders_and_unknown_addresses_are_answered_alike(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    """Red without ``raise NotInvolved`` in ``access``: whether an account exists would be told."""
    outsider = a_user("out@example.org")

    answers = [
        owner.post(HERE, {"user": address, "level": "read"})
        for address in (outsider.email, "nobody@example.org")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    shown = [answer.content.decode().replace("nobody@", "out@") for answer in answers]
    said = [page.split('aria-labelledby="give"')[1].split("<datalist")[0] for page in shown]
    said = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in said]
    assert "no member of the organization" in said[0]
    assert said[0] == said[1]


def test_nobody_is_given_a_level_by_their_id_who_has_none(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    """Red when ``_person`` looks among all people."""
    for user in (a_user(), a_member(acme).user):
        address = f"{HERE}people/{user.public_id}/"
        assert owner.post(address, {"level": "read"}).status_code == 404
        assert owner.post(f"{address}remove/").status_code == 404
    assert not ProjectRole.objects.exists()


def test_a_team_is_given_another_level_and_none(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    team = a_team(acme, "core")

    owner.post(f"{HERE}teams/", {"team-team": "core", "team-level": "read"})
    assert TeamGrant.objects.get().level == Level.READ
    owner.post(f"{HERE}teams/CORE/", {"level": "publish"})
    assert TeamGrant.objects.get().level == Level.PUBLISH
    answer = owner.post(f"{HERE}teams/core/revoke/", follow=True)
    assert "has no level any more" in answer.content.decode()
    assert not team.grants.exists()


@pytest.mark.parametrize("level", ["", "all", "3", "READ"])
def test_a_level_that_does_not_exist_is_no_level(
    acme: Organization, wheel: Project, owner: Client, level: str
) -> None:
    a_grant(wheel, a_team(acme, "core"))
    person = a_member(acme)
    a_role(wheel, person)

    for address, sent in (
        (HERE, {"user": person.user.email, "level": level}),
        (f"{HERE}people/{person.user.public_id}/", {"level": level}),
        (f"{HERE}teams/", {"team-team": "core", "team-level": level}),
        (f"{HERE}teams/core/", {"level": level}),
    ):
        assert owner.post(address, sent).status_code == 422
    assert ProjectRole.objects.get().level == TeamGrant.objects.get().level == Level.READ


def test_a_team_of_another_organization_is_none(wheel: Project, owner: Client) -> None:
    a_team(an_organization(), "others")

    for page in ("teams/others/", "teams/others/revoke/", "teams/%00/"):
        assert owner.post(f"{HERE}{page}", {"level": "read"}).status_code == 404
    sent = {"team-team": "others", "team-level": "read"}
    assert owner.post(f"{HERE}teams/", sent).status_code == 422


def test_what_is_withheld_stands_in_place_of_forms_and_taking_away_works(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    user = a_member(acme).user
    a_role(wheel, user)
    a_grant(wheel, a_team(acme, "core"))
    entitle(acme, a_phase("restricted"))

    page = page_of(owner)
    assert "standing_restricted" in page
    assert owner.post("/projects/wheel/access/", {}).status_code == 402  # before it is judged
    assert "/orgs/acme/billing/" in page
    assert "Give this level" not in page
    assert owner.post(HERE, {"user": user.email, "level": "publish"}).status_code == 402

    owner.post(f"{HERE}people/{user.public_id}/remove/")
    owner.post(f"{HERE}teams/core/revoke/")
    assert not ProjectRole.objects.exists()
    assert not TeamGrant.objects.exists()


def test_a_collaborator_who_administers_does_not_see_people_and_teams_without_a_level(
    acme: Organization, wheel: Project
) -> None:
    """Red when ``insider`` is anybody who administers."""
    outsider, member = a_user(), a_member(acme)
    a_role(wheel, outsider, Level.ADMINISTER)
    a_team(acme, "silent")

    page = page_of(signed_in(outsider))

    assert member.user.email not in page
    assert "silent" not in page
    sent = {"team-team": "silent", "team-level": "read"}
    assert signed_in(outsider).post(f"{HERE}teams/", sent).status_code == 422


def test_a_project_of_a_person_has_neither_teams_nor_members() -> None:
    me = a_user()
    a_project(me, "wheel")

    page = page_of(signed_in(me))

    assert "owner of the project" in page
    assert "Give a member a level" not in page
    assert "Every member" not in page


def test_a_manager_sees_the_page_of_what_they_created_alone(acme: Organization) -> None:
    manager = a_member(acme, Role.MANAGER)
    a_project(acme, "wheel", by=manager)
    a_project(acme, "axle")

    assert signed_in(manager).get(HERE).status_code == 200
    assert signed_in(manager).get("/projects/axle/access/").status_code == 403


def test_tokens_that_publish_are_named_to_members(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    """Red without ``insider`` before ``tokens_that_publish``."""
    a_service_token(acme, "projects:publish", name="release robot")
    a_service_token(acme, "projects:read", name="reader")
    a_service_token(an_organization(), name="another")
    outsider = a_user()
    a_role(wheel, outsider, Level.ADMINISTER)

    page = page_of(owner)

    assert "release robot" in page
    assert "reader" not in page
    assert "another" not in page
    assert "release robot" not in page_of(signed_in(outsider))
