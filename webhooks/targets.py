"""Which target an event from Stripe makes dirty: one visible table, total over the types we enable.

An event is a hint to look. Its payload only says at what: whose customer, and which object the
mirror should fetch anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from subscriptions.sync import CUSTOMER, DISPUTE

Payload = dict[str, Any]
Finder = Callable[[Payload], tuple[str, str]]
CHARGE, PAYMENT_INTENT = "charge", "payment_intent"


@dataclass(frozen=True, slots=True)
class Hint:
    """What an event hints at: whose state, and what to mirror (empty: nothing)."""

    whose: Finder | None
    mirror: str = ""


def customer_of_object(payload: Payload) -> tuple[str, str]:
    """The object names its customer."""
    return CUSTOMER, _id(payload.get("customer"))


def customer_itself(payload: Payload) -> tuple[str, str]:
    """The object is the customer."""
    return CUSTOMER, _id(payload.get("id"))


def customer_of_charge(payload: Payload) -> tuple[str, str]:
    """The object names a charge, which has to be asked for its customer."""
    return CHARGE, _id(payload.get("charge"))


def dispute_itself(payload: Payload) -> tuple[str, str]:
    """The object is a dispute, which leads to its customer by its charge."""
    return DISPUTE, _id(payload.get("id"))


def customer_of_payment(payload: Payload) -> tuple[str, str]:
    """The object names a payment intent, which has to be asked for its customer."""
    payment = payload.get("payment")
    found = payment.get("payment_intent") if isinstance(payment, dict) else None
    return PAYMENT_INTENT, _id(found or payload.get("payment_intent"))


TARGETS: dict[str, Hint] = {
    "checkout.session.completed": Hint(customer_of_object),
    "checkout.session.expired": Hint(customer_of_object),
    "checkout.session.async_payment_succeeded": Hint(customer_of_object),
    "checkout.session.async_payment_failed": Hint(customer_of_object),
    "customer.created": Hint(customer_itself, "customer"),
    "customer.updated": Hint(customer_itself, "customer"),
    "customer.deleted": Hint(customer_itself),
    "customer.subscription.created": Hint(customer_of_object, "subscription"),
    "customer.subscription.updated": Hint(customer_of_object, "subscription"),
    "customer.subscription.deleted": Hint(customer_of_object, "subscription"),
    "customer.subscription.paused": Hint(customer_of_object, "subscription"),
    "customer.subscription.resumed": Hint(customer_of_object, "subscription"),
    "customer.subscription.trial_will_end": Hint(customer_of_object),
    "customer.subscription.pending_update_applied": Hint(customer_of_object, "subscription"),
    "customer.subscription.pending_update_expired": Hint(customer_of_object, "subscription"),
    "invoice.created": Hint(customer_of_object, "invoice"),
    "invoice.updated": Hint(customer_of_object, "invoice"),
    "invoice.finalized": Hint(customer_of_object, "invoice"),
    "invoice.finalization_failed": Hint(customer_of_object, "invoice"),
    "invoice.paid": Hint(customer_of_object, "invoice"),
    "invoice.payment_succeeded": Hint(customer_of_object, "invoice"),
    "invoice.payment_failed": Hint(customer_of_object, "invoice"),
    "invoice.payment_action_required": Hint(customer_of_object, "invoice"),
    "invoice.marked_uncollectible": Hint(customer_of_object, "invoice"),
    "invoice.voided": Hint(customer_of_object, "invoice"),
    "invoice.overdue": Hint(customer_of_object, "invoice"),
    "invoice_payment.paid": Hint(customer_of_payment),
    "credit_note.created": Hint(customer_of_object),
    "credit_note.updated": Hint(customer_of_object),
    "credit_note.voided": Hint(customer_of_object),
    "payment_method.attached": Hint(customer_of_object, "payment_method"),
    "payment_method.updated": Hint(customer_of_object, "payment_method"),
    "payment_method.automatically_updated": Hint(customer_of_object, "payment_method"),
    "payment_intent.payment_failed": Hint(customer_of_object),
    "payment_intent.succeeded": Hint(customer_of_object),
    "charge.refunded": Hint(customer_of_object),
    "charge.dispute.created": Hint(dispute_itself),
    "charge.dispute.updated": Hint(dispute_itself),
    "charge.dispute.closed": Hint(dispute_itself),
    "charge.dispute.funds_withdrawn": Hint(dispute_itself),
    "charge.dispute.funds_reinstated": Hint(dispute_itself),
    "refund.created": Hint(customer_of_charge),
    "refund.updated": Hint(customer_of_charge),
    "refund.failed": Hint(customer_of_charge),
    "product.created": Hint(None, "product"),
    "product.updated": Hint(None, "product"),
    "price.created": Hint(None, "price"),
    "price.updated": Hint(None, "price"),
}
"""Event type → what it hints at. The webhook endpoint at Stripe is enabled for exactly these."""


def hinted(event_type: str, payload: Payload) -> list[tuple[str, str]]:
    """Return the targets (kind, id) that an event makes dirty; the first is whose state it is.

    An upcoming invoice does not exist yet, so it is not mirrored.
    """
    hint = TARGETS.get(event_type)
    if hint is None:
        return []
    found = [hint.whose(payload)] if hint.whose is not None else []
    if hint.mirror:
        found.append((f"mirror:{hint.mirror}", _id(payload.get("id"))))
    return [(kind, object_id) for kind, object_id in found if object_id]


def _id(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and len(value) <= 255 else ""
