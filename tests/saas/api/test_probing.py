"""Whoever may not act is told so before anything that they named is looked for: nobody probes."""

from typing import Any

import pytest

from orgs.roles import Role
from tests.once import changed, like_none, placeholders, rows
from tests.saas.api.calling import is_problem
from tests.saas.api.matrix import World
from tests.saas.api.test_matrix import CASES, WHEEL

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
        ("GET", "members?second_factor=no", None),
    ],
)
def test_a_member_learns_nothing_by_naming_somebody(
    method: str, path: str, body: Any, world: World
) -> None:
    """Red without the ``require`` before each look-up in orgs/api."""
    assert is_problem(world.programs["member"].call(method, f"{ORG}/{path}", body), 403)


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
