"""What people do in the portal: another card, an end at the period's end, a change of mind."""

from typing import TYPE_CHECKING

from sandbox.billing import cancelling
from sandbox.billing.checkout import PageRefused
from sandbox.moments import LIVE, period_of
from sandbox.objects import intents, payment_methods
from sandbox.objects.cards import WORDS, Card
from sandbox.protocol.refusals import Refused
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def put_card(turn: "Turn", customer: Doc, card: Card, billing: Doc | None = None) -> Doc:
    """A new card for the customer and for every live subscription; no open invoice is tried."""
    method = payment_methods.create(turn, card, billing)
    try:
        payment_methods.attach(turn, method, customer["id"])
    except Refused as refused:
        code = card.test.decline[1] if card.test.decline else "generic_decline"
        raise PageRefused("number", WORDS.get(code, str(refused))) from None
    intents.new_setup(turn, customer=customer["id"], method=method)
    for subscription in turn.all("subscription", customer=customer["id"]):
        if subscription["status"] in LIVE:
            subscription["default_payment_method"] = method["id"]
            turn.save(subscription, "customer.subscription.updated")
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    turn.save(customer, "customer.updated")
    return method


def cancel(turn: "Turn", subscription: Doc, feedback: str | None = None, comment: str = "") -> None:
    """End it when the period ends: a date, while the boolean stays false."""
    if subscription["status"] not in LIVE:
        raise PageRefused("subscription", "This subscription has already ended.")
    _, end = period_of(subscription)
    cancelling.schedule_end(turn, subscription, end, by_period=False)
    if feedback:
        subscription["cancellation_details"]["feedback"] = feedback
    if comment:
        subscription["cancellation_details"]["comment"] = comment
    turn.save(subscription, "customer.subscription.updated")


def cancel_at_once(turn: "Turn", subscription: Doc) -> None:
    """End it now, where the configuration says so."""
    if subscription["status"] not in LIVE:
        raise PageRefused("subscription", "This subscription has already ended.")
    cancelling.cancel(turn, subscription, reason="cancellation_requested")


def resume(turn: "Turn", subscription: Doc) -> None:
    """Take back an announced end."""
    if subscription["status"] not in LIVE:
        raise PageRefused("subscription", "This subscription has already ended.")
    cancelling.schedule_end(turn, subscription, None, by_period=False)
    turn.save(subscription, "customer.subscription.updated")
