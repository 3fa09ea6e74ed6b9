"""Every operation for everybody: no token, a narrow token, a stranger, and each role."""

from typing import Any

import pytest

from orgs.models import Organization
from saas.api.main import api
from tests.once import (
    DEMOTION,
    changed,
    like_none,
    locks_told,
    placeholders,
    rows,
    undone,
    when_locking,
)
from tests.saas.api.calling import Program, a_program, is_problem
from tests.saas.api.matrix import Case, World, every, without

ORG = "/organizations/{name}"
MEMBER, TEAM = f"{ORG}/members/{{target}}", f"{ORG}/teams/{{team}}"
OFFER = f"{ORG}/invitations/{{invitation}}"
WHEEL = "/projects/{project}"
OFFERS = f"{WHEEL}/collaborator-invitations"
DRAFT, ASKED = "/applications/{draft}", "/applications/{questioned}"
BUY = {"plan": "team", "interval": "month", "seats": 9, "accepts_terms": True}
QUESTION = {"user": "{target}", "permission": "teams:read", "subject": "team:{name}/{team}"}


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
        {"name": "bakers", "confirmation": "{name}"},
    ),
    "get_profile": Case("GET", f"{ORG}/profile", "organizations:read", every(200)),
    "check_name": Case("GET", "/names/bakers", "organizations:read", every(200), stranger=200),
    "show_myself": Case(
        "PATCH", "/me/organizations/{name}", "members:write", every(200), {"is_public": True}
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
        "DELETE", "/me/organizations/{name}", "members:write", (409, 204, 204, 204)
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
    "list_my_invitations": Case("GET", "/me/invitations", "members:read", every(200), stranger=200),
    # These offers are made to others: to everybody here they do not exist.
    "accept_invitation": Case(
        "POST", "/me/invitations/{invitation}/accept", "members:write", every(404)
    ),
    "decline_invitation": Case(
        "POST", "/me/invitations/{invitation}/decline", "members:write", every(404), {"words": ""}
    ),
    "list_my_collaborator_invitations": Case(
        "GET", "/me/collaborator-invitations", "projects:read", every(200), stranger=200
    ),
    "accept_collaboration": Case(
        "POST", "/me/collaborator-invitations/{offer}/accept", "projects:write", every(404)
    ),
    "decline_collaboration": Case(
        "POST", "/me/collaborator-invitations/{offer}/decline", "projects:write", every(404)
    ),
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
        {"name": "axle", "organization": "{name}"},
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
        "PUT", f"{WHEEL}/teams/{{team}}", "projects:write", SEEN_BY_OWNER, {"level": "publish"}
    ),
    "revoke_team_grant": Case(
        "DELETE", f"{WHEEL}/teams/{{team}}", "projects:write", ENDED_BY_OWNER
    ),
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
    "get_base_level": Case("GET", f"{ORG}/base-level", "organizations:read", every(200)),
    "list_project_roles": Case("GET", f"{WHEEL}/roles", "projects:read", SEEN_BY_OWNER),
    "list_team_grants": Case("GET", f"{WHEEL}/teams", "projects:read", SEEN_BY_OWNER),
    "list_grants_of_team": Case("GET", f"{TEAM}/grants", "projects:read", every(200)),
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
    # Nothing runs here that could be changed.
    "quote_change": Case(
        "POST",
        f"{ORG}/subscription/quote",
        "billing:write",
        (409, 403, 409, 403),
        {"plan": "team", "interval": "month", "seats": 20},
    ),
    "change_subscription": Case(
        "POST",
        f"{ORG}/subscription/change",
        "billing:write",
        (409, 403, 409, 403),
        {"quote": "stale"},
    ),
    "list_service_tokens": Case("GET", f"{ORG}/tokens", "tokens:read", OWNER_ONLY),
    "revoke_service_token": Case(
        "DELETE", f"{ORG}/tokens/{{robot}}", "tokens:write", (204, 403, 403, 403)
    ),
    "list_audit_events": Case("GET", f"{ORG}/audit-log", "audit:read", LEADERS),
    "export_audit_log_csv": Case("GET", f"{ORG}/audit-log.csv", "audit:read", OWNER_ONLY),
    "export_audit_log_ndjson": Case("GET", f"{ORG}/audit-log.ndjson", "audit:read", OWNER_ONLY),
    "list_team_events": Case("GET", f"{TEAM}/audit-log", "audit:read", LEADERS),
    "list_project_events": Case("GET", f"{WHEEL}/audit-log", "audit:read", SEEN_BY_OWNER),
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


