"""Holds: what suspends an organization, placed and lifted one by one."""

from datetime import datetime

from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs.models import Organization
from orgs.policy import require_staff
from subscriptions import events
from subscriptions.actions.staff import a_day_ahead, a_reason
from subscriptions.models import Hold
from subscriptions.models.hold import HoldSource
from subscriptions.standing import settle


@transaction.atomic
def place_hold(
    *, organization: Organization, reason: str, actor: Actor, until: datetime | None = None
) -> Hold:
    """Suspend an organization, until a day or until somebody lifts it; the same again is the same.

    Locks the organization. Refuses with Invalid.
    """
    require_staff(actor, "organization:hold")
    organization = Organization.objects.lock(organization.pk)
    reason = a_reason(reason)
    until = a_day_ahead(until) if until is not None else None
    same = organization.holds.standing().filter(source=HoldSource.STAFF, reason=reason, until=until)
    if (existing := same.first()) is not None:
        return existing
    hold = organization.holds.create(
        source=HoldSource.STAFF, reason=reason, until=until, placed_by_id=actor.user_id
    )
    record(
        events.HoldPlaced(hold_id=hold.pk, source=hold.source, why=reason),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return hold


@transaction.atomic
def lift_hold(*, organization: Organization, hold_id: int, reason: str, actor: Actor) -> Hold:
    """Lift one hold; others stay. Twice is once. Locks the organization. Refuses with NotFound."""
    require_staff(actor, "organization:hold")
    organization = Organization.objects.lock(organization.pk)
    hold = organization.holds.filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    if hold.ends_at is not None and hold.ends_at <= clock.now():
        return hold
    end_hold(organization, hold, why=a_reason(reason), actor=actor)
    settle(organization.pk, actor=actor)
    return hold


def end_hold(organization: Organization, hold: Hold, *, why: str, actor: Actor) -> None:
    """End a hold that stands, and tell it; the caller holds the lock, and settles after."""
    hold.lifted_at = clock.now()
    hold.save(update_fields=["lifted_at"])
    record(
        events.HoldLifted(hold_id=hold.pk, source=hold.source, why=why),
        actor=actor,
        organization=organization,
    )
