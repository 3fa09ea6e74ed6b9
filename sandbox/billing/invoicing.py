"""The life of an invoice: drafted, finalized, paid or not, voided."""

from typing import TYPE_CHECKING

from sandbox.billing import payment
from sandbox.billing.payment import Attempt
from sandbox.objects import coupons, intents, invoice_items, invoices
from sandbox.objects.customers import move_balance
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def draft(
    turn: "Turn",
    subscription: Doc,
    lines: list[Doc],
    *,
    reason: str,
    period: tuple[int, int],
    finalizes_at: int | None = None,
    automatic: bool = True,
) -> Doc:
    """A new draft with these lines and whatever waited for it; becomes the latest invoice."""
    customer = turn.find("customer", subscription["customer"])
    waiting = invoice_items.waiting(turn, customer["id"], subscription["id"])
    taken = [invoice_items.line_of(item) for item in waiting]
    invoice = invoices.shape(
        turn,
        customer=customer,
        subscription=subscription,
        lines=[*taken, *lines],
        reason=reason,
        currency=subscription["currency"],
        period=period,
    )
    invoice["auto_advance"] = automatic
    invoice["automatically_finalizes_at"] = finalizes_at if automatic else None
    turn.create("invoice", invoice, "invoice.created")
    for item in waiting:
        item["invoice"] = invoice["id"]
        turn.save(item)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def number(turn: "Turn", invoice: Doc) -> None:
    """Make the invoice final: its number, its credit, what is to be paid, and how."""
    customer = turn.find("customer", invoice["customer"])
    invoice["starting_balance"] = customer["balance"]
    invoices.add_up(turn, invoice)
    for discount in coupons.running(turn, invoice["discounts"]):
        if turn.find("coupon", discount["source"]["coupon"])["duration"] == "once":
            discount["_used"] = True
            turn.save(discount)
    move_balance(turn, customer, *_credit(invoice), invoice)
    sequence = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = sequence + 1
    customer["currency"] = customer["currency"] or invoice["currency"]
    turn.save(customer)
    invoice |= {
        "automatically_finalizes_at": None,
        "effective_at": turn.now,
        "ending_balance": customer["balance"],
        "hosted_invoice_url": invoices.hosted_url(turn, invoice),
        "invoice_pdf": invoices.hosted_url(turn, invoice) + "?print=1",
        "number": f"{customer['invoice_prefix']}-{sequence:04d}",
        "status": "open",
    }
    invoice["status_transitions"]["finalized_at"] = turn.now


def _credit(invoice: Doc) -> tuple[int, str]:
    """What the invoice gives to the customer's credit (negative), or takes of it (positive)."""
    total, start = invoice["total"], invoice["starting_balance"]
    if total <= 0:
        return total, "invoice_too_small" if total else "applied_to_invoice"
    return (-start if start > 0 else min(total, -start)), "applied_to_invoice"


def open_payment(turn: "Turn", invoice: Doc, intent: Doc | None = None) -> Doc:
    """Tie a payment intent to an invoice that is to be paid."""
    made = intent or intents.new_payment(
        turn,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription creation"
        if invoice["billing_reason"] == "subscription_create"
        else "Subscription update",
    )
    invoice["_intent"] = made["id"]
    fields = {
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": turn.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": made["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    invoice["_payment"] = turn.create("invoice_payment", fields)["id"]
    return made


def finalize(turn: "Turn", invoice: Doc) -> None:
    """Make it final and tell of it; nothing to pay means paid at once."""
    number(turn, invoice)
    if invoice["amount_due"] > 0:
        open_payment(turn, invoice)
    turn.save(invoice)
    turn.tell("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        settle(turn, invoice)
        turn.save(invoice)
        turn.tell("invoice.paid", invoice)
        turn.tell("invoice.payment_succeeded", invoice)


def settle(turn: "Turn", invoice: Doc) -> None:
    """Mark an invoice paid in full, and its payment with it."""
    invoice |= {
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
    }
    invoice["status_transitions"]["paid_at"] = turn.now
    found = turn.seek("invoice_payment", invoice.get("_payment"))
    if found is not None:
        found |= {"amount_paid": invoice["amount_due"], "status": "paid"}
        found["status_transitions"]["paid_at"] = turn.now
        turn.save(found)


def collect(turn: "Turn", invoice: Doc, method: Doc | None, *, confirmed: bool = False) -> Attempt:
    """Try to be paid for an open invoice, and tell how it went."""
    intent = turn.find("payment_intent", invoice["_intent"])
    first = invoice["attempt_count"] == 0
    attempt = payment.charge(turn, intent, method, confirmed=confirmed)
    invoice["attempt_count"] += 1
    invoice["attempted"] = True
    if attempt.paid:
        settle(turn, invoice)
        turn.save(invoice)
        turn.tell("invoice.payment_succeeded", invoice)
        turn.tell("invoice.paid", invoice)
        turn.tell("invoice_payment.paid", turn.find("invoice_payment", invoice["_payment"]))
    else:
        invoice["_first_failure"] = invoice["_first_failure"] or turn.now
        turn.save(invoice)
        turn.tell("invoice.payment_failed", invoice)
        if attempt.asks:
            turn.tell("invoice.payment_action_required", invoice)
    if first:
        payment.tell_created(turn, intent)
    payment.tell_outcome(turn, intent)
    _note_delinquency(turn, invoice, paid=attempt.paid)
    return attempt


def _note_delinquency(turn: "Turn", invoice: Doc, *, paid: bool) -> None:
    customer = turn.find("customer", invoice["customer"])
    if not customer.get("deleted") and customer["delinquent"] == paid:
        customer["delinquent"] = not paid
        turn.save(customer, "customer.updated")


def void(turn: "Turn", invoice: Doc) -> None:
    """As if it had never been asked for; credit that it used goes back."""
    invoice |= {"auto_advance": False, "next_payment_attempt": None, "status": "void"}
    invoice["status_transitions"]["voided_at"] = turn.now
    turn.save(invoice)
    turn.tell("invoice.voided", invoice)
    _release(turn, invoice, "void_invoice")


def write_off(turn: "Turn", invoice: Doc) -> None:
    """Nobody expects this money any more."""
    invoice |= {"auto_advance": False, "next_payment_attempt": None, "status": "uncollectible"}
    invoice["status_transitions"]["marked_uncollectible_at"] = turn.now
    turn.save(invoice)
    turn.tell("invoice.marked_uncollectible", invoice)


def _release(turn: "Turn", invoice: Doc, reason: str) -> None:
    customer = turn.find("customer", invoice["customer"])
    used = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    if used > 0:
        move_balance(turn, customer, -used, "unapplied_from_invoice", invoice)
    found = turn.seek("invoice_payment", invoice.get("_payment"))
    if found is not None and found["status"] == "open":
        found["status"] = "canceled"
        found["status_transitions"]["canceled_at"] = turn.now
        turn.save(found)
    intent = turn.seek("payment_intent", invoice.get("_intent"))
    if intent is not None and intent["status"] != "succeeded":
        intent |= {"canceled_at": turn.now, "cancellation_reason": reason, "status": "canceled"}
        turn.save(intent)
        turn.tell("payment_intent.canceled", intent)
