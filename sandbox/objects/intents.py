"""Payment intents and setup intents: what is to be paid, or to be saved."""

from typing import TYPE_CHECKING

from sandbox.ids import random_text
from sandbox.protocol.lists import Query
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def new_payment(
    turn: "Turn", *, amount: int, currency: str, customer: str, description: str | None
) -> Doc:
    """An amount to be paid by a customer, with no card tried yet."""
    fields: Doc = {
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": None,
        "confirmation_method": "automatic",
        "created": turn.now,
        "currency": currency,
        "customer": customer,
        "description": description,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": "off_session",
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    intent = turn.create("payment_intent", fields)
    intent["client_secret"] = f"{intent['id']}_secret_{random_text(25)}"
    return turn.save(intent)


def new_setup(turn: "Turn", *, customer: str, method: Doc) -> Doc:
    """A card that was saved without being charged, and how that was told."""
    fields: Doc = {
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": None,
        "created": turn.now,
        "customer": customer,
        "description": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": method["id"],
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "succeeded",
        "usage": "off_session",
    }
    intent = turn.create("setup_intent", fields)
    intent["client_secret"] = f"{intent['id']}_secret_{random_text(25)}"
    turn.save(intent)
    turn.tell("setup_intent.created", intent | {"status": "requires_payment_method"})
    turn.tell("setup_intent.succeeded", intent)
    return intent


def show_payment(turn: "Turn", _params: Doc, intent_id: str) -> Doc:
    """The payment intent."""
    return turn.find("payment_intent", intent_id)


def show_setup(turn: "Turn", _params: Doc, intent_id: str) -> Doc:
    """The setup intent."""
    return turn.find("setup_intent", intent_id)


def list_payments(turn: "Turn", params: Doc) -> Doc:
    """Payment intents, of one customer if asked."""
    query = Query("payment_intent").customer(params.get("customer"))
    return query.created(params.get("created")).page(turn, params, "/v1/payment_intents")


def list_setups(turn: "Turn", params: Doc) -> Doc:
    """Setup intents, of one customer if asked."""
    query = Query("setup_intent").customer(params.get("customer"))
    query.where("payment_method", params.get("payment_method"))
    return query.created(params.get("created")).page(turn, params, "/v1/setup_intents")
