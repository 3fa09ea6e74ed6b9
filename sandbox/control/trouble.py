"""Declines, faults and the ledger."""

from django.http import HttpRequest, JsonResponse

from sandbox.clock import iso
from sandbox.control.lever import NotSo, lever
from sandbox.objects import charges, disputes
from sandbox.objects.cards import WORDS
from sandbox.protocol import faults
from sandbox.protocol.rendering import public
from sandbox.store import Doc
from sandbox.world import world

FAULT = frozenset({"status", "execute", "hang", "drop", "method", "path", "times"})
LEDGER = {
    "customers": "customer",
    "subscriptions": "subscription",
    "sessions": "checkout.session",
    "invoices": "invoice",
    "invoice_payments": "invoice_payment",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "credit_notes": "credit_note",
    "disputes": "dispute",
}


@lever("POST")
def decline_next(sent: Doc) -> Doc:
    """Let the next charges fail: of one customer, or of anybody."""
    code = sent.get("decline_code", "generic_decline")
    if code not in WORDS:
        raise NotSo(f"A decline_code is one of {', '.join(WORDS)}.")
    return {"declines": order_decline(sent.get("customer"), code, int(sent.get("times", 1)))}


def order_decline(customer: str | None, code: str = "generic_decline", times: int = 1) -> Doc:
    """Write the order down; all that are still open."""
    store = world().store
    orders: Doc = store.setting("declines", {})
    orders[customer or "anybody"] = {"decline_code": code, "times": times}
    with store.transaction():
        store.set("declines", orders)
    return orders


@lever("POST")
def dispute(sent: Doc) -> Doc:
    """Let a bank dispute a charge, or inquire after it; or let it decide one that is open."""
    with world().turn() as turn:
        if "dispute" in sent:
            made = disputes.end(turn, turn.find("dispute", sent["dispute"]), sent["status"])
        else:
            reason, inquiry = sent.get("reason", "fraudulent"), sent.get("inquiry", False)
            made = disputes.open_dispute(turn, sent["charge"], reason=reason, inquiry=inquiry)
        return public(turn, made)


@lever("POST")
def refunds(sent: Doc) -> Doc:
    """Let refunds wait from now on, or not; or let one that waits succeed or fail."""
    if "refund" in sent:
        with world().turn() as turn:
            return public(
                turn, charges.end_refund(turn, turn.find("refund", sent["refund"]), sent["status"])
            )
    with world().store.transaction():
        world().store.set("refunds_wait", bool(sent["wait"]))
    return {"wait": bool(sent["wait"])}


def fault_plan(request: HttpRequest) -> JsonResponse:
    """Read what is going to go wrong, or decide it."""
    return _faults_left(request) if request.method == "GET" else _faults_set(request)


@lever("GET")
def _faults_left(_sent: Doc) -> Doc:
    return {"answers": faults.planned(world().store)}


@lever("POST")
def _faults_set(sent: Doc) -> Doc:
    answers = sent["answers"]
    for one in answers:
        for name in set(one) - FAULT:
            raise NotSo(f"A fault has no {name}; it has {', '.join(sorted(FAULT))}.")
        if one.get("status") not in (None, 429, 500):
            raise NotSo("The status of a fault is 429 or 500, or left out.")
    with world().store.transaction():
        faults.plan(world().store, answers)
    return {"answers": answers}


@lever("POST")
def forget_keys(_sent: Doc) -> Doc:
    """Let every idempotency key be as old as if its day had passed."""
    with world().store.transaction():
        return {"forgotten": world().store.execute("delete from answers")}


@lever("GET")
def ledger(_sent: Doc) -> Doc:
    """Everything that money did, for an oracle to add up."""
    with world().turn() as turn:
        found: Doc = {"now": iso(turn.now)}
        for name, kind in LEDGER.items():
            found[name] = [public(turn, one) for one in turn.all(kind)]
        return found


@lever("GET")
def one_object(_sent: Doc, kind: str, object_id: str) -> Doc:
    """One object as the API would show it, without a key."""
    with world().turn() as turn:
        return public(turn, turn.find(kind, object_id))
