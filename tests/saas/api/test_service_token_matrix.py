"""Every operation for a token of an organization: right scope, too few, another's, and dead."""

from datetime import timedelta

from kernel import clock
from orgs.models import Organization, ServiceToken
from orgs.service_scopes import ServiceScope
from tests.builders import a_service_token, an_organization
from tests.once import undone
from tests.saas.api.calling import Program, a_robot, is_problem
from tests.saas.api.cases import CASES
from tests.saas.api.matrix import World

# What a token of the organization is answered, and one of another.
TOLD: dict[str, tuple[int, int]] = {
    "get_me": (200, 200),
    "decide": (200, 200),
    "list_organizations": (200, 200),
    "get_organization": (200, 404),
    "get_profile": (200, 404),
    "get_entitlements": (200, 404),
    "check_name": (200, 200),
    "list_teams": (200, 404),
    "create_team": (201, 404),
    "get_team": (200, 404),
    "change_team": (200, 404),
    "delete_team": (204, 404),
    "list_team_members": (200, 404),
    "add_team_members": (200, 404),
    "put_team_member": (200, 404),
    "remove_team_member": (204, 404),
    "list_organization_projects": (200, 404),
    "register_project": (201, 404),
    "get_project": (200, 404),
    "list_audit_events": (200, 404),
    "list_team_events": (200, 404),
    "get_base_level": (200, 404),
    "list_grants_of_team": (200, 404),
}
OF_A_PERSON = frozenset(
    {"found_company", "list_projects", "list_my_transfers", "accept_transfer", "decline_transfer"}
    | {"list_my_invitations", "accept_invitation", "decline_invitation"}
    | {"list_my_collaborator_invitations", "accept_collaboration", "decline_collaboration"}
    | {"list_my_events", "list_applications", "begin_application", "get_application"}
    | {"edit_application", "submit_application", "withdraw_application", "answer_question"}
    | {"appeal_decision", "put_external_user", "put_external_project"}
)
"""What belongs to no organization: 403 for each of them. All the rest is 403, and 404 elsewhere."""


def told(name: str) -> tuple[int, int]:
    return TOLD.get(name, (403, 403) if name in OF_A_PERSON else (403, 404))


def test_service_tokens_are_answered_as_the_matrix_says(world: World) -> None:
    """Red with any of the guards of ``orgs.facts.acts_for`` and ``authentication._organization``
    gone, or with a permission more or less in ``SERVICE_TOKENS``.
    """
    organization = Organization.objects.get(name=world.names["name"])
    robots = {
        who: a_service_token(organization if who != "other" else an_organization())
        for who in ("own", "other", "revoked", "expired")
    }
    narrow = {
        scope: a_robot(organization, *(set(ServiceScope.values) - {scope}))
        for scope in ServiceScope.values
    }
    now = clock.wall()
    ServiceToken.objects.filter(pk=robots["revoked"][0].pk).update(revoked_at=now)
    ServiceToken.objects.filter(pk=robots["expired"][0].pk).update(
        created_at=now - timedelta(days=2), expires_at=now
    )
    found: dict[str, dict[str, int]] = {}
    expected: dict[str, dict[str, int]] = {}
    for name in sorted(set(CASES) - {"report_tokens"}):
        case = CASES[name]
        programs = {who: Program(text) for who, (_, text) in robots.items()}
        own, other = told(name)
        expected[name] = {"own": own, "other": other, "revoked": 401, "expired": 401}
        if case.scope in narrow:
            programs["narrow"] = narrow[case.scope]
            expected[name]["narrow"] = 403
        found[name] = {}
        for who, program in programs.items():
            with undone():
                answer = world.ask(program, case)
            found[name][who] = answer.status
            assert answer.status < 400 or is_problem(answer, answer.status)

    assert found == expected