LEAVING_A_TRACE = frozenset({"export_audit_log_csv", "export_audit_log_ndjson"})
"""What is read, and yet told in the log: who took the log out."""
OF_MEMBERS = frozenset({"found_company", "leave_organization", "show_myself"})
"""What is done under a lock, and needs no right in the organization that could be taken away."""


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
    found = {}
    for who in case.answers():
        with undone():
            answer = world.ask(world.programs[who], case)
        found[who] = answer.status
        assert answer.status < 400 or is_problem(answer, answer.status)

    assert found == case.answers()


def test_whoever_is_refused_changes_nothing_and_holds_nobody_up(world: World) -> None:
    """Policy is asked before anything is locked, so that no stranger makes others wait."""
    before, held = rows(), {}
    for name, case in CASES.items():
        for who in [who for who, status in case.answers().items() if status in (403, 404)]:
            with locks_told() as told:
                world.ask(world.programs[who], case)
            if told:
                held[name, who] = told

    assert held == {}
    assert changed(before) == set()


def test_whoever_is_demoted_while_they_wait_for_the_lock_is_refused(world: World) -> None:
    """Policy is asked again under the lock."""
    owner, found = world.people["owner"], {}
    for name, case in CASES.items():
        with undone(), when_locking("orgs_organization", DEMOTION, owner.pk) as locked:
            answer = world.ask(world.programs["owner"], case)
            if locked:
                found[name] = answer.status

    assert {name for name, status in found.items() if status not in (403, 404)} == OF_MEMBERS


def test_reading_changes_nothing(world: World) -> None:
    before = rows()
    for name, case in CASES.items():
        if case.method == "GET" and name not in LEAVING_A_TRACE:
            for program in world.programs.values():
                world.ask(program, case)

    assert changed(before) == set()


def test_without_a_token_nothing_is_answered(world: World) -> None:
    before = rows()
    for name in sorted(set(CASES) - {"report_tokens"}):
        assert is_problem(world.ask(Program(), CASES[name]), 401, "not_authenticated"), name

    assert changed(before) == set()


@pytest.mark.parametrize("scope", sorted({case.scope for case in CASES.values()} - {""}))
def test_a_token_does_what_its_scopes_say_and_no_more(scope: str, world: World) -> None:
    cases = {name: case for name, case in CASES.items() if case.scope == scope}
    owner = world.people["owner"]
    others = sorted({each.scope for each in CASES.values()} - {scope, ""})
    narrow, right = a_program(owner, *others), a_program(owner, scope)
    world.ask(narrow, CASES["get_me"])  # its first use is noted
    before = rows()

    for name, case in cases.items():
        answer = world.ask(narrow, case)
        assert is_problem(answer, 403, "scope_missing"), name
        assert scope in answer.body["detail"]
    assert changed(before) == set()
    for name, case in cases.items():
        with undone():
            assert world.ask(right, case).status == case.statuses[0], name


def test_strangers_cannot_tell_what_is_from_what_is_not(world: World) -> None:
    cases = {name: case for name, case in CASES.items() if "{name}" in case.path}

    def answers() -> dict[str, Any]:
        stranger = world.programs["stranger"]
        return {name: world.ask(stranger, case).body for name, case in cases.items()}

    with undone():
        real = answers()
        Organization.objects.update(state="closed")
        none = answers()

    for name in cases:
        assert {**real[name], "request_id": ""} == {**none[name], "request_id": ""}, name


def test_what_is_another_organizations_is_as_what_is_not(world: World) -> None:
    """Each name and id in address and body in turn: nothing is told of it, nothing is changed."""
    program = a_program(world.people["owner"])
    program.get("/me")
    before = rows()
    for name, case in CASES.items():
        for key in placeholders(case.path) | placeholders(case.body):
            theirs = world.ask(program, case, **{key: world.foreign[key]})
            nobodys = world.ask(program, case, **{key: like_none(world.foreign[key])})
            assert theirs.status == nobodys.status, (name, key)
            assert theirs.status == 404 or key not in placeholders(case.path), (name, key)
            assert without(theirs, world.foreign[key]) == without(
                nobodys, like_none(world.foreign[key])
            )
            assert "zephyr" not in without(theirs, world.foreign[key]), (name, key)

    assert changed(before) == set()


def test_addresses_are_shown_only_to_those_who_may_read_members(world: World) -> None:
    """Turns red without ``may_read`` in accounts/api/people.py."""
    owner = world.people["owner"]
    case = CASES["list_team_members"]

    told = world.ask(a_program(owner, "organizations:read", "members:read"), case).body
    untold = world.ask(a_program(owner, "organizations:read"), case).body

    assert [place["user"]["email"] for place in untold["items"]] == [None, None]
    assert all("@" in place["user"]["email"] for place in told["items"])
