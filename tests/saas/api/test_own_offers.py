"""What is offered to whoever asks: listed, taken, declined; and who may not by token."""

from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel import clock
from orgs.actions.invitations import LIFE
from orgs.actions.transfers import propose_transfer
from orgs.levels import Level
from orgs.models import CollaboratorInvitation, Organization
from orgs.roles import Role
from tests.builders import (
    a_grant,
    a_member,
    a_project,
    a_role,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    the_owner,
)
from tests.saas.api.calling import Program, a_program, is_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> User:
    return a_user("kim@example.org")


@pytest.fixture
def program(kim: User) -> Program:
    return a_program(kim)


def offered_level(organization: Organization, email: str) -> CollaboratorInvitation:
    """Return an open offer of a level on a project of the organization."""
    offer = CollaboratorInvitation(
        project=a_project(organization),
        email=email,
        level=Level.PUBLISH,
        invited_by=the_owner(organization).user,
        expires_at=clock.now() + LIFE,
    )
    offer.renew_token()
    offer.save()
    return offer


def test_a_place_is_listed_and_taken(kim: User, program: Program) -> None:
    guild = an_organization("guild")
    offer, _ = an_invitation(guild, "KIM@example.org", role=Role.MANAGER)
    an_invitation(guild, "rosa@example.org")

    [shown] = program.get("/me/invitations").body["items"]

    assert (shown["id"], shown["organization"]) == (str(offer.public_id), "guild")
    assert shown["role"] == "manager"
    answer = program.post(f"/me/invitations/{offer.public_id}/accept", {})
    assert (answer.status, answer.body["role"]) == (200, "manager")
    assert guild.memberships.get(user=kim).role == Role.MANAGER
    assert program.get("/me/invitations").body["items"] == []
    assert is_problem(program.post(f"/me/invitations/{offer.public_id}/accept", {}), 404)


def test_a_place_is_declined_with_words(program: Program) -> None:
    offer, _ = an_invitation(an_organization("guild"), "kim@example.org")

    answer = program.post(f"/me/invitations/{offer.public_id}/decline", {"words": "No, thanks."})

    assert answer.status == 204
    offer.refresh_from_db()
    assert offer.outcome == "declined"


def test_nobody_becomes_an_owner_by_token(kim: User, program: Program) -> None:
    """Red without ``FreshSignInRequired`` in ``accept_invitation``."""
    guild = an_organization("guild")
    offer, _ = an_invitation(guild, "kim@example.org", role=Role.OWNER)

    answer = program.post(f"/me/invitations/{offer.public_id}/accept", {})

    assert is_problem(answer, 403, "fresh_sign_in_required")
    assert answer.body["remedy"]["url"].endswith(f"/invitations/{offer.token}/")
    assert not guild.memberships.filter(user=kim).exists()
    offer.refresh_from_db()
    assert offer.is_open


def test_a_level_is_listed_and_taken(kim: User, program: Program) -> None:
    offer = offered_level(an_organization("guild"), "Kim@example.org")
    offered_level(an_organization("other"), "rosa@example.org")

    [shown] = program.get("/me/collaborator-invitations").body["items"]

    assert (shown["project"], shown["level"]) == (offer.project.name, "publish")
    answer = program.post(f"/me/collaborator-invitations/{offer.public_id}/accept", {})
    assert answer.body == {"project": offer.project.name, "level": "publish"}
    assert offer.project.roles.get(user=kim).level == Level.PUBLISH
    assert program.get("/me/collaborator-invitations").body["items"] == []


def test_a_level_is_declined(program: Program) -> None:
    offer = offered_level(an_organization("guild"), "kim@example.org")

    answer = program.post(f"/me/collaborator-invitations/{offer.public_id}/decline", {})

    assert answer.status == 204
    offer.refresh_from_db()
    assert offer.outcome == "declined"
    assert not offer.project.roles.exists()


@pytest.mark.parametrize("kind", ["invitations", "collaborator-invitations"])
@pytest.mark.parametrize("deed", ["accept", "decline"])
def test_what_is_offered_to_others_is_not_there(program: Program, kind: str, deed: str) -> None:
    """Red without the addresses in ``invitations_to`` and ``collaborator_invitations_to``."""
    guild = an_organization("guild")
    place, _ = an_invitation(guild, "rosa@example.org")
    level = offered_level(guild, "rosa@example.org")
    theirs = place.public_id if kind == "invitations" else level.public_id

    for one in (theirs, uuid4()):
        assert is_problem(program.post(f"/me/{kind}/{one}/{deed}", {}), 404)


def test_an_address_that_is_not_proven_is_nobodys(kim: User, program: Program) -> None:
    EmailAddress.objects.filter(user=kim).update(verified=False)
    guild = an_organization("guild")
    an_invitation(guild, "kim@example.org")
    offered_level(guild, "kim@example.org")

    assert program.get("/me/invitations").body["items"] == []
    assert program.get("/me/collaborator-invitations").body["items"] == []


def queries(program: Program, path: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as told:
        answer = program.get(path)
    assert answer.status == 200
    return len(told), answer.body


def test_each_list_costs_as_much_for_many_as_for_one(kim: User) -> None:
    """Red without the ``select_related`` of any of these lists."""
    guild = an_organization("guild")
    owner = the_owner(guild)
    program, theirs = a_program(kim), a_program(owner)
    wheel = a_project(guild, "wheel")
    core = guild.teams.create(name="core", normalized_name="core")
    paths = {
        "/me/invitations": program,
        "/me/collaborator-invitations": program,
        "/me/transfers": program,
        "/projects/wheel/roles": theirs,
        "/projects/wheel/teams": theirs,
        "/organizations/guild/teams/core/grants": theirs,
        "/projects/wheel/audit-log": theirs,
        "/organizations/guild/teams/core/audit-log": theirs,
    }

    def more(number: int) -> None:
        an_invitation(an_organization(), "kim@example.org")
        offered_level(guild, "kim@example.org")
        propose_transfer(project=a_project(guild), to_user=kim, actor=an_actor(owner, fresh=True))
        a_role(wheel, a_member(guild))
        team = guild.teams.create(name=f"t{number}", normalized_name=f"t{number}")
        a_grant(wheel, team)
        a_grant(a_project(guild), core)

    more(1)
    for path, who in paths.items():
        who.get(path)  # the first use of a token is noted
    few = {path: queries(who, path) for path, who in paths.items()}
    for number in range(2, 8):
        more(number)
    many = {path: queries(who, path) for path, who in paths.items()}

    assert {path: told[0] for path, told in few.items()} == {
        path: told[0] for path, told in many.items()
    }
    for path in list(paths)[:6]:
        assert len(few[path][1]["items"]) == 1, path
        assert len(many[path][1]["items"]) == 7, path
    page = theirs.get("/projects/wheel/roles?limit=3").body
    rest = theirs.get(f"/projects/wheel/roles?limit=50&cursor={page['next_cursor']}").body
    assert [len(page["items"]), len(rest["items"])] == [3, 4]


def test_members_without_a_demanded_second_factor_read_no_grants() -> None:
    """Red without ``teams:read`` in ``list_grants_of_team``."""
    guild = an_organization("guild")
    member = a_member(guild)
    guild.teams.create(name="core", normalized_name="core")
    guild.requires_second_factor = True
    guild.save(update_fields=["requires_second_factor"])

    answer = a_program(member).get("/organizations/guild/teams/core/grants")

    assert is_problem(answer, 403, "second_factor_required")
