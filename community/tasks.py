"""Work of the free road; each task calls one action."""

from celery import shared_task

from community.actions import decisions, reviewing


@shared_task
def carry_out_due_decisions() -> int:
    """Carry out the decisions whose window to take them back is over."""
    return decisions.carry_out_due_decisions()


@shared_task
def release_stale_claims() -> int:
    """Put back into the queue what reviewers held too long."""
    return reviewing.release_stale_claims()
