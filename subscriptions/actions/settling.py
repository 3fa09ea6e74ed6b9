"""Settling what changes by itself: terms that end, grace that runs out."""

from datetime import datetime

import structlog

from kernel import clock
from kernel.actor import SYSTEM
from orgs.entitlements import Entitlements
from subscriptions.standing import settle

log = structlog.get_logger()


def settle_due(limit: int = 500) -> int:
    """Settle every organization whose next moment has come; returns how many.

    Answers do not wait for this: they compare with the clock. This writes the row, the log and
    mail.
    """
    due = Entitlements.objects.filter(next_at__lte=clock.now()).order_by("next_at")
    ids = list(due.values_list("organization_id", flat=True)[:limit])
    for organization_id in ids:
        try:
            settle(organization_id, actor=SYSTEM)
        except Exception as error:  # it stays due; the others must not wait for it
            log.error("not settled", organization_id=organization_id, exc_info=error)
    return len(ids)


def next_moment() -> datetime | None:
    """Return when the next standing changes by itself."""
    return (
        Entitlements.objects.filter(next_at__gt=clock.now())
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
