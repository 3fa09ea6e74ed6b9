"""Schedules: another price, interval or quantity when the period ends."""

import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.running import (
    DAY,
    Sandbox,
    a_customer,
    a_subscription,
    last_event,
    price,
    types_since,
)

FEBRUARY, HALF = "2027-02-01T00:00:00Z", 14 * DAY


def a_schedule(sandbox: Sandbox, quantity: int = 3) -> tuple[Any, Any, Any]:
    """A team's subscription for February 2027, its schedule, and its customer."""
    sandbox.call("clock", to=FEBRUARY)
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox), quantity)
    made = sandbox.stripe.subscription_schedules.create({"from_subscription": bought.id})
    return bought, made, customer


def current(made: Any) -> dict[str, Any]:
    """The current phase as it is sent back."""
    phase = made.phases[0]
    items = [{"price": one.price, "quantity": one.quantity} for one in phase["items"]]
    return {"items": items, "start_date": phase.start_date, "end_date": phase.end_date}


def plan(sandbox: Sandbox, made: Any, of: str, quantity: int, **more: Any) -> Any:
    """The current phase as it is, then another."""
    following = {"items": [{"price": of, "quantity": quantity}]}
    phases = [current(made), following]
    return sandbox.stripe.subscription_schedules.update(made.id, {"phases": phases} | more)


def renewal_of(sandbox: Sandbox, bought: Any) -> Any:
    """The youngest invoice."""
    return sandbox.stripe.invoices.list({"subscription": bought.id}).data[0]


def test_a_schedule_begins_as_the_subscription_is(sandbox: Sandbox) -> None:
    bought, made, customer = a_schedule(sandbox)

    item = bought["items"].data[0]
    assert (made.status, made.subscription, made.end_behavior) == ("active", bought.id, "release")
    assert current(made) == {
        "items": [{"price": item.price.id, "quantity": 3}],
        "start_date": item.current_period_start,
        "end_date": item.current_period_end,
    }
    assert made.current_phase.end_date == item.current_period_end
    assert sandbox.stripe.subscriptions.retrieve(bought.id).schedule == made.id
    listed = sandbox.stripe.subscription_schedules.list({"customer": customer.id})
    assert [one.id for one in listed.data] == [made.id]
    assert sandbox.stripe.subscription_schedules.retrieve(made.id) == made


def test_month_becomes_year_when_the_period_ends(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)
    yearly = price(sandbox, 12000, "year")
    end = made.current_phase.end_date
    planned = plan(sandbox, made, yearly.id, 3)
    assert planned.phases[1].start_date == end
    assert planned.phases[1].end_date == end + 366 * DAY  # from March 2027 over February 2028
    preview = sandbox.stripe.invoices.create_preview({"subscription": bought.id})

    sandbox.advance(27 * DAY)
    before = last_event(sandbox)
    sandbox.to_next_renewal()

    invoice = renewal_of(sandbox, bought)
    assert preview.total == invoice.amount_paid == 36000
    assert [line.amount for line in invoice.lines.data] == [36000]
    now = sandbox.stripe.subscriptions.retrieve(bought.id)
    item = now["items"].data[0]
    assert (item.price.id, item.quantity, now.billing_cycle_anchor) == (yearly.id, 3, end)
    assert (item.current_period_start, item.current_period_end) == (end, end + 366 * DAY)
    assert types_since(sandbox, before)[:3] == [
        "subscription_schedule.updated",
        "invoice.created",
        "customer.subscription.updated",
    ]


def test_team_becomes_business_when_the_period_ends(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)
    business = price(sandbox, 2900, name="Business")
    plan(sandbox, made, business.id, 3)
    sandbox.advance(27 * DAY)
    held = sandbox.stripe.subscriptions.retrieve(bought.id)["items"].data[0]
    assert held.price.unit_amount == 1200

    sandbox.to_next_renewal()

    assert renewal_of(sandbox, bought).amount_paid == 8700
    now = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert [one.price.id for one in now["items"].data] == [business.id]
    assert now.billing_cycle_anchor == bought.billing_cycle_anchor


def test_fewer_seats_hold_from_the_next_period_and_then_the_schedule_lets_go(
    sandbox: Sandbox,
) -> None:
    bought, made, _ = a_schedule(sandbox)
    plan(sandbox, made, made.phases[0]["items"][0].price, 1)

    sandbox.to_next_renewal()
    assert renewal_of(sandbox, bought).amount_paid == 1200
    assert sandbox.stripe.subscriptions.retrieve(bought.id).schedule == made.id
    before = last_event(sandbox)
    sandbox.to_next_renewal()

    now = sandbox.stripe.subscriptions.retrieve(bought.id)
    over = sandbox.stripe.subscription_schedules.retrieve(made.id)
    assert (over.status, over.subscription, over.released_subscription) == (
        "released",
        None,
        bought.id,
    )
    assert over.released_at == made.current_phase.end_date + 31 * DAY
    assert (now.schedule, now["items"].data[0].quantity) == (None, 1)
    assert now["items"].data[0].id == bought["items"].data[0].id
    assert "subscription_schedule.released" in types_since(sandbox, before)
    assert renewal_of(sandbox, bought).amount_paid == 1200


