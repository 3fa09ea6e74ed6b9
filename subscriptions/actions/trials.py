"""The end of a trial: whoever pays is told three days before."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM
from orgs.models import Organization
from orgs.models.organization import State
from subscriptions.events import TrialEnding
from subscriptions.models import Price, Subscription

BEFORE = timedelta(days=3)
log = structlog.get_logger()


def warn_of_trials() -> int:
    """Tell of every trial that ends within three days, once; returns of how many.

    One that was canceled costs nothing, and nobody is told.
    """
    warned = 0
    for pk in list(_ending().values_list("pk", flat=True)):
        try:
            warned += _warn(pk)
        except Exception as error:  # it stays due; the others must not wait for it
            log.error("not warned", subscription=pk, exc_info=error)
    return warned


def next_trial_warning() -> datetime | None:
    """Return when the next trial is to be told of."""
    after = clock.now() + BEFORE
    coming = _on_trial().filter(trial_end__gt=after).order_by("trial_end").first()
    return coming.trial_end - BEFORE if coming is not None and coming.trial_end else None


def _on_trial() -> QuerySet[Subscription]:
    return Subscription.objects.filter(
        status="trialing", trial_warned_at=None, ends_at=None, organization__state=State.OPEN
    )


def _ending() -> QuerySet[Subscription]:
    now = clock.now()
    return _on_trial().filter(trial_end__gt=now, trial_end__lte=now + BEFORE).order_by("trial_end")


@transaction.atomic
def _warn(pk: int) -> bool:
    organization = Organization.objects.lock(Subscription.objects.get(pk=pk).organization_id)
    row = _ending().filter(pk=pk).first()
    price = Price.objects.filter(price_id=row.price_id).first() if row is not None else None
    if row is None or row.trial_end is None or price is None:
        return False
    row.trial_warned_at = clock.now()
    row.save(update_fields=["trial_warned_at"])
    record(
        TrialEnding(
            subscription=row.subscription_id,
            until=row.trial_end.isoformat(),
            due=f"{price.money * row.quantity} a {row.interval}",
        ),
        actor=SYSTEM,
        organization=organization,
    )
    return True
