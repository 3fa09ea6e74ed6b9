"""Invoice items: lines that wait for the next invoice."""

from typing import TYPE_CHECKING

from sandbox.protocol.lists import Query
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def keep(turn: "Turn", customer: str, line: Doc) -> Doc:
    """Set a proration line aside for the next invoice."""
    details = line["parent"]["subscription_item_details"]
    fields = {
        "amount": line["amount"],
        "currency": line["currency"],
        "customer": customer,
        "date": turn.now,
        "description": line["description"],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": line["amount"],
        "parent": {
            "subscription_details": {
                "subscription": details["subscription"],
                "subscription_item": details["subscription_item"],
            },
            "type": "subscription_details",
        },
        "period": dict(line["period"]),
        "pricing": line["pricing"],
        "proration": True,
        "proration_details": {"discount_amounts": []},
        "quantity": line["quantity"],
        "quantity_decimal": str(line["quantity"]),
        "tax_rates": [],
        "test_clock": None,
        "_line": line,
    }
    return turn.create("invoiceitem", fields, "invoiceitem.created")


def waiting(turn: "Turn", customer: str, subscription: str) -> list[Doc]:
    """Items of a subscription that no invoice has taken yet."""
    found = turn.all("invoiceitem", customer=customer)
    return [
        item
        for item in found
        if item["invoice"] is None
        and item["parent"]["subscription_details"]["subscription"] == subscription
    ]


def line_of(item: Doc) -> Doc:
    """The line that an invoice takes the item in with."""
    line = dict(item["_line"])
    details = line["parent"]["subscription_item_details"] | {"invoice_item": item["id"]}
    line["parent"] = line["parent"] | {"subscription_item_details": details}
    return line


def show(turn: "Turn", _params: Doc, item_id: str) -> Doc:
    """The invoice item."""
    return turn.find("invoiceitem", item_id)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Invoice items, of one customer or invoice, waiting or not."""
    query = Query("invoiceitem").customer(params.get("customer"))
    query.where("invoice", params.get("invoice"))
    if params.get("pending"):
        query.also("json_extract(doc, '$.invoice') is null")
    return query.created(params.get("created")).page(turn, params, "/v1/invoiceitems")
