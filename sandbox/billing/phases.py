"""Phases that begin while a period runs: a change of items like any other, prorated as told."""

from typing import TYPE_CHECKING

from sandbox.billing import changing, scheduling
from sandbox.objects import schedules
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def turn_page(turn: "Turn", schedule: Doc) -> None:
    """The current phase is over, and no period of the subscription ends with it."""
    subscription = turn.find("subscription", schedule["subscription"])
    phase = schedules.following(schedule)
    if phase is None:
        scheduling.release(turn, schedule, subscription)
    else:
        scheduling.enter(turn, schedule, phase, subscription)
        become(turn, subscription, phase, phase["proration_behavior"])
    turn.save(subscription, "customer.subscription.updated")


def become(turn: "Turn", subscription: Doc, phase: Doc, proration_behavior: str) -> None:
    """Change the items to those of a phase now; the caller saves the subscription."""
    if phase["items"] == schedules.items_of(subscription):
        return
    held = {one["price"]["id"]: one["id"] for one in subscription["items"]["data"]}
    wanted = {one["price"] for one in phase["items"]}
    asked = [{"id": held[price], "deleted": True} for price in held if price not in wanted]
    for one in phase["items"]:
        named = {"id": held[one["price"]]} if one["price"] in held else {"price": one["price"]}
        asked.append(named | {"quantity": one["quantity"], "metadata": one["metadata"]})
    how = {"proration_behavior": proration_behavior}
    if phase["billing_cycle_anchor"] == "phase_start":
        how["billing_cycle_anchor"] = "now"
    changing.change(turn, subscription, asked, how)
