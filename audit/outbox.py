"""What travels upward: events to their listeners, after commit, at least once.

An app's ``listeners.py`` is a static table from event name to functions; the roof collects the
tables. Deliveries are made after commit and, when a process died between, by the sweep.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F

from audit.models import AuditEvent, Delivery
from kernel import clock

Listener = Callable[[AuditEvent], None]
Table = Mapping[str, tuple[Listener, ...]]

ATTEMPTS = 12
LEASE = timedelta(seconds=60)
LOOK_BACK = timedelta(days=7)
log = structlog.get_logger()

_listeners: dict[str, dict[str, Listener]] = {}
_wake: Callable[[int], None] | None = None


def install(tables: list[Table], *, wake: Callable[[int], None]) -> None:
    """Make ``tables`` the whole of who hears what; ``wake`` asks a worker to deliver an event."""
    global _wake
    _wake = wake
    _listeners.clear()
    for table in tables:
        for name, functions in table.items():
            heard_by = _listeners.setdefault(name, {})
            for function in functions:
                heard_by[f"{function.__module__}.{function.__qualname__}"] = function


def heard(name: str) -> bool:
    """Whether anybody listens to events of this name."""
    return name in _listeners


def announce(event_id: int) -> None:
    """Ask a worker to deliver; when none can be asked, the sweep finds the event."""
    if _wake is not None:
        _wake(event_id)


def deliver(event_id: int) -> None:
    """Let every listener of an event hear it that has not."""
    event = AuditEvent.objects.get(pk=event_id)
    _open(event)
    for delivery in event.deliveries.due():
        _drive(delivery.pk)


def sweep(limit: int = 500) -> int:
    """Deliver what was missed: events without rows, and rows whose time has come. Returns how
    many.
    """
    for event in _unopened(limit):
        _open(event)
    waiting = list(Delivery.objects.due().order_by("due").values_list("pk", flat=True)[:limit])
    for pk in waiting:
        _drive(pk)
    return len(waiting)


def _unopened(limit: int) -> list[AuditEvent]:
    recent = clock.wall() - LOOK_BACK
    return list(
        AuditEvent.objects.filter(name__in=list(_listeners), recorded_at__gte=recent)
        .filter(deliveries__isnull=True)
        .order_by("id")[:limit]
    )


def _open(event: AuditEvent) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(event=event, listener=name, due=clock.wall())
            for name in _listeners.get(event.name, {})
        ],
        ignore_conflicts=True,
    )


def _drive(pk: int) -> None:
    """Claim one delivery by lease, let the listener hear it with no lock held, write what came of
    it.
    """
    now = clock.wall()
    claimed = (
        Delivery.objects.due().filter(pk=pk).update(due=now + LEASE, attempts=F("attempts") + 1)
    )
    if not claimed:
        return
    delivery = Delivery.objects.select_related("event").get(pk=pk)
    listener = _listeners.get(delivery.event.name, {}).get(delivery.listener)
    if listener is None:  # an older release listened
        Delivery.objects.filter(pk=pk).update(state=Delivery.State.HEARD, error="no such listener")
        return
    try:
        listener(delivery.event)
    except Exception as error:  # one listener's fault must not silence the others
        if connection.in_atomic_block and transaction.get_connection().needs_rollback:
            raise
        _failed(delivery, error)
        return
    Delivery.objects.filter(pk=pk).update(state=Delivery.State.HEARD, error="")


def _failed(delivery: Delivery, error: Exception) -> None:
    dead = delivery.attempts >= ATTEMPTS
    wait = timedelta(seconds=min(3600, 2**delivery.attempts))
    log.error(
        "listener failed", listener=delivery.listener, event_id=delivery.event_id, dead=dead,
        exc_info=error,
    )  # fmt: skip
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.DEAD if dead else Delivery.State.WAITING,
        due=clock.wall() + wait,
        error=type(error).__name__,  # its words may hold addresses, and go to the log alone
    )
