"""Whoever may not act is told so before anything that they named is looked for: nobody probes."""

from typing import Any

import pytest

from community.states import State
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import a_member, a_user
from tests.community.builders import an_application
from tests.once import changed, like_none, placeholders, rows, undone
from tests.saas.api.calling import a_program, is_problem
from tests.saas.api.cases import CASES, WHEEL
from tests.saas.api.matrix import World, without

NOBODY = like_none("3f2b8c1e-7f0a-4f5e-9a56-0d2f4a1b6c7d")
ORG = "/organizations/guild"


def test_a_reader_of_a_project_learns_nothing_of_who_else_is_in_it(world: World) -> None:
    """Red without the ``require`` before the look-up in orgs/api/access.py and collaborators.py."""
    before, reader = rows(), world.programs["reader"]
    for name, case in CASES.items():
        if case.path.startswith(WHEEL) and name != "get_project":
            assert is_problem(world.ask(reader, case), 403), name
            for key in (placeholders(case.path) | placeholders(case.body)) - {"project"}:
                nobodys = world.ask(reader, case, **{key: like_none(world.names[key])})
                assert is_problem(nobodys, 403), (name, key)

    assert changed(before) == set()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "invitations", {"user": NOBODY}),
        ("POST", "teams/guild-core/members", {"users": [NOBODY]}),
        ("GET", f"members/{NOBODY}/offboarding", None),
        ("DELETE", f"tokens/{NOBODY}", None),
        ("GET", "members?second_factor=no", None),
    ],
)
def test_a_member_learns_nothing_by_naming_somebody(
    method: str, path: str, body: Any, world: World
) -> None:
    """Red without the ``require`` before each look-up in orgs/api."""
    assert is_problem(world.programs["member"].call(method, f"{ORG}/{path}", body), 403)


def test_a_token_without_the_scope_learns_of_no_organization(world: World) -> None:
    """Red without ``require_scope`` in ``register`` of orgs/api/projects.py."""
    narrow = a_program(world.people["owner"], "projects:read")
    body = {"name": "spoke", "organization": "nowhere"}

    assert is_problem(narrow.post("/projects", body), 403, "scope_missing")


def test_of_several_people_all_are_added_to_a_team_or_none(world: World) -> None:
    """Red without the comparison of lengths in ``add_people`` of orgs/api/teams.py."""
    before = rows()
    body = {"users": [world.names["member"], NOBODY]}
    answer = world.programs["owner"].call("POST", f"{ORG}/teams/guild-core/members", body)

    assert is_problem(answer, 404)
    assert changed(before) == set()


def test_whoever_may_not_change_may_not_change_nothing_either(world: World) -> None:
    """Red without ``require`` in ``change`` of orgs/api/projects.py."""
    empty: dict[str, Any] = {}

    assert is_problem(world.programs["reader"].call("PATCH", "/projects/guild-wheel", empty), 403)
    assert is_problem(world.programs["member"].call("PATCH", ORG, empty), 403)
    assert is_problem(world.programs["member"].call("PATCH", f"{ORG}/teams/guild-core", empty), 403)


def test_what_a_leader_would_lose_is_for_owners(world: World) -> None:
    leader = world.people[Role.MANAGER].public_id

    answers = {
        who: world.programs[who].get(f"{ORG}/members/{leader}/offboarding").status
        for who in ("owner", "manager")
    }

    assert answers == {"owner": 200, "manager": 403}


def test_the_old_names_of_another_organization_are_nobodys_to_ask_for(world: World) -> None:
    """Red without ``require`` in ``check_name``."""
    stranger = world.programs["stranger"]

    assert is_problem(stranger.get("/names/bakers?organization=guild"), 404)
    assert world.programs["member"].get("/names/bakers?organization=guild").status == 200


def test_what_is_in_one_of_ones_two_organizations_is_not_in_the_other(world: World) -> None:
    """Red when a child is looked up by its id alone: who owns both may act on both."""
    with undone():
        both = a_user()
        for organization in Organization.objects.filter(name__in=("guild", "zephyr")):
            a_member(organization, Role.OWNER, user=both)
        program = a_program(both)
        for name, case in CASES.items():
            for key in placeholders(case.path) - {"name", "project"}:
                if placeholders(case.path) & {"name", "project"}:
                    theirs, none = world.foreign[key], like_none(world.foreign[key])
                    there = world.ask(program, case, **{key: theirs})
                    nowhere = world.ask(program, case, **{key: none})
                    assert there.status == nowhere.status == 404, (name, key)
                    assert without(there, theirs) == without(nowhere, none), (name, key)


@pytest.mark.django_db
def test_a_question_is_answered_at_its_own_application_only() -> None:
    """Red without ``application=`` in ``answer``."""
    applicant = a_user()
    asked, other = (an_application(State.NEEDS_INFORMATION, applicant=applicant) for _ in "ab")
    question, program = asked.questions.get(), a_program(applicant)

    answer = program.post(
        f"/applications/{other.public_id}/questions/{question.public_id}/answer", {"text": "Us."}
    )

    question.refresh_from_db()
    assert is_problem(answer, 404)
    assert question.answer == ""
