"""Credit notes: what is taken back of an invoice, as money, as credit, or off what is still due."""

from typing import TYPE_CHECKING

from sandbox.billing import invoicing, standing
from sandbox.ids import new_id
from sandbox.objects import charges
from sandbox.objects.customers import live, move_balance
from sandbox.objects.fields import merged_metadata
from sandbox.operations.supported import only
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid
from sandbox.protocol.rendering import a_list
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

CREATE = frozenset(
    {
        "amount",
        "credit_amount",
        "invoice",
        "memo",
        "metadata",
        "out_of_band_amount",
        "reason",
        "refund_amount",
    }
)
WAYS = ("refund_amount", "credit_amount", "out_of_band_amount")


def create(turn: "Turn", params: Doc) -> Doc:
    """Take back all or a part of a final invoice, never more than is left of it.

    Of a paid one the three ways add up to the amount; of an open one it comes off what is due.
    """
    only(params, CREATE)
    invoice = turn.find("invoice", params["invoice"], "invoice")
    if invoice["status"] not in ("open", "paid"):
        raise invalid(f"Invoice {invoice['id']} is {invoice['status']}.", "invoice")
    ways = {name: int(params.get(name, 0)) for name in WAYS}
    amount = int(params.get("amount", sum(ways.values())))
    if amount <= 0:
        raise invalid("The amount of a credit note must be above zero.", "amount")
    if invoice["status"] == "open":
        return _before_payment(turn, invoice, params, amount)
    left = invoice["amount_paid"] - invoice["post_payment_credit_notes_amount"]
    if amount > left:
        raise invalid(f"The amount ({amount}) is more than what is left ({left}).", "amount")
    if sum(ways.values()) != amount:
        raise invalid("Refund, credit and out-of-band amounts must add up to the amount.", "amount")
    return _after_payment(turn, invoice, params, ways)


def _after_payment(turn: "Turn", invoice: Doc, params: Doc, ways: Doc) -> Doc:
    amount = sum(ways.values())
    refunds = []
    if ways["refund_amount"]:
        intent = turn.find("payment_intent", invoice["_intent"])
        asked = {"charge": intent["latest_charge"], "amount": ways["refund_amount"]}
        made = charges.refund(turn, asked)
        refunds = [
            {
                "amount_refunded": made["amount"],
                "payment_record_refund": None,
                "refund": made["id"],
                "type": "refund",
            }
        ]
    note = _shape(turn, invoice, params, amount) | {
        "out_of_band_amount": ways["out_of_band_amount"] or None,
        "post_payment_amount": amount,
        "refunds": refunds,
        "type": "post_payment",
    }
    invoice["post_payment_credit_notes_amount"] += amount
    made = turn.create("credit_note", note, "credit_note.created")
    turn.save(invoice, "invoice.updated")
    if ways["credit_amount"]:
        customer = live(turn, invoice["customer"])
        move_balance(turn, customer, -ways["credit_amount"], "credit_note", invoice)
    return made


def _before_payment(turn: "Turn", invoice: Doc, params: Doc, amount: int) -> Doc:
    if amount > invoice["amount_remaining"]:
        raise invalid(
            f"The amount ({amount}) is more than what is due ({invoice['amount_remaining']}).",
            "amount",
        )
    note = _shape(turn, invoice, params, amount) | {
        "pre_payment_amount": amount,
        "type": "pre_payment",
    }
    invoice["pre_payment_credit_notes_amount"] += amount
    invoice["amount_due"] -= amount
    invoice["amount_remaining"] -= amount
    made = turn.create("credit_note", note, "credit_note.created")
    turn.save(invoice, "invoice.updated")
    if invoice["amount_remaining"] == 0:
        invoicing.settle(turn, invoice)
        turn.save(invoice)
        turn.tell("invoice.paid", invoice)
        standing.after_settled(turn, invoice)
    return made


def _shape(turn: "Turn", invoice: Doc, params: Doc, amount: int) -> Doc:
    note_id = new_id("credit_note")
    number = 1 + sum(one["invoice"] == invoice["id"] for one in turn.all("credit_note"))
    line: Doc = {
        "id": new_id("credit_note_line_item"),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": params.get("memo") or "Credit",
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "tax_rates": [],
        "taxes": [],
        "type": "custom_line_item",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return {
        "id": note_id,
        "amount": amount,
        "amount_shipping": 0,
        "created": turn.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": turn.now,
        "invoice": invoice["id"],
        "lines": a_list(f"/v1/credit_notes/{note_id}/lines", [line]),
        "livemode": False,
        "memo": params.get("memo"),
        "metadata": merged_metadata(None, params.get("metadata")),
        "number": f"{invoice['number']}-CN-{number:02d}",
        "out_of_band_amount": None,
        "pdf": f"{turn.url}/invoice/{invoice['id']}?note={note_id}",
        "post_payment_amount": 0,
        "pre_payment_amount": 0,
        "pretax_credit_amounts": [],
        "reason": params.get("reason"),
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "subtotal": amount,
        "subtotal_excluding_tax": amount,
        "total": amount,
        "total_excluding_tax": amount,
        "total_taxes": [],
        "voided_at": None,
    }


def show(turn: "Turn", _params: Doc, note_id: str) -> Doc:
    """The credit note."""
    return turn.find("credit_note", note_id)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Credit notes, of a customer or an invoice if asked."""
    query = Query("credit_note").customer(params.get("customer"))
    query.where("invoice", params.get("invoice"))
    return query.created(params.get("created")).page(turn, params, "/v1/credit_notes")
