"""Nightly work of organizations."""

from celery import shared_task

from orgs.actions.logs import prune_logs as prune_all_logs
from orgs.actions.seats import recount_everywhere


@shared_task
def recount_seats() -> int:
    """Count seats and private projects of every organization anew; an alarm when one was off."""
    return recount_everywhere()


@shared_task
def prune_logs() -> int:
    """Drop what organizations keep no longer of their logs."""
    return prune_all_logs()