def test_released_by_hand_the_subscription_stays_as_it_is(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)
    plan(sandbox, made, made.phases[0]["items"][0].price, 1)
    before = last_event(sandbox)

    sandbox.stripe.subscription_schedules.release(made.id)

    assert types_since(sandbox, before) == [
        "subscription_schedule.released",
        "customer.subscription.updated",
    ]
    sandbox.to_next_renewal()
    assert renewal_of(sandbox, bought).amount_paid == 3600


@pytest.mark.parametrize("kept", [True, False])
def test_the_end_that_a_schedule_announced_goes_with_it_unless_kept(
    sandbox: Sandbox, *, kept: bool
) -> None:
    bought, made, _ = a_schedule(sandbox)
    end = made.current_phase.end_date
    sandbox.stripe.subscription_schedules.update(made.id, {"end_behavior": "cancel"})
    assert sandbox.stripe.subscriptions.retrieve(bought.id).cancel_at == end

    sandbox.stripe.subscription_schedules.release(made.id, {"preserve_cancel_date": kept})

    now = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert now.cancel_at == (end if kept else None)


def test_a_schedule_that_ends_by_canceling_is_completed(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)
    sandbox.stripe.subscription_schedules.update(made.id, {"end_behavior": "cancel"})
    before = last_event(sandbox)

    sandbox.advance(29 * DAY)

    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "canceled"
    over = sandbox.stripe.subscription_schedules.retrieve(made.id)
    assert (over.status, over.completed_at) == ("completed", made.current_phase.end_date)
    assert types_since(sandbox, before) == [
        "customer.subscription.deleted",
        "subscription_schedule.completed",
    ]


def test_canceling_a_schedule_cancels_its_subscription(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)

    over = sandbox.stripe.subscription_schedules.cancel(made.id, {"prorate": False})

    assert (over.status, over.current_phase) == ("canceled", None)
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "canceled"


def test_a_phase_that_begins_within_a_period_is_prorated(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)
    first = current(made)
    middle = first["start_date"] + HALF
    later = {"items": [first["items"][0] | {"quantity": 5}], "duration": {"interval": "month"}}
    phases = [first | {"end_date": middle}, later]
    sandbox.stripe.subscription_schedules.update(made.id, {"phases": phases})

    sandbox.to_next_renewal()

    # −18.00 + 30.00 for the half of February, 5 × 12.00 for March.
    lines = [line.amount for line in renewal_of(sandbox, bought).lines.data]
    assert lines == [-1800, 3000, 6000]


def test_a_phase_brings_its_discounts_and_its_metadata(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)
    half = sandbox.stripe.coupons.create({"percent_off": 50, "duration": "forever"})
    later = {
        "items": current(made)["items"],
        "discounts": [{"coupon": half.id}],
        "metadata": {"told": "yes"},
    }
    phases = [current(made), later]
    sandbox.stripe.subscription_schedules.update(made.id, {"phases": phases})

    sandbox.to_next_renewal()

    assert renewal_of(sandbox, bought).amount_paid == 1800
    now = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert (now.metadata["told"], len(now.discounts)) == ("yes", 1)


def test_seats_added_at_once_are_the_current_phase_and_end_with_it(sandbox: Sandbox) -> None:
    bought, made, _ = a_schedule(sandbox)
    plan(sandbox, made, made.phases[0]["items"][0].price, 1)

    item = {"id": bought["items"].data[0].id, "quantity": 6}
    sandbox.stripe.subscriptions.update(bought.id, {"items": [item], "proration_behavior": "none"})

    now = sandbox.stripe.subscription_schedules.retrieve(made.id)
    assert [phase["items"][0].quantity for phase in now.phases] == [6, 1]
    sandbox.to_next_renewal()
    assert renewal_of(sandbox, bought).amount_paid == 1200


def test_the_dashboard_shows_the_schedule_of_a_subscription(sandbox: Sandbox) -> None:
    _, made, _ = a_schedule(sandbox)

    with urllib.request.urlopen(sandbox.url, timeout=10) as answer:  # noqa: S310 -- our own process
        assert made.id in answer.read().decode()


