"""Every operation for everybody: no token, a narrow token, a stranger, and each role."""

from datetime import timedelta
from typing import Any

import pytest

from orgs.models import Organization
from saas.api import authentication
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
from tests.saas.api.cases import CASES
from tests.saas.api.matrix import World, without

LEAVING_A_TRACE = frozenset({"export_audit_log_csv", "export_audit_log_ndjson"})
"""What is read, and yet told in the log: who took the log out."""
OF_MEMBERS = frozenset({"found_company", "leave_organization", "show_myself"})
"""What is done under a lock, and needs no right in the organization that could be taken away."""


@pytest.fixture(autouse=True)
def _a_use_was_noted_a_moment_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a slow machine takes, no token is noted as used once more meanwhile."""
    monkeypatch.setattr(authentication, "NOTED_EVERY", timedelta(days=1))


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
