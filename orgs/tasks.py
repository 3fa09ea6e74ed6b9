"""Nightly work of organizations."""

from celery import shared_task

from orgs.actions.seats import recount_everywhere


@shared_task
def recount_seats() -> int:
    """Count seats and private projects of every organization anew; an alarm when one was off."""
    return recount_everywhere()