REFUSALS: dict[str, tuple[Callable[[Any, Any, Any], Any], str]] = {
    "an end at the period's end": (
        lambda v1, bought, _: v1.subscriptions.update(bought.id, {"cancel_at_period_end": True}),
        "updating any cancelation behavior directly is not allowed",
    ),
    "an end at a time": (
        lambda v1, bought, _: v1.subscriptions.update(bought.id, {"cancel_at": 2_000_000_000}),
        "updating any cancelation behavior directly is not allowed",
    ),
    "an end at once": (
        lambda v1, bought, _: v1.subscriptions.cancel(bought.id),
        "is managed by the subscription schedule",
    ),
    "a second schedule": (
        lambda v1, bought, _: v1.subscription_schedules.create({"from_subscription": bought.id}),
        "already attached to a schedule",
    ),
    "phases beside from_subscription": (
        lambda v1, bought, made: v1.subscription_schedules.create(
            {"from_subscription": bought.id, "phases": [{"items": current(made)["items"]}]}
        ),
        "You cannot set `phases` if `from_subscription` is set",
    ),
    "another start of the current phase": (
        lambda v1, _, made: v1.subscription_schedules.update(
            made.id,
            {"phases": [current(made) | {"start_date": made.current_phase.start_date + 1}]},
        ),
        "You can not modify the start date of the current phase",
    ),
    "phases without a start": (
        lambda v1, _, made: v1.subscription_schedules.update(
            made.id, {"phases": [{"items": current(made)["items"]}]}
        ),
        "missing at least one phase with a `start_date`",
    ),
    "a gap between phases": (
        lambda v1, _, made: v1.subscription_schedules.update(
            made.id,
            {
                "phases": [
                    current(made),
                    current(made) | {"start_date": made.current_phase.end_date + 1},
                ]
            },
        ),
        "must equal the `end_date` of the phase before it",
    ),
}


@pytest.mark.parametrize("asked", REFUSALS)
def test_what_a_schedule_forbids(sandbox: Sandbox, asked: str) -> None:
    bought, made, _ = a_schedule(sandbox)
    deed, words = REFUSALS[asked]
    before = last_event(sandbox)

    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        deed(sandbox.stripe, bought, made)

    assert refused.value.http_status == 400
    assert types_since(sandbox, before) == []


@pytest.mark.parametrize("verb", ["release", "cancel", "update"])
def test_a_released_schedule_is_over(sandbox: Sandbox, verb: str) -> None:
    _, made, _ = a_schedule(sandbox)
    sandbox.stripe.subscription_schedules.release(made.id)

    with pytest.raises(stripe.InvalidRequestError, match="currently in the `released` status"):
        getattr(sandbox.stripe.subscription_schedules, verb)(made.id)


def test_a_repeated_key_makes_no_second_schedule(sandbox: Sandbox) -> None:
    sandbox.call("clock", to=FEBRUARY)
    bought = a_subscription(sandbox, a_customer(sandbox), price(sandbox))
    asked, once = {"from_subscription": bought.id}, {"idempotency_key": "once"}

    first = sandbox.stripe.subscription_schedules.create(asked, once)

    assert sandbox.stripe.subscription_schedules.create(asked, once).id == first.id


def story(sandbox: Sandbox, steps: list[int]) -> tuple[Any, ...]:
    """What a move to a yearly price comes to, however the clock is moved."""
    bought, made, _ = a_schedule(sandbox)
    yearly = price(sandbox, 12000, "year")
    plan(sandbox, made, yearly.id, 2)
    before = last_event(sandbox)
    for days in steps:
        sandbox.advance(days * DAY)
    now = sandbox.stripe.subscriptions.retrieve(bought.id)
    paid = sandbox.stripe.invoices.list({"subscription": bought.id, "status": "paid"}).data
    sums = [one.amount_paid for one in paid]
    return types_since(sandbox, before), now.schedule, now["items"].data[0].quantity, sums


def test_many_small_steps_end_like_a_large_one(sandbox: Sandbox) -> None:
    large = story(sandbox, [400])
    sandbox.call("reset")

    assert story(sandbox, [10] * 40) == large
    assert large[1:] == (None, 2, [24000, 24000, 3600])


def test_a_schedule_outlives_the_process(tmp_path: Path) -> None:
    own = Sandbox(tmp_path)
    try:
        bought, made, _ = a_schedule(own)
        plan(own, made, made.phases[0]["items"][0].price, 1)
        own.kill()
        own.start()
        own.to_next_renewal()
        assert renewal_of(own, bought).amount_paid == 1200
    finally:
        own.kill()
        own.ear.close()
