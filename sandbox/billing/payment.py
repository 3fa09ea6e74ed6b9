"""Trying a card: what the test cards do, and what is left of a try."""

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.objects import charges
from sandbox.objects.cards import CARDS, WORDS
from sandbox.protocol.refusals import Refused, declined
from sandbox.protocol.rendering import public
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

AUTHENTICATE = {"code": "authentication_required", "decline_code": "authentication_required"}
NO_CARD: Doc = {
    "code": "resource_missing",
    "decline_code": None,
    "message": "This customer has no card to charge.",
    "type": "invalid_request_error",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one try ended."""

    charge: Doc | None
    failure: Doc | None

    @property
    def paid(self) -> bool:
        """Whether the money came."""
        return self.failure is None

    @property
    def words(self) -> str:
        """Why it failed, for the person who tried."""
        return str(self.failure["message"]) if self.failure else ""

    @property
    def asks(self) -> bool:
        """Whether the person must confirm it."""
        return self.failure is not None and self.failure["code"] == AUTHENTICATE["code"]


def refusal_of(turn: "Turn", customer: str, method: Doc, *, confirmed: bool) -> Doc | None:
    """Why this card would not pay now, or None if it would."""
    ordered = _ordered_decline(turn, customer)
    if ordered is not None:
        asks = ordered == AUTHENTICATE["decline_code"]
        return _failure(ordered if asks else "card_declined", ordered)
    card = CARDS[method["_number"]]
    if card.decline:
        return _failure(*card.decline)
    if card.authenticates and not confirmed:
        return _failure("authentication_required", "authentication_required")
    return None


def _failure(code: str, decline_code: str) -> Doc:
    return {
        "code": code,
        "decline_code": decline_code,
        "message": WORDS[decline_code],
        "type": "card_error",
    }


def _ordered_decline(turn: "Turn", customer: str) -> str | None:
    """Use up one decline that was ordered for this customer, or for anybody; its code."""
    orders: dict[str, Doc] = turn.store.setting("declines", {})
    for whose in (customer, "anybody"):
        order = orders.get(whose)
        if order and order["times"] > 0:
            order["times"] -= 1
            turn.store.set("declines", orders)
            return str(order["decline_code"])
    return None


def charge(turn: "Turn", intent: Doc, method: Doc | None, *, confirmed: bool = False) -> Attempt:
    """Try to pay an intent; tells of the charge, and leaves the intent's own news to the caller."""
    if method is None:
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = dict(NO_CARD)
        turn.save(intent)
        return Attempt(None, NO_CARD)
    failure = refusal_of(turn, intent["customer"], method, confirmed=confirmed)
    made = charges.create(turn, intent, method, failure)
    intent["latest_charge"] = made["id"]
    if failure is None:
        intent |= {
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "next_action": None,
            "payment_method": method["id"],
            "status": "succeeded",
        }
    else:
        shown = failure | {"charge": made["id"], "payment_method": public(turn, method)}
        intent |= {"last_payment_error": shown, "status": "requires_payment_method"}
        if failure["code"] == AUTHENTICATE["code"]:
            intent |= {"payment_method": method["id"], "status": "requires_action"}
            intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    turn.save(intent)
    return Attempt(made, failure)


def refused(turn: "Turn", intent_id: str, *, kept: bool) -> Refused:
    """The error of a failed try; ``kept`` if its traces stay, else the turn leaves none."""
    intent = turn.find("payment_intent", intent_id)
    why = intent["last_payment_error"]
    error = declined(why["message"], why["code"], why["decline_code"], public(turn, intent))
    return error if kept else Refused(402, error.error)


def tell_created(turn: "Turn", intent: Doc) -> None:
    """Tell of an intent's birth as it was then."""
    born = copy.deepcopy(intent)
    born |= {
        "amount_received": 0,
        "last_payment_error": None,
        "latest_charge": None,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    turn.tell("payment_intent.created", born)


def tell_outcome(turn: "Turn", intent: Doc) -> None:
    """Tell how the last try left the intent."""
    news = {"succeeded": "succeeded", "requires_action": "requires_action"}
    turn.tell(f"payment_intent.{news.get(intent['status'], 'payment_failed')}", intent)


def card_for(turn: "Turn", customer_id: str, subscription: Doc | None) -> Doc | None:
    """The card a renewal is charged to: the subscription's own first, then the customer's."""
    own = subscription["default_payment_method"] if subscription else None
    customer = turn.find("customer", customer_id)
    common = (customer.get("invoice_settings") or {}).get("default_payment_method")
    return turn.seek("payment_method", own) or turn.seek("payment_method", common)
