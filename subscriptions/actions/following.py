"""Automatic seats: the ceiling that somebody sets, and the number that follows who takes a seat."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef, QuerySet

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from orgs.models import Organization, SeatEntry
from orgs.policy import require
from orgs.refusals import StandingWithholds
from subscriptions import events
from subscriptions.actions.changes import (
    billing_page,
    require_seats_for_all,
    still_as_seen,
    the_live_subscription,
)
from subscriptions.catalog import Interval
from subscriptions.gateway.changes import WITH_THE_NEXT_INVOICE, SubscriptionNow
from subscriptions.models import Intent, Price, SeatCeiling, Subscription, SubscriptionChange
from subscriptions.models.subscription import FAILING
from subscriptions.refusals import ChangeUnderWay
from subscriptions.standing import settle

QUIET = timedelta(seconds=10)
"""Nobody has come or gone for so long: many who come at once are one change."""
PATIENCE = timedelta(minutes=1)
"""Longer than this nobody waits for quiet."""
BUCKET, A_WHILE = 3, timedelta(minutes=1)
"""So many changes in so long; Stripe takes 200 in an hour."""
BACKING_OFF = timedelta(hours=1)
"""So long after a change came to nothing, nothing new is tried."""
BY_THE_MONTH = {"interval": "month", "interval_count": 1}


@transaction.atomic
def set_ceiling(*, organization: Organization, ceiling: int, actor: Actor) -> SeatCeiling:
    """Let the seats of the running subscription follow who takes one, ``ceiling`` at most.

    Twice is once. Locks the organization. Refuses with NothingRuns, TwoRun, OrganizationClosing,
    StandingWithholds or SeatsOutOfRange.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    subscription = the_live_subscription(organization)
    require_seats_for_all(organization, ceiling)
    row = SeatCeiling.objects.filter(subscription=subscription).first()
    before = row.ceiling if row is not None else None
    if row is not None and before == ceiling:
        return row
    if subscription.status in FAILING and (before is None or ceiling > before):
        raise StandingWithholds(
            "An invoice is unpaid, so nothing that costs more can be bought until it is paid.",
            reason="pay_invoice_first",
            remedy=billing_page(organization, "Pay the open invoice"),
        )
    row = row or SeatCeiling(subscription=subscription)
    row.ceiling, row.set_by_id, row.set_at = ceiling, actor.person_id, clock.now()
    row.save()
    record(
        events.SeatsFollow(
            subscription=subscription.subscription_id,
            before=str(before or "a fixed number"),
            ceiling=ceiling,
        ),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return row


@transaction.atomic
def fix_seats(*, organization: Organization, actor: Actor) -> None:
    """Keep the number of seats that is paid for, from now on; twice is once.

    Locks the organization. Refuses with ChangeUnderWay while somebody's seat is not paid for yet.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    followed = SeatCeiling.objects.filter(subscription__in=organization.subscriptions.live())
    for ceiling in followed.select_related("subscription"):
        subscription = ceiling.subscription
        if subscription.quantity < organization.seats_taken or subscription.changes.open().exists():
            raise ChangeUnderWay(
                "The seats of those who came last are not paid for yet. Try again in a minute.",
                remedy=billing_page(organization, "Look at it"),
            )
        ceiling.delete()
        record(
            events.SeatsFixed(
                subscription=subscription.subscription_id, seats=subscription.quantity
            ),
            actor=actor,
            organization=organization,
        )
        settle(organization.pk, actor=actor)


def unfollowed() -> QuerySet[Subscription]:
    """The running subscriptions that pay for another number than take a seat, and could follow now.

    None that would cost more while an invoice is open, that a change is on its way for, or for
    which one has just come to nothing.
    """
    changes = SubscriptionChange.objects.filter(subscription=OuterRef("pk"))
    came_to_nothing = changes.filter(
        asked_by__isnull=True,
        state__in=[SubscriptionChange.State.REFUSED, SubscriptionChange.State.LAPSED],
        ended_at__gt=clock.now() - BACKING_OFF,
    )
    return (
        Subscription.objects.live()
        .filter(seat_ceiling__isnull=False)
        .filter(is_missing=False, is_doubled=False, has_unknown_price=False)
        .exclude(quantity=F("organization__seats_taken"))
        .exclude(status__in=FAILING, quantity__lt=F("organization__seats_taken"))
        .exclude(Exists(changes.open()))
        .exclude(Exists(came_to_nothing))
        .select_related("seat_ceiling")
        .order_by("pk")
    )


def has_to_wait(running: Subscription) -> bool:
    """Whether seats should not follow yet: for quiet, or since they did too often just now."""
    return not _is_quiet(running) or _went_too_often(running)


@transaction.atomic
def begin_following(subscription: Subscription, seen: SubscriptionNow) -> Intent | None:
    """Write down the change that brings a subscription to those who take a seat, with its call.

    ``None`` when there is nothing to do by now, or it has to wait. Locks the organization. Refuses
    with ChangedElsewhere or ChangeUnderWay when Stripe shows another subscription.
    """
    organization = Organization.objects.lock(subscription.organization_id)
    running = unfollowed().filter(pk=subscription.pk).first()
    if running is None or has_to_wait(running):
        return None
    item_id = still_as_seen(running, seen)
    price = Price.objects.get(price_id=running.price_id)
    change = SubscriptionChange.objects.create(
        subscription=running,
        organization=organization,
        from_price_id=running.price_id,
        from_quantity=running.quantity,
        price_id=running.price_id,
        plan_key=running.plan_key,
        interval=running.interval,
        quantity=organization.seats_taken,
        currency=price.currency,
        invoice_before=seen.invoice_id,
        parameters=_parameters(running, item_id, organization.seats_taken),
    )
    record(
        events.SeatsFollowed(change_id=change.pk, before=running.quantity, seats=change.quantity),
        actor=SYSTEM,
        organization=organization,
    )
    return organization.intents.create(
        kind=Intent.Kind.CHANGE_SUBSCRIPTION,
        change=change,
        key=f"seats-{change.pk}-{uuid4().hex}",
    )


def _is_quiet(running: Subscription) -> bool:
    """Whether nobody came or went a moment ago, or somebody has waited long enough."""
    last = running.changes.aggregate(last=Max("asked_at"))["last"]
    since = max(filter(None, (last, running.seat_ceiling.set_at)))
    entries = SeatEntry.objects.filter(organization_id=running.organization_id, at__gt=since)
    lines = entries.aggregate(first=Min("at"), last=Max("at"))
    if lines["last"] is None:
        return True
    now = clock.now()
    return bool(now - lines["last"] >= QUIET or now - lines["first"] >= PATIENCE)


def _went_too_often(running: Subscription) -> bool:
    """Wall time: that is what Stripe counts in."""
    lately = Intent.objects.filter(
        change__subscription=running, created_at__gt=clock.wall() - A_WHILE
    )
    return lately.count() >= BUCKET


def _parameters(running: Subscription, item_id: str, seats: int) -> dict[str, Any]:
    """Return what is sent: due with the next invoice; of a yearly one, with the month's."""
    items = [{"id": item_id, "price": running.price_id, "quantity": seats}]
    sent: dict[str, Any] = {"items": items, "proration_behavior": WITH_THE_NEXT_INVOICE}
    if running.interval == Interval.YEAR:
        sent["pending_invoice_item_interval"] = BY_THE_MONTH
    return sent
