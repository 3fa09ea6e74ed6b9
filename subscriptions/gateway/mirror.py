"""The mirror: dj-stripe's tables, for people to read. Nothing is decided by it.

dj-stripe 2.11 still reads keys that API version dahlia has moved, and stumbles over their absence;
``_as_before`` fills them in on a plain copy before it is handed over. Facts: the removed places are
``current_period_*`` of a subscription (now on its items), ``subscription`` and ``paid`` of an
invoice (now under ``parent``, and in ``status``), and the coupon of a discount (under ``source``).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import djstripe.models as mirrored
import structlog

from kernel.money import Money
from subscriptions.gateway.client import GoneAtStripe, plain, read

log = structlog.get_logger()
INVOICE_NUMBER = re.compile(r"[A-Z0-9]{4,16}-[A-Z0-9-]{1,16}")

FETCH: dict[str, Callable[[Any, str], Any]] = {
    "customer": lambda stripe, object_id: stripe.v1.customers.retrieve(object_id),
    "subscription": lambda stripe, object_id: stripe.v1.subscriptions.retrieve(object_id),
    "invoice": lambda stripe, object_id: stripe.v1.invoices.retrieve(
        object_id, {"expand": ["discounts", "lines.data.discounts"]}
    ),
    "product": lambda stripe, object_id: stripe.v1.products.retrieve(object_id),
    "price": lambda stripe, object_id: stripe.v1.prices.retrieve(object_id),
    "payment_method": lambda stripe, object_id: stripe.v1.payment_methods.retrieve(object_id),
}
KEPT_AS = {
    "customer": mirrored.Customer,
    "subscription": mirrored.Subscription,
    "invoice": mirrored.Invoice,
    "product": mirrored.Product,
    "price": mirrored.Price,
    "payment_method": mirrored.PaymentMethod,
}
MIRRORED = tuple(FETCH)


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """An invoice as the billing page shows it."""

    invoice_id: str
    number: str
    status: str
    total: Money
    at: datetime
    hosted_url: str
    pdf_url: str


def mirror(kind: str, object_id: str) -> None:
    """Fetch one object and keep a copy of it; one that is gone is left as it was."""
    try:
        found = plain(read(lambda stripe: FETCH[kind](stripe, object_id)))
    except GoneAtStripe:
        log.info("gone before it was mirrored", kind=kind, id=object_id)
        return
    if found.get("deleted"):
        return
    KEPT_AS[kind].sync_from_stripe_data(_as_before(kind, found))


def invoices_of(customer_ids: list[str], *, limit: int = 24) -> list[InvoiceShown]:
    """Return the newest invoices of customers, drafts left out."""
    rows = (
        mirrored.Invoice.objects.filter(customer__id__in=customer_ids)
        .exclude(stripe_data__status="draft")
        .order_by("-created")[:limit]
    )
    return [_shown(row.stripe_data, row.created) for row in rows]


def customers_with_invoice(number: str) -> list[str]:
    """Return whose invoice bears a number, such as ``E2941VFG-0003``; usually one, or none."""
    if not INVOICE_NUMBER.fullmatch(number):
        return []
    rows = mirrored.Invoice.objects.filter(stripe_data__number=number)
    return [row.stripe_data["customer"] for row in rows[:5]]


def _shown(data: dict[str, Any], created: datetime) -> InvoiceShown:
    return InvoiceShown(
        invoice_id=data["id"],
        number=data.get("number") or data["id"],
        status=data.get("status") or "",
        total=Money(int(data.get("total") or 0), data["currency"]),
        at=created,
        hosted_url=data.get("hosted_invoice_url") or "",
        pdf_url=data.get("invoice_pdf") or "",
    )


class _Listed(dict[str, Any]):
    """A list object of Stripe's that dj-stripe can walk as it walks the library's own."""

    def auto_paging_iter(self) -> Iterator[dict[str, Any]]:
        """Walk the rows that came along; a hundred lines are enough to read."""
        return iter(self["data"])

    def __iter__(self) -> Iterator[Any]:
        return self.auto_paging_iter()


def _as_before(kind: str, found: dict[str, Any]) -> dict[str, Any]:
    for name in ("items", "lines"):
        if isinstance(found.get(name), dict):
            found[name] = _Listed(found[name])
    if kind == "subscription":
        items = found["items"]["data"]
        for edge, pick in (("current_period_start", min), ("current_period_end", max)):
            found.setdefault(edge, pick((item[edge] for item in items), default=None))
    if kind == "invoice":
        parent = (found.get("parent") or {}).get("subscription_details") or {}
        found.setdefault("subscription", parent.get("subscription"))
        found.setdefault("paid", found.get("status") == "paid")
        for line in found["lines"]["data"]:
            details = (line.get("parent") or {}).get("subscription_item_details") or {}
            line.setdefault("subscription", details.get("subscription"))
            line.setdefault("subscription_item", details.get("subscription_item"))
    if kind == "customer" and found.get("discount"):
        source = found["discount"].get("source") or {}
        found["discount"].setdefault("coupon", source.get("coupon"))
    return found
