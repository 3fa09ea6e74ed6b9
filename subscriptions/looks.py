"""Looking at a customer: fetch the truth, write our typed rows behind the fence, settle."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM
from kernel.refusals import Unavailable
from orgs.models import Organization
from subscriptions import events
from subscriptions.actions.changes import follow_change
from subscriptions.actions.checkout import close_attempt, expiry_intent
from subscriptions.actions.details import follow_details
from subscriptions.actions.returns import follow_money_back
from subscriptions.gateway.billing import (
    BillingSeen,
    SessionSeen,
    SubscriptionSeen,
    fetch_billing,
    fetch_session,
)
from subscriptions.gateway.client import GoneAtStripe, StripeAway, StripeRefused
from subscriptions.gateway.inspection import canary_answers
from subscriptions.gateway.returns import fetch_refund_status
from subscriptions.intents import carry_out
from subscriptions.models import (
    CheckoutAttempt,
    MoneyBack,
    Price,
    StripeCustomer,
    Subscription,
)
from subscriptions.models.subscription import FAILING, KNOWN
from subscriptions.ownership import adopt_or_set_aside
from subscriptions.standing import settle

log = structlog.get_logger()
COPIED = (
    "customer_id", "status", "price_id", "quantity", "period_start", "period_end", "ends_at",
    "ended_at", "ended_by_failure", "began_at", "trial_start", "trial_end",
)  # fmt: skip
TOLD = ("status", "plan_key", "interval", "quantity", "ends_at")


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything one look brought back."""

    billing: BillingSeen
    session: SessionSeen | None


def look_at_customer(customer_id: str, fence: int) -> None:
    """News comes twice, late and out of order: it is a reason to look.

    ``fence`` was taken before this call. A customer that is gone ends nothing: its rows are marked
    missing. Refuses with StripeAway when Stripe does not answer, or denies what it must know.
    """
    customer = StripeCustomer.objects.filter(customer_id=customer_id).first()
    if customer is None and not adopt_or_set_aside(customer_id):
        return
    customer = customer or StripeCustomer.objects.get(customer_id=customer_id)
    session = _session_of(customer.organization_id)
    try:
        billing = fetch_billing(customer_id)
    except GoneAtStripe:
        if not canary_answers():
            raise StripeAway from None
        billing = BillingSeen(customer_id, ())
    apply_look(Seen(billing, session), customer.organization_id, fence=fence)
    _expire_what_would_double(customer.organization_id)
    _follow_money_back(customer.organization_id)


@transaction.atomic
def apply_look(seen: Seen, organization_id: int, *, fence: int) -> None:
    """Write what was seen where no later look has written, close the attempt it ends, settle."""
    organization = Organization.objects.lock(organization_id)
    known = {row.subscription_id: row for row in organization.subscriptions.all()}
    for found in seen.billing.subscriptions:
        _write(organization, known.get(found.subscription_id), found, fence)
    _mark_missing(organization, seen.billing, fence)
    customer = organization.stripe_customers.filter(customer_id=seen.billing.customer_id).first()
    if customer is not None:
        follow_details(customer, seen.billing.customer, fence)
    if seen.session is not None:
        close_attempt(organization, seen.session)
    _flag_doubles(organization)
    settle(organization.pk, actor=SYSTEM)


def differs(row: Subscription, seen: SubscriptionSeen) -> bool:
    """Whether Stripe shows a subscription otherwise than our row says."""
    return any(getattr(row, field) != getattr(seen, field) for field in COPIED)


def _session_of(organization_id: int) -> SessionSeen | None:
    """Fetch the session of the open attempt, before the subscriptions: what it made is then among
    them.
    """
    attempt = CheckoutAttempt.objects.open().filter(organization_id=organization_id).first()
    if attempt is None or not attempt.session_id:
        return None
    try:
        return fetch_session(attempt.session_id)
    except GoneAtStripe:  # nobody can pay in it any more
        if not canary_answers():
            raise StripeAway from None
        return SessionSeen(attempt.session_id, CheckoutAttempt.State.EXPIRED, "", "")


def _expire_what_would_double(organization_id: int) -> None:
    """End a payment page that is still open beside a live subscription: nobody shall pay twice.

    What was seen is written by now, so the look has succeeded: an end that Stripe does not answer
    is left to the sweep.
    """
    attempt = CheckoutAttempt.objects.open().filter(organization_id=organization_id).first()
    live = Subscription.objects.live().filter(organization_id=organization_id)
    if attempt is None or not attempt.session_id or not live.exists():
        return
    log.warning("payment page open beside a subscription", attempt=attempt.pk)
    try:
        carry_out(expiry_intent(attempt))
    except (StripeRefused, Unavailable) as refusal:
        log.error("payment page not ended", attempt=attempt.pk, error=refusal.sentence)


