"""Work of the inbox."""

from celery import shared_task

from webhooks.driving import drain


@shared_task
def drive_due_targets() -> int:
    """Look at everything that is due."""
    return drain(most=200)
