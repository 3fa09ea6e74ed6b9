"""A line of the API's matrix, and the world in which it is asked."""

import json
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from orgs.roles import Role
from tests.once import filled
from tests.saas.api.calling import Answer, Program

ROLES = (Role.OWNER, Role.MANAGER, Role.BILLING_MANAGER, Role.MEMBER)


@dataclass(frozen=True, slots=True)
class Case:
    """One operation, its scope, and what each role is answered; strangers get 404 unless told."""

    method: str
    path: str
    scope: str
    statuses: tuple[int, int, int, int]
    body: dict[str, Any] = field(default_factory=dict)
    stranger: int = 404

    def answers(self) -> dict[str, int]:
        """Return who is answered how."""
        roles = {str(role): status for role, status in zip(ROLES, self.statuses, strict=True)}
        return {**roles, "stranger": self.stranger}


def every(status: int) -> tuple[int, int, int, int]:
    return (status,) * 4


@dataclass(frozen=True, slots=True)
class World:
    """An organization with everybody in it, another one, and what addresses name of either."""

    people: dict[str, User]
    programs: dict[str, Program]
    names: dict[str, str]
    foreign: dict[str, str]

    def ask(self, program: Program, case: Case, **others: str) -> Answer:
        names = self.names | others
        body: Any = filled(case.body, names) or None
        if body is not None and "" in body:
            body = body[""]  # a list stands there by itself
        return program.call(case.method, case.path.format_map(names), body)


def without(answer: Answer, *names: str) -> str:
    """Return an answer's body without the names that were sent, and what is never the same."""
    text = json.dumps(answer.body | {"request_id": ""}) if answer.body else ""
    for name in names:
        text = text.replace(name, "")
    return text
