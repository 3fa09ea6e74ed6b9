"""Work of the log: the outbox, and the seal."""

from celery import shared_task

from audit import outbox, sealing


@shared_task
def deliver_event(event_id: int) -> None:
    """Let an event's listeners hear it."""
    outbox.deliver(event_id)


@shared_task
def sweep_outbox() -> int:
    """Deliver what was missed."""
    return outbox.sweep()


@shared_task
def seal_log() -> int:
    """Seal what was committed."""
    return sealing.seal_everything()
