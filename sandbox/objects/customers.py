"""Customers."""

from typing import TYPE_CHECKING

from sandbox.ids import random_text
from sandbox.objects.fields import address, cleared, merged_metadata
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid, missing
from sandbox.protocol.rendering import a_list
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

TEXT = ("description", "email", "name", "phone")


def create(turn: "Turn", params: Doc) -> Doc:
    """A new customer."""
    fields: Doc = {
        "address": None,
        "balance": params.get("balance", 0),
        "created": turn.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": params.get("invoice_prefix") or random_text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": params.get("next_invoice_sequence", 1),
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    _write(fields, params)
    customer = turn.create("customer", fields, "customer.created")
    for tax_id in params.get("tax_id_data", []):
        add_tax_id(turn, customer, tax_id)
    return customer


def _write(customer: Doc, params: Doc) -> None:
    for name in TEXT:
        if name in params:
            customer[name] = cleared(params[name])
    if "address" in params:
        customer["address"] = address(params["address"])
    if "shipping" in params:
        shipping = cleared(params["shipping"])
        customer["shipping"] = shipping and shipping | {"address": address(shipping["address"])}
    if "preferred_locales" in params:
        customer["preferred_locales"] = params["preferred_locales"]
    if "tax_exempt" in params:
        customer["tax_exempt"] = params["tax_exempt"] or "none"
    if "metadata" in params:
        customer["metadata"] = merged_metadata(customer["metadata"], params["metadata"])
    for name, value in params.get("invoice_settings", {}).items():
        customer["invoice_settings"][name] = cleared(value)


def live(turn: "Turn", customer_id: str, param: str = "id") -> Doc:
    """The customer, if not deleted."""
    customer = turn.find("customer", customer_id, param)
    if customer.get("deleted"):
        raise missing("customer", customer_id, param)
    return customer


def show(turn: "Turn", _params: Doc, customer_id: str) -> Doc:
    """The customer; a deleted one answers too, and says so."""
    return turn.find("customer", customer_id)


def update(turn: "Turn", params: Doc, customer_id: str) -> Doc:
    """Change what was sent, keep the rest."""
    customer = live(turn, customer_id)
    chosen = params.get("invoice_settings", {}).get("default_payment_method")
    if chosen and turn.find("payment_method", chosen, "param")["customer"] != customer_id:
        raise invalid(
            "The customer does not have this payment method; attach it first.",
            "invoice_settings[default_payment_method]",
            "resource_missing",
        )
    _write(customer, params)
    if "balance" in params:
        customer["balance"] = params["balance"]
    return turn.save(customer, "customer.updated")


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Customers that are not deleted, by address if asked."""
    query = Query("customer").where("email", params.get("email")).created(params.get("created"))
    query.also("json_extract(doc, '$.deleted') is null")
    return query.page(turn, params, "/v1/customers")


def add_tax_id(turn: "Turn", customer: Doc, sent: Doc) -> Doc:
    """Another tax id; its verification stays pending, as nobody is asked."""
    fields = {
        "country": None,
        "created": turn.now,
        "customer": customer["id"],
        "livemode": False,
        "owner": {"customer": customer["id"], "type": "customer"},
        "type": sent["type"],
        "value": sent["value"],
        "verification": {"status": "pending", "verified_address": None, "verified_name": None},
    }
    return turn.create("tax_id", fields, "customer.tax_id.created")


def create_tax_id(turn: "Turn", params: Doc, customer_id: str) -> Doc:
    """A tax id for this customer."""
    return add_tax_id(turn, live(turn, customer_id), params)


def tax_ids(turn: "Turn", _params: Doc, customer_id: str) -> Doc:
    """The customer's tax ids."""
    live(turn, customer_id)
    found = turn.all("tax_id", customer=customer_id)
    return a_list(f"/v1/customers/{customer_id}/tax_ids", found)


def balance_transactions(turn: "Turn", params: Doc, customer_id: str) -> Doc:
    """How the customer's credit came and went."""
    query = Query("customer_balance_transaction").customer(customer_id)
    return query.page(turn, params, f"/v1/customers/{customer_id}/balance_transactions")


def move_balance(turn: "Turn", customer: Doc, amount: int, kind: str, invoice: Doc) -> None:
    """Change the credit by a signed amount (negative is credit), and note it."""
    if amount == 0:
        return
    customer["balance"] += amount
    fields = {
        "amount": amount,
        "checkout_session": None,
        "created": turn.now,
        "credit_note": None,
        "currency": invoice["currency"],
        "customer": customer["id"],
        "description": None,
        "ending_balance": customer["balance"],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
    turn.create("customer_balance_transaction", fields)
    turn.save(customer, "customer.updated")
