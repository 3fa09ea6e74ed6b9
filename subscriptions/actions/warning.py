"""The ladder of an unpaid subscription: after the first mail, warnings on fixed days until its end.

The first is told by PaymentFailed, when the trouble is seen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM
from orgs.entitlements import Standing
from orgs.models import Organization
from orgs.models.organization import State
from subscriptions.events import GraceWarned
from subscriptions.models import GraceWarning, Subscription
from subscriptions.models.subscription import FAILING

STEPS = (3, 7, 12)
"""Days after the failure; grace ends on the fourteenth, by default."""
log = structlog.get_logger()


def warn_due() -> int:
    """Warn of every trouble whose next day has come; returns of how many.

    After an outage only the latest day counts: nobody gets three mails at once.
    """
    now, warned = clock.now(), 0
    rows = [(row, step) for row in _in_grace(now) if (step := _latest(row, now)) is not None]
    told = set(
        GraceWarning.objects.filter(subscription__in=[row for row, _ in rows]).values_list(
            "subscription_id", "failing_since", "step"
        )
    )
    for row, step in rows:
        if (row.pk, row.failing_since, step) in told:
            continue
        try:
            warned += _warn(row.pk)
        except Exception as error:  # it stays due; the others must not wait for it
            log.error("not warned", subscription=row.subscription_id, exc_info=error)
    return warned


def next_warning() -> datetime | None:
    """Return when the next day of a trouble comes."""
    now = clock.now()
    found = [moment for row in _in_grace(now) for moment in _days(row) if moment > now]
    return min(found, default=None)


def _in_grace(now: datetime) -> list[Subscription]:
    """Return what fails, and what failed to its end; the longest first."""
    rows = Subscription.objects.exclude(failing_since=None).filter(
        failing_since__gt=now - timedelta(days=365)
    )
    failing = rows.filter(status__in=FAILING) | rows.filter(ended_by_failure=True)
    return [row for row in failing.order_by("failing_since", "pk") if _ends(row) > now]


def _days(row: Subscription) -> Iterator[datetime]:
    """Yield the moments of the ladder that come before its end."""
    for step in STEPS:
        moment = _since(row) + timedelta(days=step)
        if moment < _ends(row):
            yield moment


@transaction.atomic
def _warn(pk: int) -> bool:
    """Write one warning down, under the organization's lock; the mail is what hears it."""
    row = Subscription.objects.select_related("organization").get(pk=pk)
    organization = Organization.objects.lock(row.organization_id)
    row = Subscription.objects.get(pk=pk)
    now = clock.now()
    if row not in _in_grace(now) or organization.state != State.OPEN:
        return False
    if organization.entitlements.holding().standing != Standing.GRACE:
        return False  # something else carries it
    step = _latest(row, now)
    if step is None or row.warnings.filter(failing_since=_since(row), step__gte=step).exists():
        return False
    row.warnings.create(failing_since=_since(row), step=step)
    record(
        GraceWarned(subscription=row.subscription_id, step=step, grace_ends=_ends(row).isoformat()),
        actor=SYSTEM,
        organization=organization,
    )
    return True


def _latest(row: Subscription, now: datetime) -> int | None:
    """Return the latest day of the ladder that has come."""
    return max((s for s in STEPS if _since(row) + timedelta(days=s) <= now), default=None)


def _since(row: Subscription) -> datetime:
    if row.failing_since is None:
        raise ValueError(f"{row} does not fail")
    return row.failing_since


def _ends(row: Subscription) -> datetime:
    """Return when its grace ends."""
    grace = row.plan.grace if row.plan is not None else timedelta(0)
    end = _since(row) + grace
    return min(end, row.ends_at) if row.ends_at is not None and row.is_live else end
