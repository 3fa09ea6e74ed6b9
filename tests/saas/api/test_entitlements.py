"""What an organization has: for its members and for hosts, cached no longer than it holds."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kernel import clock
from orgs.entitlements import Entitlements, Feature, Standing
from tests.builders import (
    a_member,
    a_phase,
    a_user,
    an_organization,
    entitle,
    the_owner,
)
from tests.saas.api.calling import a_host, a_program, is_problem

pytestmark = pytest.mark.django_db

PATH = "/organizations/guild/entitlements"


def test_members_and_hosts_read_the_same() -> None:
    organization = an_organization("guild", seats=5, features=[Feature.TEAMS])
    member = a_member(organization)

    theirs, hosts = a_program(member, "organizations:read").get(PATH), a_host().get(PATH)

    assert theirs.body == hosts.body
    assert theirs.body == {
        "organization": "guild",
        "standing": "active",
        "features": ["teams"],
        "limits": {
            "seats": {"allowed": 5, "taken": 2, "left": 3},
            "private_projects": {"allowed": None, "taken": 0, "left": None},
            "audit_days": {"allowed": 0, "taken": 0, "left": 0},
        },
        "may_publish": True,
        "until": None,
        "revision": 1,
    }


def test_who_may_not_read_learns_nothing() -> None:
    organization = an_organization("guild")
    owner = the_owner(organization)

    assert is_problem(a_program(a_user()).get(PATH), 404, "not_found")
    assert is_problem(a_program(owner, "teams:write").get(PATH), 403, "scope_missing")
    assert is_problem(a_host("decisions:ask").get(PATH), 403, "scope_missing")
    assert is_problem(a_host().get("/organizations/nowhere/entitlements"), 404, "not_found")


def test_a_host_is_shown_nothing_else_of_an_organization() -> None:
    an_organization("guild")

    assert is_problem(a_host().get("/organizations/guild"), 404)
    assert is_problem(a_host().get("/organizations/guild/members"), 404)
    assert is_problem(a_host().get("/organizations"), 403, "scope_missing")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}'])
def test_what_is_known_already_is_not_sent_again(form: str) -> None:
    an_organization("guild")
    host = a_host()
    tag = host.get(PATH).header("ETag")

    again = host.get(PATH, **{"If-None-Match": form.format(tag)})

    assert (again.status, again.response.content) == (304, b"")
    assert again.header("ETag") == tag
    assert again.header("Cache-Control") == "private, max-age=60"


def test_a_seat_that_is_taken_is_news() -> None:
    """Turns red when the tag is the revision and the phase alone: the numbers would be stale."""
    organization = an_organization("guild", seats=5)
    host = a_host()
    tag = host.get(PATH).header("ETag")
    a_member(organization)

    again = host.get(PATH, **{"If-None-Match": tag})

    assert again.status == 200
    assert again.body["limits"]["seats"]["taken"] == 2


def test_the_answer_changes_on_time_with_no_worker_running(
    at: Callable[[datetime], datetime],
) -> None:
    """Turns red when standing, tag or age are read from what was settled last."""
    begin = at(clock.now().replace(microsecond=0))
    turn = begin + timedelta(seconds=20)
    organization = an_organization("guild", seats=3)
    entitle(organization, a_phase(seats=3), a_phase(Standing.RESTRICTED, since=turn))
    host = a_host()

    before = host.get(PATH)
    at(turn - timedelta(seconds=1))
    last = host.get(PATH, **{"If-None-Match": before.header("ETag")})
    at(turn)
    after = host.get(PATH, **{"If-None-Match": before.header("ETag")})

    assert before.body["standing"] == "active"
    assert datetime.fromisoformat(before.body["until"]) == turn
    assert before.header("Cache-Control") == "private, max-age=20"
    assert (last.status, last.header("Cache-Control")) == (304, "private, max-age=1")
    assert (after.status, after.body["standing"], after.body["features"]) == (200, "restricted", [])
    assert after.header("ETag") != before.header("ETag")
    assert after.header("Cache-Control") == "private, max-age=60"
    assert Entitlements.objects.get().revision == 1
