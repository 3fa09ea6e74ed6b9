"""What happens by itself: announcements, renewals, retries, ends."""

from typing import TYPE_CHECKING

from sandbox import moments
from sandbox.billing import cancelling, changing, checkout, invoicing, phases, scheduling, standing
from sandbox.billing.lines import full_line
from sandbox.billing.payment import card_for
from sandbox.billing.periods import next_collection, next_end
from sandbox.clock import HOUR
from sandbox.objects import invoice_items, invoices
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def perform(turn: "Turn", kind: str, object_id: str) -> None:
    """Do the one thing whose moment this is; the object's next moment lies later, or is none."""
    doc = turn.find(kind, object_id)
    if kind == "subscription":
        _subscription(turn, doc)
    elif kind == "invoice":
        _invoice(turn, doc)
    elif kind == "subscription_schedule":
        phases.turn_page(turn, doc)
    else:
        checkout.expire(turn, doc)


def _subscription(turn: "Turn", subscription: Doc) -> None:
    pending = subscription["pending_update"]
    warning, upcoming = moments.trial_warning_at(subscription), moments.upcoming_at(subscription)
    end = moments.ends_at(subscription)
    collection = subscription["next_pending_invoice_item_invoice"]
    if subscription["status"] == "incomplete":
        _give_up(turn, subscription)
    elif end is not None and end <= turn.now:
        cancelling.end_now(turn, subscription)
    elif pending and pending["expires_at"] <= turn.now:
        changing.lapse_pending(turn, subscription)
    elif warning is not None and warning <= turn.now:
        subscription["_trial_warned"] = True
        turn.save(subscription)
        turn.tell("customer.subscription.trial_will_end", subscription)
    elif upcoming is not None and upcoming <= turn.now:
        subscription["_announced"] = moments.period_of(subscription)[1]
        turn.save(subscription)
        turn.tell("invoice.upcoming", changing.preview(turn, subscription, [], {}))
    elif moments.period_of(subscription)[1] <= turn.now:
        _renew(turn, subscription)
    elif collection is not None and collection <= turn.now:
        _collect_waiting(turn, subscription)


def _collect_waiting(turn: "Turn", subscription: Doc) -> None:
    """Bill the lines that wait, between two renewals."""
    _plan_collection(turn, subscription)
    waiting = invoice_items.waiting(turn, subscription["customer"], subscription["id"])
    if waiting and subscription["pause_collection"] is None:
        invoicing.draft(
            turn,
            subscription,
            [],
            reason="subscription_cycle",
            period=(turn.now, turn.now),
            finalizes_at=turn.now + HOUR,
            automatic=subscription["status"] != "unpaid",
        )
    turn.save(subscription, "customer.subscription.updated")


def _plan_collection(turn: "Turn", subscription: Doc) -> None:
    subscription["next_pending_invoice_item_invoice"] = next_collection(
        subscription["billing_cycle_anchor"],
        subscription["pending_invoice_item_interval"],
        turn.now,
    )


def _give_up(turn: "Turn", subscription: Doc) -> None:
    """The first payment never came."""
    invoice = turn.seek("invoice", subscription["latest_invoice"])
    if invoice is not None and invoice["status"] == "open":
        invoicing.void(turn, invoice)
    subscription |= {"status": "incomplete_expired", "ended_at": turn.now}
    turn.save(subscription, "customer.subscription.updated")


def _renew(turn: "Turn", subscription: Doc) -> None:
    """Roll every item into its next period, and draft the invoice for it."""
    if subscription["status"] == "trialing" and _ends_without_card(turn, subscription):
        return
    start, roll = moments.period_of(subscription)
    scheduling.cross(turn, subscription, roll)
    lines = []
    for item in subscription["items"]["data"]:
        end = next_end(subscription["billing_cycle_anchor"], item["price"]["recurring"], roll)
        item |= {"current_period_start": roll, "current_period_end": end}
        lines.append(full_line(turn, item, roll, end))
    paused = subscription["pause_collection"]
    invoicing.draft(
        turn,
        subscription,
        lines,
        reason="subscription_cycle",
        period=(start, roll),
        finalizes_at=turn.now + HOUR,
        automatic=subscription["status"] != "unpaid" and paused is None,
    )
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    _plan_collection(turn, subscription)
    turn.save(subscription, "customer.subscription.updated")


def _ends_without_card(turn: "Turn", subscription: Doc) -> bool:
    """A trial that was told to end, or to pause, if no card came."""
    behavior = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    card = card_for(turn, subscription["customer"], subscription)
    if card is not None or behavior == "create_invoice":
        return False
    if behavior == "cancel":
        cancelling.cancel(turn, subscription, reason="cancellation_requested")
    else:
        subscription["status"] = "paused"
        turn.save(subscription)
        turn.tell("customer.subscription.paused", subscription)
    return True


def _invoice(turn: "Turn", invoice: Doc) -> None:
    """Finalize a draft whose hour is over and collect it, or try an open one again."""
    if invoice["status"] == "draft":
        invoicing.finalize(turn, invoice)
    if invoice["status"] == "open":
        standing.collect(turn, invoice)
    elif invoices.subscription_of(invoice):
        standing.after_settled(turn, invoice)
