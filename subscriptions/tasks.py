"""Work of the money side; each task calls one action."""

from celery import shared_task

from subscriptions import intents
from subscriptions.actions.closing import close_due
from subscriptions.actions.freeing import free_names_of_the_unpaid
from subscriptions.actions.leaking import keep_findings
from subscriptions.actions.reconcile import reconcile
from subscriptions.actions.settling import settle_due as settle_what_is_due
from subscriptions.actions.terms import warn_of_terms
from subscriptions.actions.trials import warn_of_trials
from subscriptions.actions.warning import warn_due
from subscriptions.following import follow_seats
from subscriptions.leaks import findings
from subscriptions.looking import LOOKS


@shared_task
def sweep_intents() -> int:
    """Finish what a crash interrupted."""
    return intents.sweep()


@shared_task
def settle_due() -> int:
    """Settle the organizations whose standing changed by itself."""
    return settle_what_is_due()


@shared_task
def warn_of_ends() -> int:
    """Warn whoever may pay or confirm, on the days of each ladder."""
    return warn_due() + warn_of_terms() + warn_of_trials()


@shared_task
def follow_who_takes_a_seat() -> int:
    """Bring automatic seats to those who take one."""
    return follow_seats()


@shared_task
def reconcile_all() -> int:
    """Compare everything with Stripe, and keep what does not add up."""
    done = reconcile(LOOKS)
    settle_what_is_due()
    return keep_findings(findings(after=done))


@shared_task
def close_what_is_due() -> int:
    """Close organizations whose time to undo is over."""
    return close_due()


@shared_task
def free_unpaid_names() -> int:
    """Warn the owners of companies that never lived, and free the names of those warned."""
    return free_names_of_the_unpaid()
