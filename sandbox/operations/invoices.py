"""Invoices by request: previewed, finalized, paid, voided, written off."""

from typing import TYPE_CHECKING

from sandbox.billing import changing, invoicing, payment, standing
from sandbox.billing.lines import full_line
from sandbox.clock import HOUR
from sandbox.objects import customers, invoices, subscriptions
from sandbox.objects.fields import cleared, merged_metadata
from sandbox.operations.supported import only
from sandbox.protocol.refusals import invalid
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

PREVIEW = frozenset(
    {
        "automatic_tax",
        "currency",
        "customer",
        "discounts",
        "preview_mode",
        "subscription",
        "subscription_details",
    }
)
UPDATE = frozenset({"auto_advance", "default_payment_method", "description", "footer", "metadata"})


def preview(turn: "Turn", params: Doc) -> Doc:
    """The next invoice, or the one that a change would bring; nothing is kept."""
    only(params, PREVIEW)
    details = params.get("subscription_details", {})
    if "subscription" in params:
        subscription = turn.find("subscription", params["subscription"], "subscription")
        if subscription["status"] in ("canceled", "incomplete_expired"):
            raise invalid("A canceled subscription has no upcoming invoice.", "subscription")
        if details.get("cancel_now"):
            raise invalid("This sandbox previews no immediate ends.", "subscription_details")
        return changing.preview(turn, subscription, details.get("items", []), details)
    if "customer" not in params or not details.get("items"):
        raise invalid("Name a subscription, or a customer and items.", "subscription")
    customer = customers.live(turn, params["customer"], "customer")
    items = [
        (turn.find("price", one["price"], "subscription_details[items]"), one.get("quantity", 1))
        for one in details["items"]
    ]
    planned = subscriptions.shape(turn, customer=customer, items=items, params={})
    return _first(turn, customer, planned)


def _first(turn: "Turn", customer: Doc, planned: Doc) -> Doc:
    rows = planned["items"]["data"]
    lines = [
        full_line(turn, one, one["current_period_start"], one["current_period_end"]) for one in rows
    ]
    return invoices.shape(
        turn,
        customer=customer,
        subscription=None,
        lines=lines,
        reason="upcoming",
        currency=planned["currency"],
        period=(turn.now, turn.now),
        named=f"upcoming_in_{planned['id'].removeprefix('sub_')}",
    )


def pay(turn: "Turn", params: Doc, invoice_id: str) -> Doc:
    """Collect it now; a decline stays on record and is answered with 402."""
    only(params, frozenset({"off_session", "paid_out_of_band", "payment_method"}))
    invoice = turn.find("invoice", invoice_id)
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid.", None, "invoice_already_paid")
    if invoice["status"] == "void":
        raise invalid("A void invoice cannot be paid.", None, "invoice_not_payable")
    if invoice["status"] == "draft":
        invoicing.finalize(turn, invoice)
    if params.get("paid_out_of_band"):
        invoicing.settle(turn, invoice)
        turn.save(invoice)
        turn.tell("invoice.paid", invoice)
    if invoice["status"] == "paid":
        standing.after_settled(turn, invoice)
        return invoice
    method = None
    if "payment_method" in params:
        method = turn.find("payment_method", params["payment_method"], "payment_method")
    attempt = standing.collect(turn, invoice, method)
    if not attempt.paid:
        raise payment.refused(turn, invoice["_intent"], kept=True)
    return invoice


def finalize(turn: "Turn", params: Doc, invoice_id: str) -> Doc:
    """Make a draft final; with auto_advance it is collected within the hour."""
    invoice = turn.find("invoice", invoice_id)
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized.", None, "invoice_not_editable")
    invoice["auto_advance"] = params.get("auto_advance", invoice["auto_advance"])
    invoicing.finalize(turn, invoice)
    if invoice["status"] == "open" and invoice["auto_advance"]:
        invoice["next_payment_attempt"] = turn.now + HOUR
        turn.save(invoice, "invoice.updated")
    elif invoice["status"] == "paid":
        standing.after_settled(turn, invoice)
    return invoice


def void(turn: "Turn", _params: Doc, invoice_id: str) -> Doc:
    """Take back an open invoice."""
    invoice = _open(turn, invoice_id, "voided")
    invoicing.void(turn, invoice)
    standing.after_settled(turn, invoice)
    return invoice


def mark_uncollectible(turn: "Turn", _params: Doc, invoice_id: str) -> Doc:
    """Give up on an open invoice."""
    invoice = _open(turn, invoice_id, "marked uncollectible")
    invoicing.write_off(turn, invoice)
    standing.after_settled(turn, invoice)
    return invoice


def _open(turn: "Turn", invoice_id: str, deed: str) -> Doc:
    invoice = turn.find("invoice", invoice_id)
    allowed = ("open", "uncollectible") if deed == "voided" else ("open",)
    if invoice["status"] not in allowed:
        raise invalid(f"Only open invoices can be {deed}; this one is {invoice['status']}.")
    return invoice


def update(turn: "Turn", params: Doc, invoice_id: str) -> Doc:
    """Change text, or whether it is collected by itself."""
    only(params, UPDATE)
    invoice = turn.find("invoice", invoice_id)
    for name in UPDATE - {"auto_advance", "metadata"}:
        if name in params:
            invoice[name] = cleared(params[name])
    if "metadata" in params:
        invoice["metadata"] = merged_metadata(invoice["metadata"], params["metadata"])
    if "auto_advance" in params:
        _advance(turn, invoice, automatic=params["auto_advance"])
    return turn.save(invoice, "invoice.updated")


def _advance(turn: "Turn", invoice: Doc, *, automatic: bool) -> None:
    invoice["auto_advance"] = automatic
    moment = turn.now + HOUR if automatic else None
    if invoice["status"] == "draft":
        invoice["automatically_finalizes_at"] = moment
    elif invoice["status"] == "open":
        invoice["next_payment_attempt"] = moment
