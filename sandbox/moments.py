"""When each object next does something by itself."""

from collections.abc import Callable

from sandbox.clock import DAY, HOUR
from sandbox.store import Doc

UPCOMING_AHEAD = 7 * DAY
TRIAL_WARNING_AHEAD = 3 * DAY
INCOMPLETE_LIFE = 23 * HOUR
LIVE = frozenset({"trialing", "active", "past_due", "unpaid"})


def period_of(subscription: Doc) -> tuple[int, int]:
    """Start and end of the running period; all items of one subscription share it."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def upcoming_at(subscription: Doc) -> int | None:
    """When the next invoice is announced, unless it was, or will not come."""
    start, end = period_of(subscription)
    ahead = end - UPCOMING_AHEAD
    if ahead <= start or subscription["_announced"] == end or ends_at(subscription) is not None:
        return None
    return ahead


def trial_warning_at(subscription: Doc) -> int | None:
    """When the end of the trial is announced, unless it was."""
    if subscription["status"] != "trialing" or subscription["_trial_warned"]:
        return None
    return int(subscription["trial_end"]) - TRIAL_WARNING_AHEAD


def ends_at(subscription: Doc) -> int | None:
    """When it stops, if it was told to."""
    if subscription["cancel_at"] is not None:
        return int(subscription["cancel_at"])
    return period_of(subscription)[1] if subscription["cancel_at_period_end"] else None


def of_subscription(subscription: Doc) -> int | None:
    """The next moment in the life of a subscription."""
    if subscription["status"] == "incomplete":
        return int(subscription["created"]) + INCOMPLETE_LIFE
    if subscription["status"] not in LIVE:
        return None
    pending = subscription["pending_update"]
    moments = [
        period_of(subscription)[1],
        ends_at(subscription),
        upcoming_at(subscription),
        trial_warning_at(subscription),
        subscription["next_pending_invoice_item_invoice"],
        pending["expires_at"] if pending else None,
    ]
    return int(min(moment for moment in moments if moment is not None))


def of_invoice(invoice: Doc) -> int | None:
    """When a draft becomes final, or an open invoice is tried again."""
    if invoice["status"] == "draft":
        moment = invoice["automatically_finalizes_at"] if invoice["auto_advance"] else None
    else:
        moment = invoice["next_payment_attempt"] if invoice["status"] == "open" else None
    return None if moment is None else int(moment)


def of_schedule(schedule: Doc) -> int | None:
    """When the current phase gives way to the next, or is the last and over."""
    return int(schedule["current_phase"]["end_date"]) if schedule["status"] == "active" else None


def of_session(session: Doc) -> int | None:
    """When an unused session lapses."""
    return int(session["expires_at"]) if session["status"] == "open" else None


MOMENTS: dict[str, Callable[[Doc], int | None]] = {
    "subscription": of_subscription,
    "subscription_schedule": of_schedule,
    "invoice": of_invoice,
    "checkout.session": of_session,
}


def due_of(kind: str, doc: Doc) -> int | None:
    """The next moment of any object; most have none."""
    moment = MOMENTS.get(kind)
    return moment(doc) if moment else None
