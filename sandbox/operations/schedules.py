"""Schedules by request: put on a subscription, planned, let go, canceled."""

from typing import TYPE_CHECKING

from sandbox.billing import cancelling, phases, scheduling
from sandbox.billing.periods import step
from sandbox.moments import LIVE
from sandbox.objects import schedules
from sandbox.objects.fields import merged_metadata
from sandbox.operations.supported import only
from sandbox.protocol.refusals import invalid
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

CREATE = frozenset({"from_subscription", "metadata"})
BESIDE = frozenset({"customer", "end_behavior", "phases", "start_date", "default_settings"})
UPDATE = frozenset({"end_behavior", "metadata", "phases", "proration_behavior"})
PHASE = frozenset(
    {
        "billing_cycle_anchor",
        "currency",
        "discounts",
        "duration",
        "end_date",
        "items",
        "metadata",
        "proration_behavior",
        "start_date",
        "trial_end",
    }
)
ITEM = frozenset({"metadata", "price", "quantity"})
ENDS = ("cancel", "release")


def create(turn: "Turn", params: Doc) -> Doc:
    """A schedule for a subscription that runs; its one phase is the running period."""
    if "from_subscription" not in params:
        raise invalid("This sandbox makes schedules from subscriptions only.", "from_subscription")
    for name in sorted(BESIDE & set(params)):
        raise invalid(f"You cannot set `{name}` if `from_subscription` is set.", name)
    only(params, CREATE)
    subscription = turn.find("subscription", params["from_subscription"], "from_subscription")
    if subscription["schedule"] and schedules.active_of(turn, subscription):
        raise invalid(
            "You cannot migrate a subscription that is already attached to a schedule: "
            f"`{subscription['schedule']}`.",
            "from_subscription",
        )
    if subscription["status"] not in LIVE:
        raise invalid(
            f"You cannot migrate a subscription that is in the `{subscription['status']}` status.",
            "from_subscription",
        )
    fields = schedules.shape(turn, subscription, params)
    schedule = turn.create("subscription_schedule", fields, "subscription_schedule.created")
    subscription["schedule"] = schedule["id"]
    scheduling.announce_end(turn, schedule, subscription)
    turn.save(subscription, "customer.subscription.updated")
    return schedule


def _active(turn: "Turn", schedule_id: str, done: str, verb: str) -> Doc:
    """The schedule, if it still manages its subscription."""
    schedule = turn.find("subscription_schedule", schedule_id)
    if schedule["status"] != "active":
        raise invalid(
            f"You cannot {verb} a subscription schedule that is currently in the "
            f"`{schedule['status']}` status. It must be in `not_started`, `active` status to be "
            f"{done}."
        )
    return schedule


def update(turn: "Turn", params: Doc, schedule_id: str) -> Doc:
    """Plan the current phase and those after it; the current one's items hold at once."""
    only(params, UPDATE)
    schedule = _active(turn, schedule_id, "updated", "update")
    subscription = turn.find("subscription", schedule["subscription"])
    if "metadata" in params:
        schedule["metadata"] = merged_metadata(schedule["metadata"], params["metadata"])
    if "end_behavior" in params:
        if params["end_behavior"] not in ENDS:
            raise invalid("This sandbox ends schedules by cancel or release.", "end_behavior")
        schedule["end_behavior"] = params["end_behavior"]
    if "phases" in params:
        _plan(turn, schedule, subscription, params)
    scheduling.announce_end(turn, schedule, subscription)
    turn.save(schedule, "subscription_schedule.updated")
    turn.save(subscription, "customer.subscription.updated")
    return schedule


def _plan(turn: "Turn", schedule: Doc, subscription: Doc, params: Doc) -> None:
    current = schedule["current_phase"]
    past = [one for one in schedule["phases"] if one["end_date"] <= current["start_date"]]
    sent = params["phases"] or []
    over = {one["start_date"] for one in past}
    asked = [one for one in sent if one.get("start_date") not in over]
    if not asked or "start_date" not in asked[0]:
        raise invalid(
            "The subscription schedule update is missing at least one phase with a `start_date` "
            "to anchor end dates to.",
            "phases",
        )
    if asked[0]["start_date"] != current["start_date"]:
        raise invalid(
            "You can not modify the start date of the current phase.", "phases[0][start_date]"
        )
    planned: list[Doc] = []
    for place, one in enumerate(asked):
        start = planned[-1]["end_date"] if planned else current["start_date"]
        last = place == len(asked) - 1
        planned.append(_phase(turn, subscription, one, start, f"phases[{place}]", last=last))
    if planned[0]["end_date"] <= turn.now:
        raise invalid("The current phase must end in the future.", "phases[0][end_date]")
    first = planned[0]
    before = next(one for one in schedule["phases"] if schedules.span(one) == current)
    schedule["phases"] = [*past, *planned]
    schedule["current_phase"] = schedules.span(first)
    if first["discounts"] != before["discounts"]:
        scheduling.discount(turn, subscription, first)
    scheduling.label(subscription, first)
    how = params.get("proration_behavior", "create_prorations")
    phases.become(turn, subscription, first, how)


