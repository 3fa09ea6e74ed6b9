"""A change of a running subscription: who may ask for it, what is written down, what ends it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.money import Money
from kernel.refusals import Remedy
from orgs.entitlements import Standing
from orgs.models import Organization
from orgs.models.organization import State
from orgs.policy import require
from orgs.refusals import OrganizationClosing, StandingWithholds
from orgs.seats import seats_offered
from subscriptions import events
from subscriptions.actions.checkout import INTERVALS, MOST_SEATS, Choice
from subscriptions.catalog import SOLD
from subscriptions.gateway.billing import SubscriptionSeen
from subscriptions.gateway.changes import SubscriptionNow
from subscriptions.models import Intent, Price, Subscription, SubscriptionChange
from subscriptions.models.subscription import FAILING
from subscriptions.refusals import (
    ChangedElsewhere,
    ChangeUnderWay,
    EndsSoon,
    NoSuchPlan,
    NothingChanges,
    NothingRuns,
    NotSold,
    QuoteStale,
    SeatsOutOfRange,
    TwoRun,
)
from subscriptions.standing import settle

NAMED = 20
"""As many people are named of those who take the seats."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Running:
    """The one subscription that runs, what it costs, and what the asked choice costs."""

    subscription: Subscription
    old: Price
    new: Price
    seats: int
    offered: int

    @property
    def raises(self) -> bool:
        """Whether it is billed at once: it costs more, or begins a new cycle."""
        more = self.new.amount * self.seats > self.old.amount * self.subscription.quantity
        return more or self.new.interval != self.old.interval


def the_live_subscription(organization: Organization) -> Subscription:
    """Return the one subscription that runs and may be changed.

    Refuses with NothingRuns, TwoRun, OrganizationClosing or StandingWithholds.
    """
    live = list(organization.subscriptions.live().select_related("seat_ceiling")[:2])
    if not live:
        raise NothingRuns(remedy=billing_page(organization, "Choose a plan"))
    if len(live) > 1:
        raise TwoRun
    if organization.state != State.OPEN:
        raise OrganizationClosing
    if organization.entitlements.holding().standing == Standing.SUSPENDED:
        raise StandingWithholds(reason="standing_suspended")
    return live[0]


def running_subscription(organization: Organization, choice: Choice) -> Running:
    """Return what a choice changes, from our own rows. Where seats follow, theirs are not chosen.

    Refuses with NothingRuns, TwoRun, ChangedElsewhere, StandingWithholds, OrganizationClosing,
    NoSuchPlan, NotSold, NothingChanges, SeatsOutOfRange, ChangeUnderWay or EndsSoon.
    """
    subscription = the_live_subscription(organization)
    old = Price.objects.filter(price_id=subscription.price_id).first()
    if old is None:
        raise ChangedElsewhere
    new = _price(choice, old)
    seats = choice.seats
    if hasattr(subscription, "seat_ceiling"):  # the number is not chosen, it follows
        seats = organization.seats_taken
    require_seats_for_all(organization, seats)
    if (new.price_id, seats) == (subscription.price_id, subscription.quantity):
        raise NothingChanges(field="seats")
    if subscription.changes.open().exists():
        raise ChangeUnderWay(remedy=billing_page(organization, "Look at it"))
    if subscription.ends_at is not None and new.interval != old.interval:
        raise EndsSoon(
            f"The subscription ends on {subscription.ends_at:%-d %B %Y}, so no new cycle begins."
            " Resume it first.",
            remedy=billing_page(organization, "Look at it"),
        )
    running = Running(subscription, old, new, seats, seats_offered(organization))
    if running.raises and subscription.status in FAILING:
        raise StandingWithholds(
            "An invoice is unpaid, so nothing that costs more can be bought until it is paid.",
            reason="pay_invoice_first",
            remedy=billing_page(organization, "Pay the open invoice"),
        )
    return running


def still_as_seen(subscription: Subscription, seen: SubscriptionNow) -> str:
    """Return the id of the one item; refuses with ChangedElsewhere when Stripe shows another
    subscription than our row does, and with ChangeUnderWay when it holds a change back.
    """
    if seen.is_waiting:
        raise ChangeUnderWay
    if len(seen.items) != 1:
        raise ChangedElsewhere
    item_id, price_id, quantity = seen.items[0]
    if (price_id, quantity) != (subscription.price_id, subscription.quantity):
        raise ChangedElsewhere
    return item_id


def require_seats_for_all(organization: Organization, seats: int) -> None:
    """Refuse a number below those who take a seat, and tell who they are: SeatsOutOfRange."""
    taken = organization.seats_taken
    if seats < taken:
        held = organization.memberships.in_seats().select_related("user")
        names = [str(each.user) for each in held.order_by("user__name", "pk")[:NAMED]]
        others = taken - len(names)
        told = ", ".join(names) + (f" and {others} more" if others > 0 else "")
        raise SeatsOutOfRange(
            f"{taken} people take a seat, so keep at least {taken}: {told}.",
            field="seats",
            remedy=Remedy("Remove somebody first", "owner", f"/orgs/{organization.name}/people/"),
        )
    if not 1 <= seats <= MOST_SEATS:
        raise SeatsOutOfRange(f"Choose between 1 and {MOST_SEATS:,} seats.", field="seats")


