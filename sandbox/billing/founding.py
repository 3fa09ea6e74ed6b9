"""Subscriptions made without Checkout: by request, or at the dashboard."""

from typing import TYPE_CHECKING

from sandbox.billing import invoicing, payment
from sandbox.billing.lines import full_line
from sandbox.clock import DAY
from sandbox.objects import coupons, subscriptions
from sandbox.protocol.refusals import invalid
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def found(turn: "Turn", customer: Doc, items: list[tuple[Doc, int]], params: Doc) -> Doc:
    """A new subscription and its first invoice, paid if a card pays it."""
    trial_end = trial_of(turn, params)
    subscription = subscriptions.shape(
        turn, customer=customer, items=items, params=params, trial_end=trial_end
    )
    turn.create("subscription", subscription)
    _discount(turn, subscription, params)
    rows = subscription["items"]["data"]
    trial = trial_end is not None
    lines = [
        full_line(turn, i, i["current_period_start"], i["current_period_end"], trial=trial)
        for i in rows
    ]
    invoice = invoicing.draft(
        turn, subscription, lines, reason="subscription_create", period=(turn.now, turn.now)
    )
    invoicing.finalize(turn, invoice)
    if invoice["status"] != "paid":
        _pay(turn, subscription, invoice, params)
    elif not trial:
        subscription["status"] = "active"
    turn.save(subscription)
    turn.tell("customer.subscription.created", subscription)
    return subscription


def trial_of(turn: "Turn", params: Doc) -> int | None:
    """When the trial ends, if there is one."""
    if params.get("trial_period_days"):
        return int(turn.now + params["trial_period_days"] * DAY)
    asked = params.get("trial_end")
    if asked in (None, "now", ""):
        return None
    if int(asked) <= turn.now:
        raise invalid("The trial must end in the future.", "trial_end")
    return int(asked)


def _discount(turn: "Turn", subscription: Doc, params: Doc) -> None:
    for asked in params.get("discounts") or []:
        code = asked.get("promotion_code")
        coupon = asked.get("coupon")
        if code:
            coupon = turn.find("promotion_code", code, "discounts")["promotion"]["coupon"]
        made = coupons.give(
            turn,
            coupon,
            customer=subscription["customer"],
            subscription=subscription["id"],
            code=code,
        )
        subscription["discounts"].append(made["id"])


def _pay(turn: "Turn", subscription: Doc, invoice: Doc, params: Doc) -> None:
    how = params.get("payment_behavior", "allow_incomplete")
    if how == "default_incomplete":
        return
    card = payment.card_for(turn, subscription["customer"], subscription)
    if card is None and how != "allow_incomplete":
        raise invalid("This customer has no attached payment source.", None, "resource_missing")
    attempt = invoicing.collect(turn, invoice, card)
    if attempt.paid:
        subscription["status"] = "active"
    elif how == "error_if_incomplete":
        raise payment.refused(turn, invoice["_intent"], kept=False)
