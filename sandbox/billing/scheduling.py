"""What a schedule does to its subscription: phase after phase, then it lets go."""

import copy
from typing import TYPE_CHECKING

from sandbox.billing.cancelling import schedule_end
from sandbox.objects import coupons, schedules
from sandbox.objects.fields import merged_metadata
from sandbox.objects.subscriptions import item as new_item
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def coming(turn: "Turn", subscription: Doc, items: list[Doc], roll: int) -> tuple[list[Doc], int]:
    """Items and billing anchor of the period that begins at ``roll``.

    Without a schedule that turns to a new phase by then, they are those that were passed.
    """
    anchor = int(subscription["billing_cycle_anchor"])
    schedule = schedules.active_of(turn, subscription)
    if schedule is None or schedule["current_phase"]["end_date"] > roll:
        return items, anchor
    phase = schedules.following(schedule)
    if phase is None:
        return items, anchor
    after = items_in(turn, subscription, phase, roll)
    same = _cycle(after[0]) == _cycle(subscription["items"]["data"][0])
    restarts = not same or phase["billing_cycle_anchor"] == "phase_start"
    return after, roll if restarts else anchor


def _cycle(item: Doc) -> tuple[str, int]:
    recurring = item["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def items_in(turn: "Turn", subscription: Doc, phase: Doc, end: int) -> list[Doc]:
    """The items of a phase: one whose price stays keeps its id, another price is another item."""
    held = {one["price"]["id"]: one for one in subscription["items"]["data"]}
    after = []
    for asked in phase["items"]:
        price = turn.find("price", asked["price"])
        old = held.get(price["id"])
        kept = copy.deepcopy(old) if old else new_item(turn, subscription["id"], price, 1, end)
        kept["quantity"] = asked["quantity"]
        kept["metadata"] = merged_metadata(kept["metadata"], asked["metadata"])
        after.append(kept)
    return after


def cross(turn: "Turn", subscription: Doc, roll: int) -> None:
    """At the end of a period: turn to the phase that begins there, or let go after the last.

    The caller bills the new period, saves the subscription and tells of it.
    """
    schedule = schedules.active_of(turn, subscription)
    if schedule is None or schedule["current_phase"]["end_date"] > roll:
        return
    phase = schedules.following(schedule)
    if phase is None:
        release(turn, schedule, subscription)
        return
    items, anchor = coming(turn, subscription, subscription["items"]["data"], roll)
    subscription["items"]["data"] = items
    subscription["billing_cycle_anchor"] = anchor
    enter(turn, schedule, phase, subscription)


def enter(turn: "Turn", schedule: Doc, phase: Doc, subscription: Doc) -> None:
    """Make a phase the current one, with its discounts and metadata; its items are the caller's."""
    discount(turn, subscription, phase)
    label(subscription, phase)
    schedule["current_phase"] = schedules.span(phase)
    turn.save(schedule, "subscription_schedule.updated")


def discount(turn: "Turn", subscription: Doc, phase: Doc) -> None:
    """Give the subscription a phase's discounts, and no others; the caller saves it."""
    subscription["discounts"] = coupons.redeem(turn, subscription, phase["discounts"])


def label(subscription: Doc, phase: Doc) -> None:
    """Give the subscription a phase's metadata, beside what it has; the caller saves it."""
    subscription["metadata"] = merged_metadata(subscription["metadata"], phase["metadata"])


def follow(turn: "Turn", subscription: Doc) -> None:
    """After a direct change of items the current phase is what the subscription became."""
    schedule = schedules.active_of(turn, subscription)
    if schedule is None:
        return
    for phase in schedule["phases"]:
        if schedules.span(phase) == schedule["current_phase"]:
            phase["items"] = schedules.items_of(subscription)
    turn.save(schedule, "subscription_schedule.updated")


def announce_end(turn: "Turn", schedule: Doc, subscription: Doc) -> None:
    """Write the end that the schedule plans on its subscription; the caller saves that."""
    ends = schedule["end_behavior"] == "cancel"
    moment = schedule["phases"][-1]["end_date"] if ends else None
    if (subscription["cancel_at"], subscription["cancel_at_period_end"]) != (moment, False):
        schedule_end(turn, subscription, moment, by_period=False)


def release(
    turn: "Turn", schedule: Doc, subscription: Doc, *, preserve_cancel_date: bool = False
) -> None:
    """Let go of the subscription, which stays as it is; the caller saves it.

    An end that the schedule had announced goes with it, unless told to stay.
    """
    schedule |= {
        "current_phase": None,
        "released_at": turn.now,
        "released_subscription": subscription["id"],
        "status": "released",
        "subscription": None,
    }
    turn.save(schedule)
    turn.tell("subscription_schedule.released", schedule)
    subscription["schedule"] = None
    if schedule["end_behavior"] == "cancel" and not preserve_cancel_date:
        schedule_end(turn, subscription, None, by_period=False)