def _phase(
    turn: "Turn", subscription: Doc, asked: Doc, start: int, where: str, *, last: bool
) -> Doc:
    """One phase as asked for, from where the one before it ends."""
    only(asked, PHASE)
    if asked.get("start_date", start) != start:
        raise invalid(
            "The `start_date` of a phase must equal the `end_date` of the phase before it.",
            f"{where}[start_date]",
        )
    if asked.get("currency", subscription["currency"]) != subscription["currency"]:
        raise invalid("All phases must share the currency.", f"{where}[currency]")
    if asked.get("trial_end", subscription["trial_end"]) != subscription["trial_end"]:
        raise invalid("This sandbox moves no trial by a schedule.", f"{where}[trial_end]")
    items = [
        _item(turn, subscription, one, f"{where}[items][{place}]")
        for place, one in enumerate(asked["items"])
    ]
    cycles = {tuple(turn.find("price", one["price"])["recurring"].items()) for one in items}
    if len(cycles) != 1:
        raise invalid("All items must be billed at the same interval.", f"{where}[items]")
    end = _end(turn, asked, items, start, where, last=last)
    made = schedules.phase(items, start, end, subscription["currency"])
    none: Doc = {"coupon": None, "discount": None, "promotion_code": None}
    return made | {
        "billing_cycle_anchor": asked.get("billing_cycle_anchor"),
        "discounts": [none | one for one in asked.get("discounts") or []],
        "metadata": dict(asked.get("metadata") or {}),
        "proration_behavior": asked.get("proration_behavior", "create_prorations"),
        "trial_end": asked.get("trial_end"),
    }


def _item(turn: "Turn", subscription: Doc, asked: Doc, where: str) -> Doc:
    only(asked, ITEM)
    if not asked.get("price"):
        raise invalid("Name the price.", f"{where}[price]", "parameter_missing")
    price = turn.find("price", asked["price"], f"{where}[price]")
    if not price["active"] or not price["recurring"]:
        raise invalid("The price must be active and recurring.", f"{where}[price]")
    if price["currency"] != subscription["currency"]:
        raise invalid("All items must share the currency of the subscription.", f"{where}[price]")
    return schedules.item(price["id"], asked.get("quantity", 1), dict(asked.get("metadata") or {}))


def _end(turn: "Turn", asked: Doc, items: list[Doc], start: int, where: str, *, last: bool) -> int:
    """The end as told, or by its length; the last phase lasts one period if nothing is told."""
    if "end_date" in asked and "duration" in asked:
        raise invalid("You may only specify one of end_date and duration.", f"{where}[end_date]")
    if "end_date" in asked:
        end = int(asked["end_date"])
    elif "duration" in asked:
        end = step(start, {"interval_count": 1} | asked["duration"], 1)
    elif last:
        end = step(start, turn.find("price", items[0]["price"])["recurring"], 1)
    else:
        raise invalid(
            "All phases but the last need an `end_date` or a `duration`.", f"{where}[end_date]"
        )
    if end <= start:
        raise invalid("A phase must end after it starts.", f"{where}[end_date]")
    return end


def release(turn: "Turn", params: Doc, schedule_id: str) -> Doc:
    """Let go of the subscription, which goes on as it is."""
    schedule = _active(turn, schedule_id, "released", "release")
    subscription = turn.find("subscription", schedule["subscription"])
    keep = params.get("preserve_cancel_date", False)
    scheduling.release(turn, schedule, subscription, preserve_cancel_date=keep)
    turn.save(subscription, "customer.subscription.updated")
    return schedule


def cancel(turn: "Turn", params: Doc, schedule_id: str) -> Doc:
    """End the schedule and its subscription now."""
    schedule = _active(turn, schedule_id, "canceled", "cancel")
    subscription = turn.find("subscription", schedule["subscription"])
    cancelling.settle_up(
        turn,
        subscription,
        prorate=params.get("prorate", True),
        invoice_now=params.get("invoice_now", True),
    )
    cancelling.cancel(turn, subscription, reason="cancellation_requested")
    return schedule
