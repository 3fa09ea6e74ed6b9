"""Every no and every fault has one shape, and none is a traceback."""

import json
import re
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
import redis
from django.db import OperationalError

from saas.api import main
from tests.builders import a_user, an_organization, the_owner
from tests.saas.api.calling import Program, a_host, a_program, is_problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/organizations/", "/organizations/a/b/c/d"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_does_not_exist_is_a_problem(method: str, path: str) -> None:
    assert is_problem(Program().call(method, path), 404, "not_found")


def test_a_method_that_is_not_known_names_those_that_are() -> None:
    answer = Program().call("TRACE", "/organizations")

    assert is_problem(answer, 405, "method_not_allowed")
    assert answer.header("Allow") == "GET, POST"


@pytest.mark.parametrize("token", ["", "nonsense", "ch_pat_" + "x" * 36])
def test_without_a_live_token_one_is_asked_for(token: str) -> None:
    answer = Program(token).get("/organizations")

    assert is_problem(answer, 401, "not_authenticated")
    assert answer.header("WWW-Authenticate") == 'Bearer realm="chapterhouse"'


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b'{"name": 1', b"[" * 100_000])
def test_a_body_that_is_no_json_is_malformed(raw: bytes) -> None:
    answer = a_program(a_user()).call("POST", "/organizations", raw=raw)

    assert is_problem(answer, 400, "body_malformed")


def test_a_body_of_more_than_a_million_bytes_is_too_large() -> None:
    answer = a_program(a_user()).call("POST", "/organizations", raw=b" " * 1_000_001)

    assert is_problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "guild"}, "/display_name"),
        ({"name": "guild", "display_name": "G", "kind": "community"}, "/kind"),
        ({"name": "guild", "display_name": "G\x00"}, "/display_name"),
        ({"name": "guild", "display_name": "G" * 121}, "/display_name"),
        ({"name": "guild", "display_name": "G", "url": "javascript:alert(1)"}, "/url"),
        ({"name": 7, "display_name": "G"}, "/name"),
        ({"name": "\ud800", "display_name": "G"}, "/name"),
        ({"name": "-guild", "display_name": "G"}, "/name"),
        (["name"], ""),
    ],
)
def test_what_cannot_be_meant_is_named_by_its_pointer(body: object, pointer: str) -> None:
    answer = a_program(a_user()).post("/organizations", body)

    assert is_problem(answer, 422)
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", f"limit={10**30}"])
def test_a_parameter_that_cannot_be_meant_is_named(query: str) -> None:
    answer = a_program(a_user()).get(f"/organizations?{query}")

    assert is_problem(answer, 422)
    assert answer.body["errors"][0]["pointer"] == "query/limit"


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WzFd" + "A" * 700, "%00", "W251bGxd"])
def test_a_cursor_that_was_not_made_here_is_refused(cursor: str) -> None:
    assert is_problem(a_program(a_user()).get(f"/organizations?cursor={cursor}"), 422)


@pytest.mark.parametrize("length", [50, 51, 500])
def test_a_name_that_nobody_has_is_not_found_however_long(length: int) -> None:
    """Red with a ``max_length`` in ``PathName``, or with ``Name`` in any operation's address."""
    program, nobody = a_program(the_owner(an_organization("guild"))), "a" * length

    for path, method, operation in operations_about_names():
        asked = path.removeprefix("/api/v1").replace("{team}", nobody)
        asked = re.sub(r"{\w+_id}", str(uuid4()), asked)
        for name in {nobody, "guild"} if "{team}" in path else {nobody}:
            where = asked.replace("{name}", name).replace("{project}", nobody)
            if "requestBody" not in operation:
                assert is_problem(program.call(method, where), 404, "not_found"), where
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                assert "maxLength" not in parameter["schema"], (path, method)


def operations_about_names() -> list[tuple[str, str, dict[str, Any]]]:
    found = [
        (path, method.upper(), operation)
        for path, operations in main.api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
        if ("{name}" in path or "{project}" in path) and "/names/" not in path
    ]
    assert len(found) >= 30
    return found


def test_a_name_with_nul_is_refused_and_breaks_nothing() -> None:
    assert is_problem(a_program(a_user()).get("/organizations/%00"), 422)


def test_a_remedy_says_who_can_do_what_and_where() -> None:
    organization = an_organization("remedial", seats=1)
    program = a_program(the_owner(organization))

    answer = program.post("/organizations/remedial/invitations", {"email": "rosa@example.org"})

    assert is_problem(answer, 402, "no_seat_left")
    remedy = answer.body["remedy"]
    assert remedy["who"] == "owner"
    assert remedy["url"].startswith("http")
    assert remedy["url"].endswith("/orgs/remedial/people/")


def test_a_fault_of_ours_is_told_without_a_traceback() -> None:
    program = a_program(a_user())

    with patch("subscriptions.api.organizations.page_of", side_effect=RuntimeError("secret")):
        answer = program.get("/organizations")

    assert is_problem(answer, 500, "internal_error")
    assert b"secret" not in answer.response.content
    assert b"Traceback" not in answer.response.content


def test_a_database_that_does_not_answer_is_an_outage() -> None:
    program = a_program(a_user())

    with patch("saas.api.authentication.digest", side_effect=OperationalError("gone")):
        answer = program.get("/organizations")

    assert is_problem(answer, 503, "unavailable")
    assert answer.header("Retry-After") == "5"


def _limited(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    for bound in main.api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                for throttle in operation.throttle_objects:
                    monkeypatch.setattr(throttle, "limit", limit)


def test_a_token_that_asks_too_often_is_told_how_long_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Turns red without ``return count <= self.limit`` in saas/api/throttling.py."""
    _limited(monkeypatch, 2)
    program, other = a_program(a_user()), a_host()
    monkeypatch.setattr("saas.api.throttling.time.time", lambda: 6_000_000_030.0)

    first, second, third = (program.get("/me") for _ in range(3))

    assert (first.status, second.status) == (200, 200)
    assert first.header("RateLimit-Policy") == '"default";q=2;w=60'
    assert first.header("RateLimit") == '"default";r=1;t=31'
    assert is_problem(third, 429, "too_many_requests")
    assert third.header("Retry-After") == "31"
    assert other.get("/me").status == 200


def test_without_redis_nobody_is_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.1)
    for bound in main.api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                for throttle in operation.throttle_objects:
                    monkeypatch.setattr(throttle, "_redis", gone)
                    monkeypatch.setattr(throttle, "_rests_until", 0.0)

    answer = a_program(a_user()).get("/me")

    assert answer.status == 200
    assert answer.header("RateLimit") == ""


def test_lists_lead_to_their_next_page() -> None:
    owner = a_user()
    names = [an_organization(owner=owner).name for _ in range(3)]
    program = a_program(owner)

    first = program.get("/organizations?limit=2")
    link = first.header("Link")
    second = program.get(f"/organizations?limit=2&cursor={first.body['next_cursor']}")

    assert [item["name"] for item in first.body["items"]] == names[:2]
    assert [item["name"] for item in second.body["items"]] == names[2:]
    assert link.endswith('>; rel="next"')
    assert "limit=2" in link
    assert first.body["next_cursor"] in link
    assert (second.body["next_cursor"], second.header("Link")) == ("", "")


def test_answers_are_kept_by_nobody_unless_they_say_so() -> None:
    answer = a_program(a_user()).get("/me")

    assert answer.header("Cache-Control") == "no-store"
    assert json.loads(answer.response.content)["kind"] == "person"
