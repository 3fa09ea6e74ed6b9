"""Writing the log: one insert in the transaction of the change it tells of."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any, Protocol

import structlog
from django.db import transaction

from audit import outbox
from audit.chain import new_salts
from audit.events import Event
from audit.models import AuditDetail, AuditEvent
from kernel import clock
from kernel.actor import Actor, ActorKind


class Identified(Protocol):
    """Anything with a primary key."""

    @property
    def pk(self) -> int: ...  # noqa: D102 -- says it all


def record(
    event: Event,
    *,
    actor: Actor,
    organization: Identified | None = None,
    about: Iterable[str] = (),
) -> AuditEvent:
    """Write ``event`` beside the change itself, and let its listeners hear it after commit.

    ``about`` names further subjects as ``kind:id``. Must run inside a transaction: an event whose
    change is rolled back must vanish with it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{event.name} must be recorded in the transaction of its change")
    facts, words = event.facts()
    subjects = set(about)
    if organization is not None:
        subjects.add(f"organization:{organization.pk}")
    if actor.user_id is not None:
        subjects.add(f"user:{actor.user_id}")
    if actor.kind is ActorKind.SERVICE_TOKEN:
        subjects.add(f"service_token:{actor.credential_id}")
    acted = {"actor": actor.label, "address": actor.address}
    told = {key: word for key, word in acted.items() if word} | words
    detail = AuditDetail(words=_as_stored(told))
    detail.salts = new_salts(detail.words)
    row = AuditEvent.objects.create(
        name=event.name,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        credential_id=actor.credential_id,
        organization_id=organization.pk if organization is not None else None,
        subjects=sorted(subjects),
        facts=facts,
        detail_digest=detail.digest(),
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        at=clock.now(),
        recorded_at=clock.wall(),
    )
    detail.event = row
    detail.save(force_insert=True)
    if outbox.heard(event.name):
        transaction.on_commit(partial(outbox.announce, row.pk))
    return row


def _as_stored(words: dict[str, Any]) -> dict[str, Any]:
    """Return the words as the database will give them back, so that their digest holds then."""
    stored: dict[str, Any] = json.loads(json.dumps(words))
    return stored
