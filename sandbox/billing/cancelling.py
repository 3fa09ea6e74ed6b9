"""Endings: at once, or at a time."""

from typing import TYPE_CHECKING

from sandbox.billing import invoicing
from sandbox.billing.lines import unused
from sandbox.moments import ends_at, period_of
from sandbox.objects import invoice_items, schedules
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def cancel(turn: "Turn", subscription: Doc, *, reason: str) -> None:
    """End it now; what the customer still owes is no longer collected by itself."""
    subscription |= {
        "canceled_at": subscription["canceled_at"] or turn.now,
        "ended_at": turn.now,
        "pending_update": None,
        "status": "canceled",
    }
    subscription["cancellation_details"]["reason"] = reason
    turn.save(subscription)
    turn.tell("customer.subscription.deleted", subscription)
    _close_schedule(turn, subscription)
    for invoice in turn.all("invoice", customer=subscription["customer"]):
        if invoice["status"] == "open" and invoice["auto_advance"]:
            invoice |= {"auto_advance": False, "next_payment_attempt": None}
            turn.save(invoice, "invoice.updated")


def _close_schedule(turn: "Turn", subscription: Doc) -> None:
    """A schedule that ends as it planned is completed; any other end cancels it."""
    schedule = schedules.active_of(turn, subscription)
    if schedule is None:
        return
    planned = schedule["end_behavior"] == "cancel" and schedules.following(schedule) is None
    done = planned and schedule["current_phase"]["end_date"] <= turn.now
    word = "completed" if done else "canceled"
    schedule |= {"current_phase": None, "status": word, f"{word}_at": turn.now}
    turn.save(schedule)
    turn.tell(f"subscription_schedule.{word}", schedule)


def settle_up(turn: "Turn", subscription: Doc, *, prorate: bool, invoice_now: bool) -> None:
    """Before an immediate end: give back unused time, and bill what waits, if asked."""
    if prorate:
        for item in subscription["items"]["data"]:
            line = unused(turn, item, turn.now)
            invoice_items.keep(turn, subscription["customer"], line)
    waiting = invoice_items.waiting(turn, subscription["customer"], subscription["id"])
    if invoice_now and waiting:
        period = period_of(subscription)
        invoice = invoicing.draft(
            turn, subscription, [], reason="subscription_update", period=(period[0], turn.now)
        )
        invoicing.finalize(turn, invoice)


def end_now(turn: "Turn", subscription: Doc) -> None:
    """The announced end has come: no invoice, just the end."""
    details = subscription["cancellation_details"]
    cancel(turn, subscription, reason=details["reason"] or "cancellation_requested")


def schedule_end(turn: "Turn", subscription: Doc, moment: int | None, *, by_period: bool) -> None:
    """Write down when it will end, or that it will not."""
    subscription |= {
        "cancel_at": moment,
        "cancel_at_period_end": by_period,
        "canceled_at": turn.now if moment is not None else None,
    }
    reason = "cancellation_requested" if moment is not None else None
    subscription["cancellation_details"]["reason"] = reason
    if moment is None:
        subscription["cancellation_details"] |= {"comment": None, "feedback": None}


def ending(subscription: Doc) -> bool:
    """Whether an end is written down."""
    return ends_at(subscription) is not None
