"""Programs of an organization, and the list of their tokens."""

import pytest

from audit.models import AuditEvent
from orgs.models import Project
from orgs.roles import Role
from tests.builders import a_member, a_project, a_service_token, an_organization, the_owner
from tests.saas.api.calling import Program, a_program, a_robot, is_problem

pytestmark = pytest.mark.django_db


def test_owners_list_what_lives_and_revoke_it() -> None:
    organization = an_organization("guild")
    token, text = a_service_token(organization, "projects:publish")
    ended, _ = a_service_token(organization)
    a_service_token(an_organization())
    owner = a_program(the_owner(organization), "tokens:read", "tokens:write")
    assert owner.call("DELETE", f"/organizations/guild/tokens/{ended.public_id}").status == 204

    (shown,) = owner.get("/organizations/guild/tokens").body["items"]
    assert (shown["id"], shown["hint"]) == (str(token.public_id), text[-4:])
    assert shown["scopes"] == ["projects:publish"]
    assert shown["last_used_at"] is None
    assert "digest" not in shown

    path = f"/organizations/guild/tokens/{token.public_id}"
    assert [owner.call("DELETE", path).status for _ in range(2)] == [204, 204]
    assert owner.get("/organizations/guild/tokens").body["items"] == []
    assert Program(text).get("/me").status == 401


def test_tokens_of_another_organization_are_not_there() -> None:
    """Red with ``ServiceToken.objects`` in the place of ``organization.service_tokens``."""
    organization = an_organization("guild")
    theirs, _ = a_service_token(an_organization(owner=the_owner(organization).user))
    owner = a_program(the_owner(organization))

    answer = owner.call("DELETE", f"/organizations/guild/tokens/{theirs.public_id}")

    assert is_problem(answer, 404)
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_it_reads_its_organization_which_is_all_that_it_lists() -> None:
    robot = a_robot(an_organization("guild"), "organizations:read")
    an_organization("bakery")

    listed = robot.get("/organizations").body["items"]

    assert [(each["name"], each["role"]) for each in listed] == [("guild", None)]
    assert robot.get("/organizations/guild").body == listed[0]
    assert is_problem(robot.get("/organizations/bakery"), 404)


def test_it_sees_every_project_of_its_own_and_publishes_them() -> None:
    organization = an_organization("guild")
    a_project(organization, "wheel", is_private=True)
    a_project(an_organization(), "bread")
    robot = a_robot(organization, "projects:read")

    (shown,) = robot.get("/organizations/guild/projects").body["items"]

    assert (shown["name"], shown["level"]) == ("wheel", "publish")
    assert shown["because"] == ["service token of guild"]
    assert robot.get("/projects/bread").body["level"] is None


def test_what_it_registers_it_describes_and_archives_and_gives_to_nobody() -> None:
    organization = an_organization("guild")
    manager = a_member(organization, Role.MANAGER)
    robot = a_robot(organization, "projects:write", "projects:read")
    made = robot.post("/projects", {"name": "axle", "organization": "guild", "is_private": True})
    assert (made.status, made.body["level"]) == (201, "administer")

    told = robot.call("PATCH", "/projects/axle", {"description": "Turns.", "is_archived": True})
    given = robot.put(f"/projects/axle/roles/{manager.user.public_id}", {"level": "read"})
    seen = [robot.get(f"/projects/axle/{what}") for what in ("access", "collaborator-invitations")]

    assert (told.status, told.body["is_archived"]) == (200, True)
    assert is_problem(given, 403, "scope_missing")
    assert all(is_problem(answer, 403, "scope_missing") for answer in seen)
    project = Project.objects.get()
    assert (project.created_by, project.created_by_organization) == (None, organization)


def test_it_owns_nothing_itself() -> None:
    robot = a_robot(an_organization("guild"))

    assert is_problem(robot.post("/projects", {"name": "axle"}), 403, "scope_missing")


def test_owners_find_in_the_log_what_a_token_did() -> None:
    organization = an_organization("guild")
    token, text = a_service_token(organization)
    Program(text).post("/organizations/guild/teams", {"name": "core"})
    owner = a_program(the_owner(organization))

    (event,) = owner.get(
        f"/organizations/guild/audit-log?subject=service_token:{token.public_id}"
    ).body["items"]

    assert event["actor"] == {"kind": "service_token", "id": None, "name": "Service token “robot”"}
    assert event["sentence"] == "Service token “robot” created the team core"
    nothing = owner.get("/organizations/guild/audit-log?subject=service_token:7").body["items"]
    assert nothing == []
    assert AuditEvent.objects.filter(credential_id=token.pk).count() == 1
