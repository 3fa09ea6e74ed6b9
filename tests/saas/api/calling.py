"""Programs that call the API: a token each, and the answer read as JSON."""

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.actions.hosts import add_host
from accounts.actions.tokens import make_personal_token
from accounts.models import Host, User
from accounts.scopes import Scope
from kernel import clock
from kernel.actor import SYSTEM
from orgs.models import Membership, Organization
from tests.builders import a_service_token, an_actor

_numbers = count(1)
EVERY_SCOPE = tuple(Scope.values)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    response: HttpResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> Any:
        return json.loads(self.response.content)

    def header(self, name: str) -> str:
        return self.response.get(name, "")


@dataclass(frozen=True, slots=True)
class Program:
    """Somebody's program, with its token; an empty one sends none."""

    token: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: object = None) -> Answer:
        return self.call("POST", path, body)

    def put(self, path: str, body: object = None) -> Answer:
        return self.call("PUT", path, body)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        response = Client(raise_request_exception=False).generic(
            method, f"/api/v1{path}", data, content_type="application/json", headers=headers
        )
        return Answer(response)  # type: ignore[arg-type]  # the client's own subclass


def a_program(user: User | Membership, *scopes: str) -> Program:
    """Return a program with a token of ``user``; with every scope unless some are named."""
    person = user.user if isinstance(user, Membership) else user
    _, text = make_personal_token(
        user=person,
        name=f"program {next(_numbers)}",
        scopes=scopes or EVERY_SCOPE,
        actor=an_actor(person, fresh=True),
    )
    return Program(text)


def a_robot(organization: Organization, *scopes: str) -> Program:
    """Return a program with a service token; with every scope unless some are named."""
    return Program(a_service_token(organization, *scopes)[1])


def a_host(*scopes: str) -> Program:
    """Return the application that asks; with both reading scopes unless some are named."""
    _, text = add_host(
        name=f"host {next(_numbers)}", scopes=scopes or Host.SCOPES[:2], actor=SYSTEM
    )
    return Program(text)


def long_ago() -> Any:
    """Return a moment at which nothing made now was there."""
    return clock.wall() - timedelta(days=400)


def is_problem(answer: Answer, status: int, code: str = "") -> bool:
    """Whether the answer is a whole problem of this status (and code)."""
    body = answer.body
    whole = {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "request_id",
        "remedy",
        "errors",
    }
    return (
        answer.status == status
        and answer.header("Content-Type") == "application/problem+json"
        and set(body) == whole
        and body["status"] == status
        and body["type"] == f"/problems/{body['code']}"
        and body["request_id"] == answer.header("X-Request-ID")
        and (not code or body["code"] == code)
    )
