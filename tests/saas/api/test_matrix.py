"""Every operation for everybody: no token, a narrow token, a stranger, and each role."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from audit.models import AuditEvent
from community.states import State
from orgs.actions.collaborators import invite_collaborator
from orgs.actions.transfers import propose_transfer
from orgs.levels import Level
from orgs.models import Organization
from orgs.roles import Role
from saas.api.main import api
from tests.builders import (
    a_grant,
    a_member,
    a_project,
    a_role,
    a_service_token,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    the_owner,
)
from tests.community.builders import a_draft, an_application
from tests.saas.api.calling import Answer, Program, a_program, is_problem

pytestmark = pytest.mark.django_db

ROLES = (Role.OWNER, Role.MANAGER, Role.BILLING_MANAGER, Role.MEMBER)
ORG = "/organizations/guild"
MEMBER, TEAM, INVITATION = f"{ORG}/members/{{target}}", f"{ORG}/teams/core", "{invitation}"
OFFER = f"{ORG}/invitations/{{invitation}}"
WHEEL, OFFERS = "/projects/wheel", "/projects/wheel/collaborator-invitations"
DRAFT, ASKED = "/applications/{draft}", "/applications/{questioned}"
BUY = {"plan": "team", "interval": "month", "seats": 9, "accepts_terms": True}
QUESTION = {"user": "{target}", "permission": "teams:read", "subject": "team:guild/core"}


@dataclass(frozen=True, slots=True)
class Case:
    """One operation, its scope, and what each role is answered; strangers get 404 unless told."""

    method: str
    path: str
    scope: str
    statuses: tuple[int, int, int, int]
    body: dict[str, Any] = field(default_factory=dict)
    stranger: int = 404


def every(status: int) -> tuple[int, int, int, int]:
    return (status,) * 4


SEEN_BY_OWNER, ENDED_BY_OWNER = (200, 404, 404, 404), (204, 404, 404, 404)
OWNER_ONLY = (200, 403, 403, 403)
LEADERS = (200, 200, 403, 403)
LEADERS_ENDING = (204, 204, 403, 403)
MINE = (200, 404, 404, 404)

CASES = {
    "get_me": Case("GET", "/me", "", every(200), stranger=200),
    "decide": Case(
        "POST", "/decisions", "decisions:ask", every(200), {"questions": [QUESTION]}, stranger=200
    ),
    "list_organizations": Case(
        "GET", "/organizations", "organizations:read", every(200), stranger=200
    ),
    "found_company": Case(
        "POST",
        "/organizations",
        "organizations:write",
        every(201),
        {"name": "bakery", "display_name": "The Bakery"},
        stranger=201,
    ),
    "report_tokens": Case(
        "POST", "/tokens/reported", "", every(202), {"": [{"token": "none of ours"}]}, stranger=202
    ),
    "get_organization": Case("GET", ORG, "organizations:read", every(200)),
    "change_organization": Case(
        "PATCH", ORG, "organizations:write", OWNER_ONLY, {"description": "New."}
    ),
    "rename_organization": Case(
        "POST",
        f"{ORG}/rename",
        "organizations:write",
        OWNER_ONLY,
        {"name": "bakers", "confirmation": "guild"},
    ),
    "get_profile": Case("GET", f"{ORG}/profile", "organizations:read", every(200)),
    "check_name": Case("GET", "/names/bakers", "organizations:read", every(200), stranger=200),
    "show_myself": Case(
        "PATCH", "/me/organizations/guild", "members:write", every(200), {"is_public": True}
    ),
    "get_second_factor": Case("GET", f"{ORG}/second-factor", "organizations:write", OWNER_ONLY),
    # The owner here has no second factor, and can only take the demand back.
    "demand_second_factor": Case(
        "PUT",
        f"{ORG}/second-factor",
        "organizations:write",
        OWNER_ONLY,
        {"required": False},
    ),
    "list_members_without_second_factor": Case(
        "GET", f"{ORG}/second-factor/without", "organizations:write", OWNER_ONLY
    ),
    "get_entitlements": Case("GET", f"{ORG}/entitlements", "organizations:read", every(200)),
    "list_members": Case("GET", f"{ORG}/members", "members:read", every(200)),
    "change_role": Case("PATCH", MEMBER, "members:write", OWNER_ONLY, {"role": "manager"}),
    "remove_member": Case("DELETE", MEMBER, "members:write", LEADERS_ENDING),
    "leave_organization": Case(
        "DELETE", "/me/organizations/guild", "members:write", (409, 204, 204, 204)
    ),
    "preview_offboarding": Case("GET", f"{MEMBER}/offboarding", "members:write", LEADERS),
    "list_invitations": Case("GET", f"{ORG}/invitations", "members:read", every(200)),
    "invite_member": Case(
        "POST",
        f"{ORG}/invitations",
        "members:write",
        (201, 201, 403, 403),
        {"email": "rosa@example.org"},
    ),
    "invite_many": Case(
        "POST",
        f"{ORG}/invitations/bulk",
        "members:write",
        LEADERS,
        {"invitations": [{"email": "rosa@example.org", "role": "member"}]},
    ),
    "resend_invitation": Case("POST", f"{OFFER}/resend", "members:write", LEADERS),
    "revoke_invitation": Case("DELETE", OFFER, "members:write", LEADERS_ENDING),
    "list_teams": Case("GET", f"{ORG}/teams", "organizations:read", every(200)),
    "create_team": Case(
        "POST", f"{ORG}/teams", "teams:write", (201, 201, 403, 403), {"name": "bread"}
    ),
    "get_team": Case("GET", TEAM, "organizations:read", every(200)),
    "change_team": Case("PATCH", TEAM, "teams:write", LEADERS, {"name": "centre"}),
    "delete_team": Case("DELETE", TEAM, "teams:write", LEADERS_ENDING),
    "list_team_members": Case("GET", f"{TEAM}/members", "organizations:read", every(200)),
    "add_team_members": Case(
        "POST", f"{TEAM}/members", "teams:write", LEADERS, {"users": ["{target}"]}
    ),
    "put_team_member": Case(
        "PUT", f"{TEAM}/members/{{target}}", "teams:write", LEADERS, {"is_maintainer": True}
    ),
    "remove_team_member": Case(
        "DELETE", f"{TEAM}/members/{{target}}", "teams:write", LEADERS_ENDING
    ),
    "list_projects": Case("GET", "/projects", "projects:read", every(200), stranger=200),
    "list_organization_projects": Case("GET", f"{ORG}/projects", "projects:read", every(200)),
    "register_project": Case(
        "POST",
        "/projects",
        "projects:write",
        (201, 201, 403, 403),
        {"name": "axle", "organization": "guild"},
    ),
    "get_project": Case("GET", WHEEL, "projects:read", SEEN_BY_OWNER),
    "change_project": Case(
        "PATCH", WHEEL, "projects:write", SEEN_BY_OWNER, {"description": "Rolls."}
    ),
    "list_access": Case("GET", f"{WHEEL}/access", "projects:read", SEEN_BY_OWNER),
    "set_project_role": Case(
        "PUT",
        f"{WHEEL}/roles/{{target}}",
        "projects:write",
        SEEN_BY_OWNER,
        {"level": "publish"},
    ),
    "remove_project_role": Case(
        "DELETE", f"{WHEEL}/roles/{{target}}", "projects:write", ENDED_BY_OWNER
    ),
    "grant_team": Case(
        "PUT", f"{WHEEL}/teams/core", "projects:write", SEEN_BY_OWNER, {"level": "publish"}
    ),
    "revoke_team_grant": Case("DELETE", f"{WHEEL}/teams/core", "projects:write", ENDED_BY_OWNER),
    "grant_team_on_many": Case(
        "POST",
        f"{TEAM}/grants",
        "projects:write",
        OWNER_ONLY,
        {"level": "publish", "projects": "all"},
    ),
    "set_base_level": Case(
        "PUT", f"{ORG}/base-level", "organizations:write", OWNER_ONLY, {"level": None}
    ),
    "list_collaborator_invitations": Case("GET", OFFERS, "projects:write", SEEN_BY_OWNER),
    "invite_collaborator": Case(
        "POST", OFFERS, "projects:write", (201, 404, 404, 404), {"email": "lea@example.org"}
    ),
    "resend_collaborator_invitation": Case(
        "POST", f"{OFFERS}/{{offer}}/resend", "projects:write", SEEN_BY_OWNER
    ),
    "revoke_collaborator_invitation": Case(
        "DELETE", f"{OFFERS}/{{offer}}", "projects:write", ENDED_BY_OWNER
    ),
    "list_transfers": Case("GET", f"{ORG}/transfers", "projects:write", LEADERS),
    "list_my_transfers": Case("GET", "/me/transfers", "projects:write", every(200), stranger=200),
    "accept_transfer": Case("POST", "/transfers/{transfer}/accept", "projects:write", LEADERS),
    "decline_transfer": Case(
        "POST", "/transfers/{transfer}/decline", "projects:write", LEADERS_ENDING
    ),
    "put_external_user": Case(
        "PUT", "/directory/users/7", "", every(403), {"email": "kim@example.org"}, stranger=403
    ),
    "put_external_project": Case(
        "PUT", "/directory/projects/7", "", every(403), {"name": "axle"}, stranger=403
    ),
    "get_billing": Case("GET", f"{ORG}/billing", "billing:read", (200, 403, 200, 403)),
    # Nothing was pushed to Stripe, so whoever may buy is told that it is not on sale.
    "start_checkout": Case("POST", f"{ORG}/checkout", "billing:write", (409, 403, 409, 403), BUY),
    "list_service_tokens": Case("GET", f"{ORG}/tokens", "tokens:read", OWNER_ONLY),
    "revoke_service_token": Case(
        "DELETE", f"{ORG}/tokens/{{robot}}", "tokens:write", (204, 403, 403, 403)
    ),
    "list_audit_events": Case("GET", f"{ORG}/audit-log", "audit:read", LEADERS),
    "export_audit_log_csv": Case("GET", f"{ORG}/audit-log.csv", "audit:read", OWNER_ONLY),
    "export_audit_log_ndjson": Case("GET", f"{ORG}/audit-log.ndjson", "audit:read", OWNER_ONLY),
    "list_my_events": Case("GET", "/me/audit-log", "audit:read", every(200), stranger=200),
    "list_applications": Case(
        "GET", "/applications", "applications:write", every(200), stranger=200
    ),
    "begin_application": Case(
        "POST",
        "/applications",
        "applications:write",
        every(201),
        {"name": "bakers"},
        stranger=201,
    ),
    "get_application": Case("GET", DRAFT, "applications:write", MINE),
    "edit_application": Case("PATCH", DRAFT, "applications:write", MINE, {"people": 3}),
    "submit_application": Case("POST", f"{DRAFT}/submit", "applications:write", MINE),
    "withdraw_application": Case("POST", f"{DRAFT}/withdraw", "applications:write", MINE),
    "answer_question": Case(
        "POST",
        f"{ASKED}/questions/{{question}}/answer",
        "applications:write",
        MINE,
        {"text": "Since 2019."},
    ),
    "appeal_decision": Case(
        "POST",
        "/applications/{declined}/appeal",
        "applications:write",
        MINE,
        {"words": "Please look again."},
    ),
}


@dataclass(frozen=True, slots=True)
class World:
    """An organization with everybody in it, and what the addresses of the operations name."""

    organization: Organization
    people: dict[str, User]
    names: dict[str, str]

    def ask(self, program: Program, case: Case) -> Answer:
        body: Any = {key: self._told(value) for key, value in case.body.items()} or None
        if body is not None and "" in body:
            body = body[""]  # a list stands there by itself
        return program.call(case.method, case.path.format_map(self.names), body)

    def _told(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._told(each) for each in value]
        if isinstance(value, dict):
            return {key: self._told(text) for key, text in value.items()}
        return value.format_map(self.names) if isinstance(value, str) else value


@pytest.fixture
def world() -> World:
    owner = a_user()
    organization = an_organization("guild", owner=owner)
    people = {str(role): a_member(organization, role).user for role in ROLES[1:]}
    target = a_member(organization)
    core = a_team(organization, "core", members=[target])
    wheel = a_project(organization, "wheel", is_private=True)
    a_role(wheel, target)
    a_grant(wheel, core)
    offer = invite_collaborator(
        project=wheel, email="kim@example.org", level=Level.READ, actor=an_actor(owner)
    )
    giver = an_organization()
    transfer = propose_transfer(
        project=a_project(giver),
        to_organization=organization,
        actor=an_actor(the_owner(giver), fresh=True),
    )
    invitation, _ = an_invitation(organization)
    questioned = an_application(State.NEEDS_INFORMATION, applicant=owner)
    names = {
        "target": str(target.user.public_id),
        "offer": str(offer.public_id),
        "transfer": str(transfer.public_id),
        "invitation": str(invitation.public_id),
        "draft": str(a_draft(owner).public_id),
        "questioned": str(questioned.public_id),
        "question": str(questioned.questions.get().public_id),
        "robot": str(a_service_token(organization)[0].public_id),
        "declined": str(an_application(State.DECLINED, applicant=owner).public_id),
    }
    return World(organization, {"owner": owner, "stranger": a_user(), **people}, names)


def operations() -> set[str]:
    document = api.get_openapi_schema()
    return {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }


def test_no_operation_is_forgotten() -> None:
    assert operations() == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_each_role_is_answered_as_the_matrix_says(name: str, world: World) -> None:
    case = CASES[name]
    expected = {str(role): status for role, status in zip(ROLES, case.statuses, strict=True)}
    expected["stranger"] = case.stranger
    found = {}
    for who in expected:
        program = a_program(world.people[who])
        with transaction.atomic():
            answer = world.ask(program, case)
            transaction.set_rollback(True)
        found[who] = answer.status
        assert answer.status < 400 or is_problem(answer, answer.status)

    assert found == expected


@pytest.mark.parametrize("name", sorted(set(CASES) - {"report_tokens"}))
def test_without_a_token_nothing_is_answered(name: str, world: World) -> None:
    assert is_problem(world.ask(Program(), CASES[name]), 401, "not_authenticated")


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.scope])
def test_a_token_does_what_its_scopes_say_and_no_more(name: str, world: World) -> None:
    case = CASES[name]
    owner = world.people["owner"]
    others = sorted({each.scope for each in CASES.values()} - {case.scope, ""})
    before = AuditEvent.objects.count()

    with transaction.atomic():
        answer = world.ask(a_program(owner, *others), case)
        changes = AuditEvent.objects.count() - before - 1  # the token itself
        transaction.set_rollback(True)
    allowed = world.ask(a_program(owner, case.scope), case)

    assert is_problem(answer, 403, "scope_missing")
    assert case.scope in answer.body["detail"]
    assert changes == 0
    assert allowed.status == case.statuses[0]


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if ORG in case.path or "guild" in case.path]
)
def test_strangers_cannot_tell_what_is_from_what_is_not(name: str, world: World) -> None:
    case = CASES[name]
    program = a_program(world.people["stranger"])

    real = world.ask(program, case).body
    Organization.objects.update(state="closed")
    none = world.ask(program, case).body

    assert {**real, "request_id": ""} == {**none, "request_id": ""}


def test_addresses_are_shown_only_to_those_who_may_read_members(world: World) -> None:
    """Turns red without ``may_read`` in accounts/api/people.py."""
    owner = world.people["owner"]
    case = CASES["list_team_members"]

    told = world.ask(a_program(owner, "organizations:read", "members:read"), case).body
    untold = world.ask(a_program(owner, "organizations:read"), case).body

    assert [place["user"]["email"] for place in untold["items"]] == [None]
    assert "@" in told["items"][0]["user"]["email"]
