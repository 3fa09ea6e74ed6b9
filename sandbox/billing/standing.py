"""What a paid or failed invoice does to its subscription: the latest invoice decides."""

from typing import TYPE_CHECKING

from sandbox.billing import changing, invoicing
from sandbox.billing.cancelling import cancel
from sandbox.billing.payment import Attempt, card_for
from sandbox.clock import DAY
from sandbox.objects import invoices
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

SETTLED = frozenset({"paid", "void", "uncollectible"})
FAILING = frozenset({"past_due", "unpaid"})
RULES: Doc = {"retry_days": [3, 5, 7], "final": "past_due"}


def rules(turn: "Turn") -> Doc:
    """Days after the first failure on which it is tried again, and what follows the last."""
    chosen: Doc = turn.store.setting("dunning", {})
    return RULES | chosen


def collect(
    turn: "Turn", invoice: Doc, method: Doc | None = None, *, confirmed: bool = False
) -> Attempt:
    """Try to be paid, and let the subscription feel it."""
    subscription = turn.seek("subscription", invoices.subscription_of(invoice))
    card = method or card_for(turn, invoice["customer"], subscription)
    attempt = invoicing.collect(turn, invoice, card, confirmed=confirmed)
    if attempt.paid:
        after_settled(turn, invoice)
    else:
        after_failed(turn, invoice)
    return attempt


def after_settled(turn: "Turn", invoice: Doc) -> None:
    """Paid, voided or written off: a failing subscription recovers if this was its latest."""
    subscription = turn.seek("subscription", invoices.subscription_of(invoice))
    if subscription is None:
        return
    change = subscription["_pending_change"] if subscription["pending_update"] else None
    if change and change["invoice"] == invoice["id"] and invoice["status"] == "paid":
        changing.apply_pending(turn, subscription)
    begins = subscription["status"] == "incomplete"
    if begins and invoice["status"] != "paid":
        subscription |= {"status": "incomplete_expired", "ended_at": turn.now}
    elif begins or _recovers(turn, subscription):
        subscription["status"] = "active"
    turn.save(subscription, "customer.subscription.updated")


def _recovers(turn: "Turn", subscription: Doc) -> bool:
    return subscription["status"] in FAILING and latest(turn, subscription)["status"] in SETTLED


def latest(turn: "Turn", subscription: Doc) -> Doc:
    """The youngest invoice that is no draft."""
    found = [i for i in invoices.of_subscription(turn, subscription) if i["status"] != "draft"]
    return found[-1]


def after_failed(turn: "Turn", invoice: Doc) -> None:
    """Plan the next try, or do what follows the last; the subscription falls behind."""
    subscription = turn.seek("subscription", invoices.subscription_of(invoice))
    how = rules(turn)
    moments = [invoice["_first_failure"] + days * DAY for days in how["retry_days"]]
    left = [moment for moment in moments if moment > turn.now]
    last = not left
    if invoice["auto_advance"]:
        invoice["next_payment_attempt"] = left[0] if left else None
        turn.save(invoice, "invoice.updated")
    if subscription is None or subscription["status"] == "incomplete":
        return
    if subscription["status"] in ("active", "trialing") and not subscription["pending_update"]:
        subscription["status"] = "past_due"
    if last and subscription["status"] == "past_due" and how["final"] == "unpaid":
        subscription["status"] = "unpaid"
    turn.save(subscription, "customer.subscription.updated")
    if last and subscription["status"] == "past_due" and how["final"] == "cancel":
        cancel(turn, subscription, reason="payment_failed")
