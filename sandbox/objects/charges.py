"""Charges, what they bring to the balance, and refunds."""

import copy
from typing import TYPE_CHECKING

from sandbox.clock import DAY
from sandbox.ids import new_id
from sandbox.objects.fields import merged_metadata
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid, malformed
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

FEE_PERCENT, FEE_FIXED = 29, 30


def create(turn: "Turn", intent: Doc, method: Doc, failure: Doc | None) -> Doc:
    """One try at a card: succeeded, or failed with a code and a sentence."""
    paid = failure is None
    charge_id = new_id("charge")
    fields: Doc = {
        "id": charge_id,
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": copy.deepcopy(method["billing_details"]),
        "calculated_statement_descriptor": "SANDBOX",
        "captured": paid,
        "created": turn.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": failure["code"] if failure else None,
        "failure_message": failure["message"] if failure else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": _outcome(failure),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card(method, intent), "type": "card"},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }
    if paid:
        fields["balance_transaction"] = balance_entry(turn, fields["id"], intent, "charge")["id"]
    return turn.create("charge", fields, "charge.succeeded" if paid else "charge.failed")


def _outcome(failure: Doc | None) -> Doc:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if failure else "approved_by_network",
        "reason": failure["decline_code"] if failure else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": failure["message"] if failure else "Payment complete.",
        "type": "issuer_declined" if failure else "authorized",
    }


def _card(method: Doc, intent: Doc) -> Doc:
    card = method["card"]
    shared = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return {name: card[name] for name in shared} | {
        "amount_authorized": intent["amount"],
        "checks": dict(card["checks"]),
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "three_d_secure": None,
        "wallet": None,
    }


def balance_entry(turn: "Turn", source: str, money: Doc, kind: str) -> Doc:
    """A line in the account's balance: charges come in less a fee, refunds go out whole, and an
    adjustment is signed.
    """
    incoming = kind == "charge"
    amount = -money["amount"] if kind == "refund" else money["amount"]
    fee = round(amount * FEE_PERCENT / 1000) + FEE_FIXED if incoming else 0
    fees = {"amount": fee, "application": None, "currency": money["currency"]}
    fees |= {"description": "Processing fee", "type": "stripe_fee"}
    fields = {
        "amount": amount,
        "available_on": turn.now + 2 * DAY,
        "balance_type": "payments",
        "created": turn.now,
        "currency": money["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [fees] if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source,
        "status": "pending",
        "type": kind,
    }
    return turn.create("balance_transaction", fields)


def refund(turn: "Turn", params: Doc) -> Doc:
    """Give back all or a part of what a charge took, never more."""
    charge = _charge_to_refund(turn, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", None, "charge_already_refunded"
        )
    if not 0 < amount <= left:
        raise invalid(f"Refund amount ({amount}) is more than what is left ({left}).", "amount")
    refund_id = new_id("refund")
    money = {"amount": amount, "currency": charge["currency"]}
    fields = money | {
        "id": refund_id,
        "balance_transaction": balance_entry(turn, refund_id, money, "refund")["id"],
        "charge": charge["id"],
        "created": turn.now,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": merged_metadata(None, params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if turn.store.setting("refunds_wait", default=False) else "succeeded",
        "transfer_reversal": None,
    }
    made = turn.create("refund", fields, "refund.created")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    turn.save(charge, "charge.refunded")
    return made


def end_refund(turn: "Turn", refund: Doc, status: str) -> Doc:
    """Let a refund that waits arrive, or come back: then it was never given."""
    if refund["status"] != "pending":
        raise invalid(f"Refund {refund['id']} is {refund['status']}.")
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "lost_or_stolen_card"
        charge = turn.find("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        turn.save(charge, "charge.updated")
        turn.save(refund)
        turn.tell("refund.failed", refund)
    return turn.save(refund, "refund.updated")


def _charge_to_refund(turn: "Turn", params: Doc) -> Doc:
    if "charge" in params:
        return turn.find("charge", params["charge"], "charge")
    if "payment_intent" not in params:
        raise malformed("One of charge and payment_intent is needed.", "charge")
    intent = turn.find("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise invalid("This PaymentIntent has no successful charge to refund.", "payment_intent")
    return turn.find("charge", intent["latest_charge"])


def show(turn: "Turn", _params: Doc, charge_id: str) -> Doc:
    """The charge."""
    return turn.find("charge", charge_id)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Charges, of a customer or payment intent if asked."""
    query = Query("charge").customer(params.get("customer"))
    query.where("payment_intent", params.get("payment_intent"))
    return query.created(params.get("created")).page(turn, params, "/v1/charges")


def show_refund(turn: "Turn", _params: Doc, refund_id: str) -> Doc:
    """The refund."""
    return turn.find("refund", refund_id)


def list_refunds(turn: "Turn", params: Doc) -> Doc:
    """Refunds, of a charge or payment intent if asked."""
    query = Query("refund").where("charge", params.get("charge"))
    query.where("payment_intent", params.get("payment_intent"))
    return query.created(params.get("created")).page(turn, params, "/v1/refunds")


def show_entry(turn: "Turn", _params: Doc, entry_id: str) -> Doc:
    """The line in the balance."""
    return turn.find("balance_transaction", entry_id)


def list_entries(turn: "Turn", params: Doc) -> Doc:
    """Lines in the balance."""
    query = Query("balance_transaction").where("type", params.get("type"))
    query.where("source", params.get("source"))
    return query.created(params.get("created")).page(turn, params, "/v1/balance_transactions")
