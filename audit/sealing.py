"""Sealing: giving each event its place and its hash, after its transaction and never before.

Recording only inserts, so events are committed in any order. A place is given only below the
oldest transaction that still runs: nothing can appear later in front of what was sealed.
"""

from datetime import datetime

from django.db import connection, transaction

from audit.chain import BEGINNING, sealed_hash, stream_of
from audit.models import EVERYTHING, AuditEvent, AuditHead, AuditSeal, UnsealedEvent

SEALER = 7_207_521
"""The advisory lock of whoever seals."""
BATCH = 1000
RIPE = """
SELECT event_id FROM audit_unsealedevent
WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
   OR (xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
       AND xid IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint)
ORDER BY event_id LIMIT %s
"""
"""The second half: rows of a dump bear numbers that this server has not reached yet. Whatever is
seen there was committed elsewhere; a transaction of this server would not be seen.
"""


def seal_everything(batch: int = BATCH) -> int:
    """Seal all that can be sealed now; returns how many events were. Twice is once."""
    total = 0
    while sealed := seal_some(batch):
        total += sealed
        if sealed < batch:
            break
    return total


@transaction.atomic
def seal_some(batch: int = BATCH) -> int:
    """Seal at most ``batch`` events; none while another process seals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER])
        if not cursor.fetchone()[0]:
            return 0
        # A statement of its own: its snapshot must be younger than the lock.
        cursor.execute(RIPE, [batch])
        ids = [row[0] for row in cursor.fetchall()]
    events = list(AuditEvent.objects.filter(pk__in=ids).order_by("pk"))
    if events:
        _seal(events)
        UnsealedEvent.objects.filter(pk__in=[event.pk for event in events]).delete()
    return len(events)


def unsealed_since() -> datetime | None:
    """Return when the oldest event was recorded that waits for its seal, if any does."""
    oldest = UnsealedEvent.objects.order_by("event").select_related("event").first()
    return oldest.event.recorded_at if oldest is not None else None


def _seal(events: list[AuditEvent]) -> None:
    streams = {stream_of(event) for event in events}
    heads = AuditHead.objects.in_bulk([EVERYTHING, *streams])
    whole = heads.setdefault(EVERYTHING, AuditHead(stream=EVERYTHING, number=0, hash=BEGINNING))
    seals = []
    for event in events:
        stream = stream_of(event)
        head = heads.setdefault(stream, AuditHead(stream=stream, number=0, hash=BEGINNING))
        whole.number += 1
        head.number += 1
        head.hash = whole.hash = sealed_hash(
            head.hash, position=whole.number, stream=stream, number=head.number, event=event
        )
        seals.append(
            AuditSeal(
                position=whole.number,
                event=event,
                stream=stream,
                number=head.number,
                hash=head.hash,
            )
        )
    AuditSeal.objects.bulk_create(seals)
    AuditHead.objects.bulk_create(
        heads.values(),
        update_conflicts=True,
        unique_fields=["stream"],
        update_fields=["number", "hash"],
    )
