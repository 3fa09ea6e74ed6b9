"""What a change of a running subscription would cost, to the cent, and what it would take away.

Asking changes nothing. The answer carries a signed token that names the choice, the moment from
which it is prorated, and a digest of everything the figures rest on: who confirms it is charged
these figures, or asked again.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from kernel import clock
from kernel.actor import Actor
from kernel.money import Money
from kernel.refusals import Remedy
from orgs.entitlements import UNLIMITED, Limit
from orgs.models import Organization, Project
from orgs.policy import require
from subscriptions.actions.changes import Confirmed, running_subscription, still_as_seen
from subscriptions.actions.checkout import Choice
from subscriptions.catalog import Plan
from subscriptions.gateway.changes import (
    AT_ONCE,
    FOR_NOTHING,
    WITH_THE_NEXT_INVOICE,
    Preview,
    SubscriptionNow,
    fetch_subscription,
    preview,
)
from subscriptions.gateway.client import StripeRefused
from subscriptions.models import Price, Subscription
from subscriptions.refusals import QuoteStale

SALT = "subscriptions.quote"
GOOD_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Quote:
    """A change, its figures, and what breaks. ``at`` is the moment of proration.

    ``due`` is charged at once; ``total`` is what its invoice says, below zero for a credit.
    ``next_total`` is the next invoice where Stripe can say it.
    """

    subscription: Subscription
    old: Price
    new: Price
    seats: int
    at: int
    due: Money
    total: Money
    lines: tuple[tuple[str, Money], ...]
    next_total: Money | None
    next_at: datetime
    is_paid_at_once: bool
    confirmed: Confirmed
    digest: str
    token: str
    losing: tuple[str, ...]
    surplus: tuple[Project, ...]
    offered_beyond: int
    """How many open invitations could not be accepted any more."""

    @property
    def per_period(self) -> Money:
        """What each period costs afterwards, before discounts and tax."""
        return self.new.money * self.seats

    @property
    def was_per_period(self) -> Money:
        """What each period costs now, before discounts and tax."""
        return self.old.money * self.subscription.quantity

    @property
    def credit(self) -> Money | None:
        """What comes back, as credit on invoices to come."""
        return Money(-self.total.amount, self.total.currency) if self.total.amount < 0 else None


def quote_change(
    *, organization: Organization, choice: Choice, actor: Actor, at: int | None = None
) -> Quote:
    """Return what a change would cost now, or did at ``at`` (Unix seconds). Asks Stripe.

    Refuses as ``running_subscription`` and ``still_as_seen`` do, with QuoteStale when Stripe would
    not prorate from ``at`` any more, and with StripeAway.
    """
    require(actor, "billing:manage", organization)
    running = running_subscription(organization, choice)
    choice = replace(choice, seats=running.seats)
    seen = fetch_subscription(running.subscription.subscription_id)
    item_id = still_as_seen(running.subscription, seen)
    moment = at if at is not None else int(clock.now().timestamp())
    items = [{"id": item_id, "price": running.new.price_id, "quantity": choice.seats}]
    figures, following = _figures(running.subscription, items, moment, raises=running.raises)
    on_trial = running.subscription.is_trial  # nothing is due, and no cycle begins, before its end
    restarts = running.old.interval != running.new.interval and not on_trial
    digest = _digest(seen, items, figures, moment)
    due = Money(figures.due if running.raises else 0, figures.currency)
    total = Money(figures.total, figures.currency)
    sent = _parameters(items, moment, raises=running.raises)
    return Quote(
        subscription=running.subscription,
        old=running.old,
        new=running.new,
        seats=choice.seats,
        at=moment,
        due=due,
        total=total,
        lines=tuple((words, Money(amount, figures.currency)) for words, amount in figures.lines),
        next_total=_next(following, restarts=restarts),
        next_at=_after(moment, running.new) if restarts else seen.period_end,
        is_paid_at_once=running.raises,
        confirmed=Confirmed(choice, seen, total, due, sent),
        digest=digest,
        token=_token(organization, choice, moment, digest),
        losing=_losing(running.old.plan, running.new.plan),
        surplus=_surplus(organization, running.new.plan),
        offered_beyond=min(
            running.offered, max(0, organization.seats_taken + running.offered - choice.seats)
        ),
    )


def read_quote(organization: Organization, token: str) -> tuple[Choice, int, str]:
    """Return the choice, the moment and the digest that a quote's token names.

    Refuses with QuoteStale: it is another organization's, older than ten minutes, or made up.
    """
    try:
        told = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise QuoteStale(remedy=_again(organization)) from None
    if told["organization"] != organization.pk:
        raise QuoteStale(remedy=_again(organization))
    return Choice(told["plan"], told["interval"], told["seats"]), told["at"], told["digest"]


def _figures(
    subscription: Subscription, items: list[dict[str, Any]], at: int, *, raises: bool
) -> tuple[Preview, Preview]:
    """Return what the change itself costs, and the invoice after it."""
    key = subscription.subscription_id
    try:
        if raises:
            return (
                preview(key, items, prorated=AT_ONCE, at=at),
                preview(key, items, prorated=FOR_NOTHING),
            )
        following = preview(key, items, prorated=WITH_THE_NEXT_INVOICE, at=at)
        return preview(key, items, prorated=AT_ONCE, at=at), following
    except StripeRefused:
        raise QuoteStale from None


def _next(following: Preview, *, restarts: bool) -> Money | None:
    """Return the next invoice; where a new cycle begins, Stripe's preview is of this one."""
    return None if restarts else Money(following.due, following.currency)


