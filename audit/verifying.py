"""Checking the log against its seals: what was changed, taken out or cut off is found and named.

Each stream is checked from its checkpoint, or its first event, up to its head. What comes to the
log meanwhile is not looked at, and pruning waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from audit.chain import BEGINNING, sealed_hash
from audit.models import (
    EVERYTHING,
    AuditCheckpoint,
    AuditDetail,
    AuditEvent,
    AuditHead,
    AuditSeal,
    UnsealedEvent,
)

BATCH = 500
PRUNER = 7_207_522
"""The advisory lock of the function that prunes."""
MOST_NAMED = 20
COUNTED = """
SELECT (SELECT count(*) FROM audit_auditseal)
     + (SELECT coalesce(sum(number), 0) FROM audit_auditcheckpoint),
       (SELECT coalesce(max(number), 0) FROM audit_audithead WHERE stream = %s)
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong, and where."""

    stream: str
    number: int | None
    event_id: int | None
    what: str

    def __str__(self) -> str:
        where = f" {self.number}" if self.number is not None else ""
        event = f" (event {self.event_id})" if self.event_id is not None else ""
        return f"{self.stream}{where}{event}: {self.what}"


@dataclass(slots=True)
class Verdict:
    """What was found. ``erased`` counts events some of whose personal words are gone."""

    streams: int = 0
    checked: int = 0
    pruned: int = 0
    erased: int = 0
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)

    def found(self, stream: str, number: int | None, event_id: int | None, what: str) -> None:
        """Write down one damage."""
        self.damage.append(Damage(stream, number, event_id, what))


def verify(organization_id: int | None = None) -> Verdict:
    """Check everything, or the log of one organization. Reads only."""
    verdict = Verdict()
    one = None if organization_id is None else f"organization:{organization_id}"
    for stream in [one] if one else _streams():
        _check_stream(stream, verdict)
    if one is None:
        _check_count(verdict)
    events = AuditEvent.objects.all()
    if organization_id is not None:
        events = events.of_organization(organization_id)
    _check_tail(events, verdict, whole=one is None)
    return verdict


def _streams() -> list[str]:
    sealed = AuditSeal.objects.values_list("stream", flat=True).distinct()
    headed = AuditHead.objects.exclude(stream=EVERYTHING).values_list("stream", flat=True)
    return sorted({*sealed, *headed})


@transaction.atomic
def _check_stream(stream: str, verdict: Verdict) -> None:
    """Walk one stream, with pruning held back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PRUNER])
    head = AuditHead.objects.filter(stream=stream).first()
    begin = AuditCheckpoint.objects.filter(stream=stream).first()
    if head is None and not AuditSeal.objects.filter(stream=stream).exists():
        return
    number, previous = (begin.number, begin.hash) if begin else (0, BEGINNING)
    verdict.streams += 1
    verdict.pruned += number
    ends = head.number if head else None
    for seal, event in _sealed(stream, number, ends):
        if seal.number != number + 1:
            verdict.found(stream, number + 1, None, _gone(number + 1, seal.number - 1))
        _check_event(seal, event, previous if seal.number == number + 1 else None, verdict)
        number, previous = seal.number, seal.hash
    if head is None:
        verdict.found(stream, None, None, "its head is gone")
        return
    verdict.heads[stream] = (head.number, head.hash)
    if number < head.number:
        verdict.found(
            stream, number + 1, None, f"cut off: {_gone(number + 1, head.number)} at the end"
        )
    elif previous != head.hash:
        verdict.found(stream, number, None, "the last seal is not the one that its head names")


def _sealed(
    stream: str, after: int, ends: int | None
) -> Iterator[tuple[AuditSeal, AuditEvent | None]]:
    """Yield the seals of a stream in order, each with its event as far as it is there."""
    rows = AuditSeal.objects.filter(stream=stream).order_by("number")
    if ends is not None:
        rows = rows.filter(number__lte=ends)
    while seals := list(rows.filter(number__gt=after)[:BATCH]):
        ids = [seal.event_id for seal in seals]
        events = AuditEvent.objects.select_related("detail").in_bulk(ids)
        for seal in seals:
            yield seal, events.get(seal.event_id)
        after = seals[-1].number


def _check_event(
    seal: AuditSeal, event: AuditEvent | None, previous: str | None, verdict: Verdict
) -> None:
    """Check one event against its seal; behind a gap there is no hash to chain it to."""
    verdict.checked += 1
    if event is None:
        verdict.found(seal.stream, seal.number, seal.event_id, "the event is gone")
        return
    if previous is not None:
        expected = sealed_hash(
            previous,
            position=seal.position,
            stream=seal.stream,
            number=seal.number,
            event=event,
        )
        if expected != seal.hash:
            verdict.found(
                seal.stream, seal.number, seal.event_id, "the event or its seal was changed"
            )
    _check_detail(seal, event, verdict)


def _check_detail(seal: AuditSeal, event: AuditEvent, verdict: Verdict) -> None:
    """Check the personal words that are still there; older releases wrote no digest."""
    if not event.detail_digest:
        return
    try:
        detail = event.detail
    except AuditDetail.DoesNotExist:
        verdict.erased += 1
        return
    verdict.erased += bool(detail.erased)
    if detail.digest() != event.detail_digest:
        verdict.found(seal.stream, seal.number, seal.event_id, "its personal words were changed")


def _check_count(verdict: Verdict) -> None:
    """Compare all seals with the count of the whole: a stream that is gone altogether is missed."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [EVERYTHING])
        found, counted = map(int, cursor.fetchone())
    if found != counted:
        verdict.found(
            EVERYTHING, None, None, f"{counted} events were sealed, and {found} are accounted for"
        )
    head = AuditHead.objects.filter(stream=EVERYTHING).first()
    if head is not None:
        verdict.heads[EVERYTHING] = (head.number, head.hash)


def _check_tail(events: QuerySet[AuditEvent], verdict: Verdict, *, whole: bool) -> None:
    """Report what waits for its seal, and find what neither waits nor is sealed."""
    waiting = UnsealedEvent.objects.filter(event=OuterRef("pk"))
    sealed = AuditSeal.objects.filter(event=OuterRef("pk"))
    tail = events.filter(pk__in=UnsealedEvent.objects.values("event"))
    verdict.unsealed = tail.count()
    oldest = tail.order_by("pk").first()
    verdict.oldest_unsealed = oldest.recorded_at if oldest else None
    lost = events.filter(~Exists(waiting), ~Exists(sealed)).order_by("pk")
    for event in lost[:MOST_NAMED]:
        verdict.found("unsealed", None, event.pk, "it has no seal, and waits for none")
    if whole:
        there = AuditEvent.objects.filter(pk=OuterRef("event"))
        for row in UnsealedEvent.objects.filter(~Exists(there)).order_by("pk")[:MOST_NAMED]:
            verdict.found("unsealed", None, row.pk, "the event is gone, before it was sealed")


def _gone(first: int, last: int) -> str:
    return f"{first} is missing" if first == last else f"{first} to {last} are missing"