def billing_page(organization: Organization, action: str) -> Remedy:
    """Return the remedy that lies on the organization's billing page."""
    return Remedy(action, "owner or billing manager", f"/orgs/{organization.name}/billing/")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What somebody confirmed: a choice, its figures, and what makes it so at Stripe."""

    choice: Choice
    seen: SubscriptionNow
    total: Money
    due: Money
    parameters: dict[str, Any]


@transaction.atomic
def begin_change(*, organization: Organization, confirmed: Confirmed, actor: Actor) -> Intent:
    """Write a confirmed change down, with the call that makes it; there is one at a time.

    Fewer seats hold from this moment, before Stripe hears of it: nobody takes a seat meanwhile that
    is given back. Locks the organization, and asks everything again. Refuses as
    ``running_subscription`` and ``still_as_seen`` do, and with QuoteStale when seats followed
    meanwhile.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    running = running_subscription(organization, confirmed.choice)
    still_as_seen(running.subscription, confirmed.seen)
    if running.seats != confirmed.choice.seats:
        raise QuoteStale
    change = SubscriptionChange.objects.create(
        subscription=running.subscription,
        organization=organization,
        asked_by_id=actor.person_id,
        from_price_id=running.old.price_id,
        from_quantity=running.subscription.quantity,
        price_id=running.new.price_id,
        plan_key=running.new.plan_key,
        interval=running.new.interval,
        quantity=running.seats,
        confirmed_total=confirmed.total.amount if running.raises else None,
        currency=confirmed.total.currency,
        invoice_before=confirmed.seen.invoice_id,
        parameters=confirmed.parameters,
    )
    record(
        events.ChangeAsked(
            change_id=change.pk,
            plan=change.plan_key,
            interval=change.interval,
            seats=change.quantity,
            due=str(confirmed.due),
        ),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return organization.intents.create(
        kind=Intent.Kind.CHANGE_SUBSCRIPTION,
        change=change,
        key=f"change-{change.pk}-{uuid4().hex}",
    )


def follow_change(row: Subscription, seen: SubscriptionSeen, fence: int) -> None:
    """Bring the open change of a subscription to what a look saw; the caller holds the lock.

    In effect when the items are as asked; held back while Stripe keeps it beside; over when Stripe
    has neither, and the look began after Stripe had answered.
    """
    change = row.changes.open().select_related("organization").first()
    if change is None:
        return
    wanted = (change.price_id, change.quantity)
    waiting = seen.waiting
    if (seen.price_id, seen.quantity) == wanted and waiting is None:
        _compare_invoice(change, seen)
        end_change(change, SubscriptionChange.State.APPLIED)
    elif waiting is not None and (waiting.price_id, waiting.quantity) == wanted:
        change.state, change.lapses_at = SubscriptionChange.State.UNPAID, waiting.lapses_at
        change.invoice_id = seen.invoice.invoice_id if seen.invoice is not None else ""
        change.save(update_fields=["state", "lapses_at", "invoice_id"])
    elif _was_answered_before(change, fence) or not row.is_live:
        end_change(change, SubscriptionChange.State.LAPSED)


def end_change(change: SubscriptionChange, outcome: str, error: str = "") -> None:
    """End an open change, and tell it; the caller holds the organization's lock. Twice is once."""
    if not change.is_open:
        return
    change.state, change.ended_at, change.error = outcome, clock.now(), error[:2000]
    change.save(update_fields=["state", "ended_at", "error"])
    record(
        events.ChangeEnded(
            change_id=change.pk,
            plan=change.plan_key,
            interval=change.interval,
            seats=change.quantity,
            outcome=outcome,
        ),
        actor=SYSTEM,
        organization=change.organization,
    )


def _was_answered_before(change: SubscriptionChange, fence: int) -> bool:
    """Whether Stripe had answered when the look with this fence began."""
    return change.fence is not None and fence > change.fence


def _compare_invoice(change: SubscriptionChange, seen: SubscriptionSeen) -> None:
    """Alarm when the invoice of a change says another sum than was confirmed."""
    invoice = seen.invoice
    if change.confirmed_total is None or invoice is None:
        return
    if invoice.invoice_id == change.invoice_before or invoice.why != "subscription_update":
        return
    change.invoice_id = invoice.invoice_id
    change.save(update_fields=["invoice_id"])
    if invoice.total != change.confirmed_total:
        log.error(
            "charged other than confirmed",
            change=change.pk,
            confirmed=change.confirmed_total,
            invoiced=invoice.total,
        )


def _price(choice: Choice, old: Price) -> Price:
    """Return what the choice costs: what runs keeps its price, also one that is sold no more."""
    if (choice.plan_key, choice.interval) == (old.plan_key, old.interval):
        return old
    if choice.interval not in INTERVALS or choice.plan_key not in {plan.key for plan in SOLD}:
        raise NoSuchPlan(field="plan")
    found = Price.objects.filter(
        plan_key=choice.plan_key, interval=choice.interval, is_sold=True
    ).first()
    if found is None or found.currency != old.currency:
        raise NotSold
    return found
