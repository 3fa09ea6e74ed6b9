"""Cards by request: made, attached, detached."""

from typing import TYPE_CHECKING

from sandbox.objects import payment_methods
from sandbox.objects.cards import ALIASES, CARDS, Card, CardMistake, read
from sandbox.objects.customers import live
from sandbox.objects.fields import address
from sandbox.protocol.refusals import Refused, malformed
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

TOKENS = {name.replace("pm_card", "tok"): name for name in ALIASES}


def create(turn: "Turn", params: Doc) -> Doc:
    """A card by its number, or by one of Stripe's test tokens."""
    if params.get("type") != "card":
        raise malformed("This sandbox knows cards only.", "type")
    sent = params.get("card", {})
    try:
        card = _by_token(sent["token"]) if "token" in sent else _by_number(turn, sent)
    except CardMistake as mistake:
        codes = {"number": "incorrect_number", "cvc": "invalid_cvc", "expiry": "expired_card"}
        error = {"type": "card_error", "code": codes[mistake.field], "message": mistake.words}
        raise Refused(402, error) from None
    details = params.get("billing_details") or {}
    if "address" in details:
        blank = dict(payment_methods.NO_ADDRESS)
        details = details | {"address": address(details["address"]) or blank}
    return payment_methods.create(turn, card, details)


def _by_token(token: str) -> Card:
    if token not in TOKENS:
        raise malformed(f"No such token: '{token}'", "card[token]", "resource_missing")
    return Card(CARDS[ALIASES[TOKENS[token]]], 12, 2099)


def _by_number(turn: "Turn", sent: Doc) -> Card:
    expiry = f"{sent.get('exp_month', '')} / {sent.get('exp_year', '')}"
    form = {"number": sent.get("number"), "expiry": expiry, "cvc": sent.get("cvc", "123")}
    return read(form, now=turn.now)


def attach(turn: "Turn", params: Doc, method_id: str) -> Doc:
    """Give a card to a customer; Stripe's own test names stand for a fresh card."""
    customer = live(turn, params["customer"], "customer")
    if method_id in ALIASES:
        card = Card(CARDS[ALIASES[method_id]], 12, 2099)
        method = payment_methods.create(turn, card)
    else:
        method = turn.find("payment_method", method_id)
    return payment_methods.attach(turn, method, customer["id"])


def detach(turn: "Turn", _params: Doc, method_id: str) -> Doc:
    """Take a card off its customer."""
    return payment_methods.detach(turn, turn.find("payment_method", method_id))