def _follow_money_back(organization_id: int) -> None:
    """Ask how each refund that is on its way stands, and write that down."""
    rows = MoneyBack.objects.open().filter(organization_id=organization_id)
    for row in list(rows.exclude(refund_id="")):
        status = fetch_refund_status(row.refund_id)
        with transaction.atomic():
            Organization.objects.lock(organization_id)
            follow_money_back(MoneyBack.objects.get(pk=row.pk), status)


def _write(
    organization: Organization, row: Subscription | None, seen: SubscriptionSeen, fence: int
) -> None:
    if row is None:
        row = Subscription(organization=organization, subscription_id=seen.subscription_id)
    elif row.fence >= fence:  # a look that began later has written
        return
    before = {field: getattr(row, field) for field in TOLD} if row.pk else {}
    told_anchor = row.failing_since
    for field in COPIED:
        setattr(row, field, getattr(seen, field))
    _price(row)
    _paid(row)
    row.failing_since = _anchor(row, seen)
    row.fence, row.is_missing = fence, False
    row.save()
    follow_change(row, seen, fence)
    after = {field: getattr(row, field) for field in TOLD}
    if before != after:
        _tell(organization, row, before, after)
    if row.failing_since != told_anchor:
        _tell_failure(organization, row)


def _price(row: Subscription) -> None:
    """Find plan and interval by price id; an unknown price keeps what the row had, and alarms."""
    price = Price.objects.filter(price_id=row.price_id).first()
    row.has_unknown_price = price is None
    if price is None:
        log.error("unknown price", subscription=row.subscription_id, price=row.price_id)
        return
    row.plan_key, row.interval = price.plan_key, price.interval


def _paid(row: Subscription) -> None:
    never_seen_paid = row.paid_quantity == 0 and row.status in FAILING | {"canceled"}
    if row.status in ("active", "trialing") or never_seen_paid:
        row.paid_quantity = row.quantity
    if row.status not in KNOWN:
        log.error("unknown status", subscription=row.subscription_id, status=row.status)


def _anchor(row: Subscription, seen: SubscriptionSeen) -> datetime | None:
    """Return since when it fails; kept through the end that a failure brought, cleared by
    paying.

    What Stripe's invoices show comes first: the row may never have seen that it recovered between.
    """
    if row.status in FAILING:
        return seen.failing_since or row.failing_since or clock.now()
    if row.status == "canceled" and row.ended_by_failure:
        return seen.failing_since or row.failing_since
    return None


def _mark_missing(organization: Organization, seen: BillingSeen, fence: int) -> None:
    """A subscription that Stripe does not list any more is no end: keep what it gave, and alarm."""
    listed = {found.subscription_id for found in seen.subscriptions}
    gone = organization.subscriptions.filter(
        customer_id=seen.customer_id, is_missing=False, fence__lt=fence
    ).exclude(subscription_id__in=listed)
    for row in gone:
        log.error("subscription is missing at Stripe", subscription=row.subscription_id)
        row.is_missing = True
        row.save(update_fields=["is_missing"])


def _flag_doubles(organization: Organization) -> None:
    live = list(organization.subscriptions.live().order_by("began_at", "pk"))
    doubled = len(live) > 1
    news = doubled and not all(row.is_doubled for row in live)
    organization.subscriptions.exclude(is_doubled=False).exclude(
        pk__in=[row.pk for row in live] if doubled else []
    ).update(is_doubled=False)
    if not news:
        return
    organization.subscriptions.live().update(is_doubled=True)
    ids = ", ".join(row.subscription_id for row in live)
    log.error("two live subscriptions", organization=organization.name, subscriptions=ids)
    record(events.SubscriptionsDoubled(subscriptions=ids), actor=SYSTEM, organization=organization)


def _tell(
    organization: Organization,
    row: Subscription,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    changes = ", ".join(
        f"{field.removesuffix('_key')} {_turned(before.get(field), value)}"
        for field, value in after.items()
        if before.get(field) != value
    )
    record(
        events.SubscriptionChanged(subscription=row.subscription_id, changes=changes),
        actor=SYSTEM,
        organization=organization,
    )


def _turned(before: object, after: object) -> str:
    """Say from what to what; what was nothing before is only told as it is now."""
    return _told(after) if before is None else f"{_told(before)} → {_told(after)}"


def _told(value: object) -> str:
    return f"{value:%-d %B %Y}" if isinstance(value, datetime) else str(value or "–")


def _tell_failure(organization: Organization, row: Subscription) -> None:
    """Tell the date of each trouble, also of one that Stripe gave up before we ever looked."""
    plan = row.plan
    if plan is None or row.failing_since is None:
        return
    record(
        events.PaymentFailed(
            subscription=row.subscription_id,
            grace_ends=(row.failing_since + plan.grace).isoformat(),
        ),
        actor=SYSTEM,
        organization=organization,
    )
