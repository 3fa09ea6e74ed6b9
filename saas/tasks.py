"""The roof's own tasks."""

from celery import shared_task
from celery.signals import beat_init, heartbeat_sent, worker_ready
from django.core.management import call_command

from saas.health import BEAT_PULSE, WORKER_PULSE, pulse


@shared_task
def beat_tick() -> None:
    """Run by a worker because beat asked: so both live."""
    pulse(BEAT_PULSE)
    pulse(WORKER_PULSE)


@shared_task
def clear_sessions() -> None:
    """Delete sessions whose time is over."""
    call_command("clearsessions")


@worker_ready.connect
@heartbeat_sent.connect
def note_worker(**_: object) -> None:
    """Report a worker as it becomes ready, and at its own heartbeats."""
    pulse(WORKER_PULSE)


@beat_init.connect
def note_beat(**_: object) -> None:
    """Ask for the first tick at once: who looks in the first seconds finds no beat missing."""
    beat_tick.delay()