def _after(moment: int, price: Price) -> datetime:
    begun = datetime.fromtimestamp(moment, clock.wall().tzinfo)
    year, month = (
        (begun.year + 1, begun.month)
        if price.interval == "year"
        else (begun.year + begun.month // 12, begun.month % 12 + 1)
    )
    for day in range(begun.day, 27, -1):  # as Stripe does: the last day of a shorter month
        try:
            return begun.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return begun.replace(year=year, month=month)


def _parameters(items: list[dict[str, Any]], at: int, *, raises: bool) -> dict[str, Any]:
    """Return what is sent: what raises the bill holds once it is paid, the rest at once."""
    if raises:
        return {
            "items": items,
            "proration_behavior": AT_ONCE,
            "payment_behavior": "pending_if_incomplete",
            "proration_date": at,
        }
    return {"items": items, "proration_behavior": WITH_THE_NEXT_INVOICE, "proration_date": at}


def _digest(
    seen: SubscriptionNow, items: list[dict[str, Any]], figures: Preview, moment: int
) -> str:
    """Return what stands for everything that the figures rest on."""
    rest = [
        seen.items, items, seen.period_end.isoformat(), sorted(seen.discounts),
        figures.total, figures.due, figures.currency, moment,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _token(organization: Organization, choice: Choice, moment: int, digest: str) -> str:
    told = {
        "organization": organization.pk,
        "plan": choice.plan_key,
        "interval": choice.interval,
        "seats": choice.seats,
        "at": moment,
        "digest": digest,
    }
    return signing.dumps(told, salt=SALT)


def _losing(old: Plan | None, new: Plan | None) -> tuple[str, ...]:
    """Return in words what the new plan has less of."""
    if old is None or new is None:
        return ()
    gone = [feature.replace("_", " ") for feature in sorted(old.features - new.features)]
    for limit, had in old.limits.items():
        allowed = new.limits.get(limit, 0)
        if allowed != UNLIMITED and (had == UNLIMITED or had > allowed):
            gone.append(f"{allowed} {_LIMITS[limit]}, not {_many(had)}")
    return tuple(gone)


_LIMITS = {
    Limit.SEATS: "seats",
    Limit.PRIVATE_PROJECTS: "private projects",
    Limit.AUDIT_DAYS: "days of the log",
}


def _many(number: int) -> str:
    return "without limit" if number == UNLIMITED else str(number)


def _surplus(organization: Organization, plan: Plan | None) -> tuple[Project, ...]:
    """Return the private projects over the new plan's limit, the newest first."""
    allowed = plan.limits.get(Limit.PRIVATE_PROJECTS, 0) if plan is not None else 0
    if allowed == UNLIMITED:
        return ()
    newest_last = organization.projects.private().order_by("created_at", "pk")
    return tuple(reversed(newest_last[allowed:]))


def _again(organization: Organization) -> Remedy:
    url = f"/orgs/{organization.name}/billing/change/"
    return Remedy("Look at the figures again", "owner or billing manager", url)
