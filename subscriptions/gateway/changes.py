"""A running subscription from near: what it is now, what a change would cost, and the change."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from subscriptions.gateway.billing import PURCHASE_ORDER
from subscriptions.gateway.client import GoneAtStripe, plain, read, write

AT_ONCE = "always_invoice"
WITH_THE_NEXT_INVOICE = "create_prorations"
FOR_NOTHING = "none"
NO_END: dict[str, Any] = {"cancel_at_period_end": False, "cancel_at": ""}
"""Which fields say that a subscription ends by itself, and what clears them."""


@dataclass(frozen=True, slots=True)
class SubscriptionNow:
    """A subscription as it is at this moment; ``items`` are (item id, price id, quantity).

    ``ends_by`` is the field that says that it ends, empty when none does.
    """

    subscription_id: str
    items: tuple[tuple[str, str, int], ...]
    period_end: datetime
    discounts: tuple[str, ...]
    invoice_id: str
    is_waiting: bool
    ends_by: str


@dataclass(frozen=True, slots=True)
class Preview:
    """An invoice that does not exist yet. Amounts in minor units; ``due`` counts credit in."""

    total: int
    due: int
    currency: str
    lines: tuple[tuple[str, int], ...]


def fetch_subscription(subscription_id: str) -> SubscriptionNow:
    """Ask what a subscription is now. Refuses with GoneAtStripe or StripeAway."""
    row = plain(read(lambda stripe: stripe.v1.subscriptions.retrieve(subscription_id)))
    items = row["items"]["data"]
    return SubscriptionNow(
        subscription_id=row["id"],
        items=tuple((i["id"], _id(i["price"]), int(i.get("quantity") or 0)) for i in items),
        period_end=datetime.fromtimestamp(max(i["current_period_end"] for i in items), UTC),
        discounts=tuple(_id(each) for each in row.get("discounts") or []),
        invoice_id=_id(row.get("latest_invoice")),
        is_waiting=bool(row.get("pending_update")),
        ends_by=next((field for field in NO_END if row.get(field)), ""),
    )


def preview(
    subscription_id: str, items: list[dict[str, Any]], *, prorated: str, at: int | None = None
) -> Preview:
    """Ask what an invoice would say after a change of items, prorated at a moment (Unix seconds).

    Refuses with StripeRefused when the moment lies in another period.
    """
    details: dict[str, Any] = {"items": items, "proration_behavior": prorated}
    if at is not None:
        details["proration_date"] = at
    asked = {"subscription": subscription_id, "subscription_details": details}
    row = plain(read(lambda stripe: stripe.v1.invoices.create_preview(asked)))  # type: ignore[arg-type]
    return Preview(
        total=int(row["total"]),
        due=int(row["amount_due"]),
        currency=row["currency"],
        lines=tuple(
            (line.get("description") or "", int(line["amount"])) for line in row["lines"]["data"]
        ),
    )


def change_subscription(subscription_id: str, parameters: dict[str, Any], *, key: str) -> None:
    """Change what was sent. The answer may be a replay, so nothing is read from it."""
    write(
        lambda stripe: stripe.v1.subscriptions.update(
            subscription_id,
            parameters,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    )


def end_at_once(subscription_id: str, *, key: str) -> None:
    """End it now, and credit what is unused; one that is over already is over."""
    asked = {"invoice_now": True, "prorate": True}
    try:
        write(
            lambda stripe: stripe.v1.subscriptions.cancel(
                subscription_id,
                asked,  # type: ignore[arg-type]
                {"idempotency_key": key},
            )
        )
    except GoneAtStripe:
        return


def update_customer(customer_id: str, email: str, purchase_order: str, *, key: str) -> None:
    """Let a customer's invoices go elsewhere, and say a line of their own; an empty one is none."""
    fields = [{"name": PURCHASE_ORDER, "value": purchase_order}] if purchase_order else ""
    asked = {"email": email, "invoice_settings": {"custom_fields": fields}}
    write(
        lambda stripe: stripe.v1.customers.update(
            customer_id,
            asked,  # type: ignore[arg-type]
            {"idempotency_key": key},
        )
    )


def hosted_page_of(invoice_id: str) -> tuple[str, str]:
    """Return whose customer an invoice is, and where it is paid (empty when it cannot be)."""
    row = plain(read(lambda stripe: stripe.v1.invoices.retrieve(invoice_id)))
    page = row.get("hosted_invoice_url") or ""
    return _id(row.get("customer")), page if row.get("status") == "open" else ""


def _id(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value or "")
