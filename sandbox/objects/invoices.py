"""Invoices: their shape, their sums, and reading them."""

from typing import TYPE_CHECKING

from sandbox.ids import new_id
from sandbox.objects import coupons
from sandbox.objects.account import ACCOUNT_NAME
from sandbox.protocol.lists import Query, slice_of
from sandbox.protocol.rendering import a_list
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

NEVER = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")


def shape(
    turn: "Turn",
    *,
    customer: Doc,
    subscription: Doc | None,
    lines: list[Doc],
    reason: str,
    currency: str,
    period: tuple[int, int],
    named: str | None = None,
) -> Doc:
    """An invoice as it first is, with its sums; kept by nobody yet."""
    invoice_id = named or new_id("invoice")
    automatic: Doc = {"disabled_reason": None, "enabled": False, "liability": None}
    if subscription and subscription["automatic_tax"]["enabled"]:
        automatic = automatic | {"enabled": True, "liability": {"type": "self"}}
    invoice: Doc = _identity(turn, invoice_id, customer) | {
        "automatic_tax": automatic
        | {"provider": None, "status": "complete" if automatic["enabled"] else None},
        "automatically_finalizes_at": None,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "currency": currency,
        "discounts": list(subscription["discounts"]) if subscription else [],
        "lines": a_list(f"/v1/invoices/{invoice_id}/lines", lines),
        "metadata": {},
        "parent": _parent(subscription),
        "period_end": period[1],
        "period_start": period[0],
        "_first_failure": None,
    }
    for one in lines:
        one["invoice"] = invoice_id
    add_up(turn, invoice)
    return invoice


def _parent(subscription: Doc | None) -> Doc | None:
    if subscription is None:
        return None
    details = {
        "metadata": dict(subscription["metadata"]),
        "subscription": subscription["id"],
    }
    return {
        "quote_details": None,
        "subscription_details": details,
        "type": "subscription_details",
    }


def _identity(turn: "Turn", invoice_id: str, customer: Doc) -> Doc:
    settings = customer["invoice_settings"]
    return {
        "id": invoice_id,
        "object": "invoice",
        "account_country": "US",
        "account_name": ACCOUNT_NAME,
        "account_tax_ids": None,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "created": turn.now,
        "custom_fields": settings["custom_fields"],
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [
            {"type": one["type"], "value": one["value"]}
            for one in turn.all("tax_id", customer=customer["id"])
        ],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": settings["footer"],
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "livemode": False,
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": customer["balance"],
        "statement_descriptor": None,
        "status": "draft",
        "status_transitions": dict.fromkeys(NEVER),
        "test_clock": None,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": None,
    }


def add_up(turn: "Turn", invoice: Doc) -> None:
    """Work out discounts, sums and what is due, with the customer's credit counted in."""
    lines = invoice["lines"]["data"]
    for one in lines:
        one["discount_amounts"] = []
    taken = {
        one["id"]: _spread(turn, lines, one) for one in coupons.running(turn, invoice["discounts"])
    }
    subtotal = sum(one["amount"] for one in lines)
    total = subtotal - sum(taken.values())
    due = max(0, total + min(0, invoice["starting_balance"]) if total > 0 else 0)
    if total > 0 and invoice["starting_balance"] > 0:
        due = total + invoice["starting_balance"]
    invoice |= {
        "amount_due": due,
        "amount_remaining": max(0, due - invoice["amount_paid"]),
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_discount_amounts": [
            {"amount": amount, "discount": one} for one, amount in taken.items()
        ],
        "total_excluding_tax": total,
    }


def _spread(turn: "Turn", lines: list[Doc], discount: Doc) -> int:
    """Take a discount off the lines one by one; a fixed amount runs out."""
    coupon = turn.find("coupon", discount["source"]["coupon"])
    taken = 0
    for one in lines:
        already = sum(part["amount"] for part in one["discount_amounts"])
        cut = coupons.amount_by(coupon, one["amount"] - already)
        if coupon["amount_off"] is not None:
            cut = min(cut, coupon["amount_off"] - taken)
        if cut:
            parts = [p for p in one["discount_amounts"] if p["discount"] != discount["id"]]
            one["discount_amounts"] = [*parts, {"amount": cut, "discount": discount["id"]}]
            taken += cut
    return taken


def subscription_of(invoice: Doc) -> str | None:
    """The subscription an invoice is for."""
    parent = invoice["parent"]
    return str(parent["subscription_details"]["subscription"]) if parent else None


def hosted_url(turn: "Turn", invoice: Doc) -> str:
    """Where people pay it."""
    return f"{turn.url}/invoice/{invoice['id']}"


def show(turn: "Turn", _params: Doc, invoice_id: str) -> Doc:
    """The invoice."""
    return turn.find("invoice", invoice_id)


def lines(turn: "Turn", params: Doc, invoice_id: str) -> Doc:
    """The invoice's lines, by the page."""
    invoice = turn.find("invoice", invoice_id)
    return slice_of(invoice["lines"]["data"], params, invoice["lines"]["url"])


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Invoices, of a customer or subscription, in one status, made in a span."""
    query = Query("invoice").customer(params.get("customer")).where("status", params.get("status"))
    query.where("parent.subscription_details.subscription", params.get("subscription"))
    query.where("collection_method", params.get("collection_method"))
    return query.created(params.get("created")).page(turn, params, "/v1/invoices")


def of_subscription(turn: "Turn", subscription: Doc) -> list[Doc]:
    """Every invoice of a subscription, oldest first."""
    found = turn.all("invoice", customer=subscription["customer"])
    return [one for one in found if subscription_of(one) == subscription["id"]]


def show_payment(turn: "Turn", _params: Doc, payment_id: str) -> Doc:
    """One payment of an invoice."""
    return turn.find("invoice_payment", payment_id)


def list_payments(turn: "Turn", params: Doc) -> Doc:
    """Payments of invoices, by invoice, status or payment intent."""
    query = Query("invoice_payment").where("invoice", params.get("invoice"))
    query.where("status", params.get("status"))
    asked = params.get("payment", {})
    query.where("payment.payment_intent", asked.get("payment_intent"))
    return query.created(params.get("created")).page(turn, params, "/v1/invoice_payments")
