"""Logs to check: written, sealed, and damaged as only a superuser can."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from audit.models import AuditEvent
from audit.record import record
from audit.sealing import seal_everything
from kernel.actor import SYSTEM, Actor, ActorKind
from orgs.events import MemberJoined, TeamCreated


@dataclass(frozen=True, slots=True)
class Somewhere:
    """An organization, as far as the log knows one."""

    pk: int


def written(
    number: int = 1, *, organization: int | None = 1, actor: Actor = SYSTEM, sealed: bool = True
) -> list[AuditEvent]:
    """Return events of one log, each written in a transaction of its own."""
    where = None if organization is None else Somewhere(organization)
    events = []
    for count in range(number):
        with transaction.atomic():
            events.append(
                record(TeamCreated(team=f"team-{count}"), actor=actor, organization=where)
            )
    if sealed:
        seal_everything()
    return events


def a_person(user_id: int, name: str = "Ada", address: str = "192.0.2.7") -> Actor:
    return Actor(ActorKind.PERSON, user_id=user_id, label=name, address=address)


def joined(user_id: int, name: str, *, by: Actor, organization: int = 1) -> AuditEvent:
    with transaction.atomic():
        return record(
            MemberJoined(user_id=user_id, member=name, role="member"),
            actor=by,
            organization=Somewhere(organization),
            about=[f"user:{user_id}"],
        )


@contextmanager
def superuser() -> Iterator[None]:
    """Switch every trigger off, as somebody could who owns the server."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def run(sql: str, *values: int | str) -> None:
    """Run one statement with values, or several without."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
