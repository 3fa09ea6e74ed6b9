"""Payment methods: cards, and whose they are."""

import hashlib
from typing import TYPE_CHECKING

from sandbox.objects.cards import WORDS, Card
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import declined, invalid
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

NOBODY: Doc = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def create(turn: "Turn", card: Card, billing: Doc | None = None) -> Doc:
    """A card that belongs to nobody yet."""
    details = NOBODY | {"address": dict(NO_ADDRESS)} | (billing or {})
    fields = {
        "allow_redisplay": "unspecified",
        "billing_details": details,
        "card": {
            "brand": card.test.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": "pass" if details["address"]["postal_code"] else None,
                "cvc_check": "pass",
            },
            "country": "US",
            "display_brand": card.test.brand,
            "exp_month": card.month,
            "exp_year": card.year,
            "fingerprint": hashlib.sha256(card.test.number.encode()).hexdigest()[:16],
            "funding": "credit",
            "generated_from": None,
            "last4": card.test.number[-4:],
            "networks": {"available": [card.test.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": turn.now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_number": card.test.number,
        "_attaches": card.test.attaches,
    }
    return turn.create("payment_method", fields)


def attach(turn: "Turn", method: Doc, customer_id: str) -> Doc:
    """Give the card to a customer; some cards already refuse this."""
    if method["customer"] == customer_id:
        return method
    if method["customer"] is not None or method.get("_detached"):
        raise invalid("This PaymentMethod was used before and cannot be attached again.")
    if not method["_attaches"]:
        raise declined(WORDS["generic_decline"], "card_declined", "generic_decline", None)
    method["customer"] = customer_id
    turn.save(method)
    turn.tell("payment_method.attached", method)
    return method


def detach(turn: "Turn", method: Doc) -> Doc:
    """Take the card off its customer, for good, and out of every default."""
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer.")
    customer_id, method["customer"], method["_detached"] = method["customer"], None, True
    turn.save(method)
    turn.tell("payment_method.detached", method, {"customer": customer_id})
    customer = turn.find("customer", customer_id)
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
        turn.save(customer, "customer.updated")
    for subscription in turn.all("subscription", customer=customer_id):
        if subscription["default_payment_method"] == method["id"]:
            subscription["default_payment_method"] = None
            turn.save(subscription, "customer.subscription.updated")
    return method


def show(turn: "Turn", _params: Doc, method_id: str) -> Doc:
    """The payment method."""
    return turn.find("payment_method", method_id)


def list_all(turn: "Turn", params: Doc, customer_id: str | None = None) -> Doc:
    """Payment methods of a customer; without one, none."""
    customer_id = customer_id or params.get("customer")
    query = Query("payment_method").where("type", params.get("type"))
    query.customer(customer_id or "nobody")
    return query.page(turn, params, "/v1/payment_methods")


def show_of_customer(turn: "Turn", _params: Doc, customer_id: str, method_id: str) -> Doc:
    """The payment method, if it is this customer's."""
    method = turn.find("payment_method", method_id)
    if method["customer"] != customer_id:
        raise invalid("This payment method is not attached to that customer.")
    return method
