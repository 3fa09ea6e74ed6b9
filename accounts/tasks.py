"""Work of accounts; each task calls one action."""

from celery import shared_task

from accounts.actions import resets


@shared_task
def carry_out_due_resets() -> int:
    """Take lost second factors off accounts to whose reset nobody objected."""
    return resets.carry_out_due_resets()
