"""Fetching the truth about a customer: everything its standing depends on, in one look."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from subscriptions.gateway.client import GoneAtStripe, plain, read
from subscriptions.models.subscription import FAILING

PURCHASE_ORDER = "Purchase order"
"""The name of the field that invoices bear."""


@dataclass(frozen=True, slots=True)
class SubscriptionSeen:
    """One subscription as Stripe shows it, in our words."""

    subscription_id: str
    customer_id: str
    status: str
    price_id: str
    quantity: int
    period_start: datetime | None
    period_end: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    failing_since: datetime | None
    ended_by_failure: bool
    began_at: datetime
    trial_start: datetime | None = None
    trial_end: datetime | None = None
    waiting: "Waiting | None" = None
    invoice: "InvoiceSeen | None" = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that Stripe keeps beside a subscription until its invoice is paid."""

    price_id: str
    quantity: int
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceSeen:
    """The newest invoice of a subscription; the total in minor units."""

    invoice_id: str
    total: int
    why: str


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """A Checkout session: ``open``, ``complete`` or ``expired``."""

    session_id: str
    status: str
    subscription_id: str
    url: str


@dataclass(frozen=True, slots=True)
class CustomerSeen:
    """Where a customer's invoices go, and what they say besides."""

    email: str
    purchase_order: str


@dataclass(frozen=True, slots=True)
class BillingSeen:
    """All subscriptions of a customer, dead ones too; the customer itself comes along with them."""

    customer_id: str
    subscriptions: tuple[SubscriptionSeen, ...]
    customer: CustomerSeen | None = None


def fetch_billing(customer_id: str) -> BillingSeen:
    """Ask for all subscriptions of a customer; for a failing one, also since when it is unpaid.

    Refuses with StripeAway; a deleted customer still answers, with its canceled subscriptions.
    """
    listed = read(
        lambda stripe: stripe.v1.subscriptions.list(
            {
                "customer": customer_id,
                "status": "all",
                "limit": 100,
                "expand": ["data.latest_invoice", "data.customer"],
            }
        )
    )
    rows = [plain(row) for row in read(lambda _: list(listed.auto_paging_iter()))]
    seen = tuple(_with_anchor(subscription_seen(row)) for row in rows)
    return BillingSeen(customer_id, seen, _customer(rows[0]["customer"]) if rows else None)


def fetch_session(session_id: str) -> SessionSeen:
    """Ask what became of a Checkout session. Refuses with GoneAtStripe or StripeAway."""
    row = plain(read(lambda stripe: stripe.v1.checkout.sessions.retrieve(session_id)))
    return session_seen(row)


def session_seen(row: dict[str, Any]) -> SessionSeen:
    """Read a session out of Stripe's answer."""
    subscription = row.get("subscription")
    if isinstance(subscription, dict):
        subscription = subscription["id"]
    return SessionSeen(row["id"], row["status"], subscription or "", row.get("url") or "")


def fetch_customer_metadata(customer_id: str) -> dict[str, str] | None:
    """Return what was written on a customer when it was made; ``None`` when it never existed."""
    try:
        row = plain(read(lambda stripe: stripe.v1.customers.retrieve(customer_id)))
    except GoneAtStripe:
        return None
    return dict(row.get("metadata") or {})


def customer_of(kind: str, object_id: str) -> str:
    """Return whose customer a charge or payment intent is; empty for nobody's."""
    if kind == "charge":
        row = plain(read(lambda stripe: stripe.v1.charges.retrieve(object_id)))
    else:
        row = plain(read(lambda stripe: stripe.v1.payment_intents.retrieve(object_id)))
    found = row.get("customer")
    return str(found["id"] if isinstance(found, dict) else found or "")


def subscription_seen(row: dict[str, Any]) -> SubscriptionSeen:
    """Read a subscription out of Stripe's answer; since when it fails stands elsewhere."""
    items = row["items"]["data"]
    main = items[0] if items else {}
    details = row.get("cancellation_details") or {}
    return SubscriptionSeen(
        subscription_id=row["id"],
        customer_id=_id(row["customer"]),
        status=row["status"],
        price_id=_id(main.get("price")),
        quantity=sum(int(item.get("quantity") or 0) for item in items),
        period_start=_moment(min((i["current_period_start"] for i in items), default=None)),
        period_end=_moment(max((i["current_period_end"] for i in items), default=None)),
        ends_at=_ends_at(row, items),
        ended_at=_moment(row.get("ended_at")),
        failing_since=None,
        ended_by_failure=row["status"] == "canceled" and details.get("reason") == "payment_failed",
        began_at=_moment(row["created"]) or datetime.now(UTC),
        trial_start=_moment(row.get("trial_start")),
        trial_end=_moment(row.get("trial_end")),
        waiting=_waiting(row.get("pending_update")),
        invoice=_invoice(row.get("latest_invoice")),
    )


def _customer(row: Any) -> CustomerSeen | None:
    """Read a customer out of Stripe's answer; a deleted one says nothing more."""
    if not isinstance(row, dict) or row.get("deleted"):
        return None
    fields = (row.get("invoice_settings") or {}).get("custom_fields") or []
    said = [field["value"] for field in fields if field.get("name") == PURCHASE_ORDER]
    return CustomerSeen((row.get("email") or "")[:512], said[0][:140] if said else "")


def _with_anchor(seen: SubscriptionSeen) -> SubscriptionSeen:
    """Ask since when it is unpaid, where that matters."""
    if seen.status in FAILING or seen.ended_by_failure:
        return replace(seen, failing_since=_failing_since(seen.subscription_id))
    return seen


def _waiting(row: dict[str, Any] | None) -> Waiting | None:
    items = (row or {}).get("subscription_items") or []
    if not row or not items:
        return None
    return Waiting(
        price_id=_id(items[0].get("price")),
        quantity=sum(int(item.get("quantity") or 0) for item in items),
        lapses_at=datetime.fromtimestamp(row["expires_at"], UTC),
    )


def _invoice(row: Any) -> InvoiceSeen | None:
    if not isinstance(row, dict):
        return None
    return InvoiceSeen(row["id"], int(row["total"]), row.get("billing_reason") or "")


def _ends_at(row: dict[str, Any], items: list[dict[str, Any]]) -> datetime | None:
    """``cancel_at`` first: in flexible billing mode the boolean stays false."""
    if row.get("cancel_at"):
        return _moment(row["cancel_at"])
    if row.get("cancel_at_period_end"):
        return _moment(max((i["current_period_end"] for i in items), default=None))
    return None


def _failing_since(subscription_id: str) -> datetime | None:
    """Return when the oldest unpaid invoice of the present trouble was finalized: grace's anchor.

    The trouble begins after the newest invoice that was paid: one left unpaid before it, or written
    off long ago, is another episode's.
    """
    listed = read(
        lambda stripe: stripe.v1.invoices.list({"subscription": subscription_id, "limit": 100})
    )
    anchor = None
    for invoice in sorted((plain(row) for row in listed.data), key=_made, reverse=True):
        if invoice["status"] == "paid":
            break
        finalized = invoice["status_transitions"].get("finalized_at")
        if invoice["status"] in ("open", "uncollectible") and finalized:
            anchor = finalized
    return _moment(anchor)


def _made(invoice: dict[str, Any]) -> int:
    return int(invoice["created"])


def _moment(stamp: int | None) -> datetime | None:
    return datetime.fromtimestamp(stamp, UTC) if stamp else None


def _id(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value or "")
