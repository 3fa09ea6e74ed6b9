"""Business time: renewals, failures, recoveries and ends, however it is advanced."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.running import (
    DAY,
    Listener,
    Sandbox,
    a_customer,
    a_session,
    a_subscription,
    last_event,
    price,
    types_since,
)

RENEWED = [
    "invoice.upcoming",
    "invoice.created",
    "customer.subscription.updated",
    "invoice.finalized",
    "charge.succeeded",
    "invoice.payment_succeeded",
    "invoice.paid",
    "invoice_payment.paid",
    "payment_intent.created",
    "payment_intent.succeeded",
]
FAILED = [
    "invoice.upcoming",
    "invoice.created",
    "customer.subscription.updated",
    "invoice.finalized",
    "charge.failed",
    "invoice.payment_failed",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "customer.updated",
    "invoice.updated",
    "customer.subscription.updated",
]
FAILS_LATER = "4000000000000341"


def invoices(sandbox: Sandbox, customer: Any) -> list[tuple[str, int]]:
    found = sandbox.stripe.invoices.list({"customer": customer.id}).data
    return [(one.status, one.total) for one in reversed(found)]


def test_a_renewal_is_drafted_at_the_boundary_and_charged_an_hour_later(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    end = bought["items"].data[0].current_period_end
    before = last_event(sandbox)

    now = sandbox.stripe.events.list().data[0].created
    sandbox.advance(end - now + 60)
    draft = sandbox.stripe.invoices.list({"customer": customer.id, "status": "draft"}).data[0]
    assert (draft.billing_reason, draft.created) == ("subscription_cycle", end)
    assert draft.parent.subscription_details.subscription == bought.id
    sandbox.advance(3600)

    assert types_since(sandbox, before) == RENEWED
    paid = sandbox.stripe.invoices.retrieve(draft.id)
    assert (paid.status, paid.status_transitions.finalized_at) == ("paid", end + 3600)
    rolled = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert rolled["items"].data[0].current_period_start == end
    assert rolled.latest_invoice == draft.id


def test_a_failed_renewal_is_retried_and_left_past_due(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("portal/card", customer=customer.id, card=FAILS_LATER)
    before = last_event(sandbox)

    sandbox.to_next_renewal()

    assert types_since(sandbox, before) == FAILED
    invoice = sandbox.stripe.invoices.list({"customer": customer.id}).data[0]
    first = invoice.status_transitions.finalized_at
    tries = [invoice.next_payment_attempt]
    for _ in range(2):
        sandbox.call("clock", to=iso(tries[-1] + 1))
        tries.append(sandbox.stripe.invoices.retrieve(invoice.id).next_payment_attempt)
    assert [(one - first) // DAY for one in tries] == [3, 5, 7]
    sandbox.advance(3 * DAY)
    invoice = sandbox.stripe.invoices.retrieve(invoice.id)
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == (
        "open",
        4,
        None,
    )
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "past_due"
    assert sandbox.stripe.customers.retrieve(customer.id).delinquent is True


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def test_a_new_card_pays_nothing_by_itself_and_paying_recovers(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("portal/card", customer=customer.id, card=FAILS_LATER)
    sandbox.to_next_renewal()
    sandbox.call("portal/card", customer=customer.id, card="4242424242424242")
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "past_due"
    before = last_event(sandbox)

    invoice = sandbox.stripe.subscriptions.retrieve(bought.id).latest_invoice
    assert sandbox.stripe.invoices.pay(invoice).status == "paid"

    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "active"
    assert types_since(sandbox, before) == [
        "charge.succeeded",
        "invoice.payment_succeeded",
        "invoice.paid",
        "invoice_payment.paid",
        "payment_intent.succeeded",
        "customer.updated",
        "customer.subscription.updated",
    ]


def test_trying_by_hand_does_not_move_the_planned_days(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("portal/card", customer=customer.id, card=FAILS_LATER)
    sandbox.to_next_renewal()
    invoice = sandbox.stripe.invoices.list({"customer": customer.id}).data[0]
    planned = invoice.next_payment_attempt

    with pytest.raises(stripe.CardError):
        sandbox.stripe.invoices.pay(invoice.id)

    assert sandbox.stripe.invoices.retrieve(invoice.id).next_payment_attempt == planned


def test_a_card_that_asks_for_authentication_cannot_renew_alone(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("portal/card", customer=customer.id, card="4000002760003184")
    before = last_event(sandbox)

    sandbox.to_next_renewal()

    told = types_since(sandbox, before)
    assert {"invoice.payment_action_required", "payment_intent.requires_action"} <= set(told)
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "past_due"
    invoice = sandbox.stripe.subscriptions.retrieve(bought.id).latest_invoice
    assert sandbox.call("invoices/pay", invoice=invoice, card="4000002760003184")["ok"]
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "active"


@pytest.mark.parametrize(("final", "status"), [("cancel", "canceled"), ("unpaid", "unpaid")])
def test_what_follows_the_last_retry_is_configured(
    sandbox: Sandbox, final: str, status: str
) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("dunning", retry_days=[1, 2], final=final)
    sandbox.call("portal/card", customer=customer.id, card=FAILS_LATER)

    sandbox.to_next_renewal()
    sandbox.advance(3 * DAY)

    ended = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert ended.status == status
    if final == "cancel":
        assert ended.cancellation_details.reason == "payment_failed"
    else:
        sandbox.advance(40 * DAY)
        assert invoices(sandbox, customer)[-1] == ("draft", 3600)


def test_only_the_latest_invoice_decides_about_recovery(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("portal/card", customer=customer.id, card=FAILS_LATER)
    sandbox.to_next_renewal()
    older = sandbox.stripe.subscriptions.retrieve(bought.id).latest_invoice
    sandbox.to_next_renewal()
    newer = sandbox.stripe.subscriptions.retrieve(bought.id).latest_invoice

    sandbox.call("invoices/pay", invoice=older)
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "past_due"
    sandbox.call("invoices/pay", invoice=newer)

    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "active"


def test_the_portal_ends_a_plan_by_a_date_and_the_boolean_stays_false(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    end = bought["items"].data[0].current_period_end

    sandbox.call("portal/cancel", subscription=bought.id)

    told = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert (told.status, told.cancel_at, told.cancel_at_period_end) == ("active", end, False)
    before = last_event(sandbox)
    sandbox.advance(40 * DAY)
    ended = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert (ended.status, ended.ended_at) == ("canceled", end)
    assert types_since(sandbox, before) == ["customer.subscription.deleted"]
    assert invoices(sandbox, customer) == [("paid", 3600)]


def test_an_end_can_be_taken_back(sandbox: Sandbox) -> None:
    bought = a_subscription(sandbox, a_customer(sandbox), price(sandbox))
    sandbox.stripe.subscriptions.update(bought.id, {"cancel_at_period_end": True})

    kept = sandbox.stripe.subscriptions.update(bought.id, {"cancel_at_period_end": False})

    assert (kept.cancel_at, kept.cancel_at_period_end, kept.canceled_at) == (None, False, None)
    sandbox.to_next_renewal()
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "active"


def story(sandbox: Sandbox, steps: list[int]) -> list[Any]:
    """A year with a failure and an end in it, advanced in these steps, without its random ids."""
    sandbox.call("reset")
    customer, team = a_customer(sandbox), price(sandbox)
    started = sandbox.stripe.events.list().data[0].created
    good = a_subscription(sandbox, customer, team)
    other = a_customer(sandbox, "Beta")
    a_subscription(sandbox, other, price(sandbox, 12000, "year"))
    failing = a_customer(sandbox, "Gamma")
    a_subscription(sandbox, failing, team, subscription_data={"trial_period_days": 20})
    sandbox.call("portal/card", customer=failing.id, card=FAILS_LATER)
    a_session(sandbox, a_customer(sandbox, "Delta"), team)
    sandbox.stripe.subscriptions.update(good.id, {"cancel_at": started + 200 * DAY})
    for seconds in steps:
        sandbox.advance(seconds)
    told = []
    ledger = sandbox.get("ledger")
    for invoice in ledger["invoices"]:
        moves = invoice["status_transitions"]
        told.append(
            [
                invoice["status"],
                invoice["total"],
                invoice["attempt_count"],
                invoice["number"].split("-")[1] if invoice["number"] else None,
                *[near(moves[name], started) for name in sorted(moves)],
            ]
        )
    told += [
        [one["status"], near(one["ended_at"], started), near(one["canceled_at"], started)]
        for one in ledger["subscriptions"]
    ]
    told += [[one["status"]] for one in ledger["sessions"]]
    return told


def near(moment: int | None, started: int) -> int | None:
    """Minutes since the story began: making it takes some seconds, not always the same."""
    return None if moment is None else round((moment - started) / 600)


def test_many_small_steps_are_one_large(sandbox: Sandbox) -> None:
    large = story(sandbox, [300 * DAY])
    small = story(sandbox, [DAY * 3 + 7 * 3600] * 90 + [300 * DAY - 90 * (DAY * 3 + 7 * 3600)])

    assert small == large
    assert len(large) > 15


def test_the_offset_stands_in_a_file_before_anything_is_delivered(sandbox: Sandbox) -> None:
    file = Path(sandbox.folder) / "clock"
    assert file.read_text() == "0\n"
    seen: list[int] = []

    def answer(_: bytes) -> tuple[int, bytes]:
        seen.append(int(file.read_text()))
        return 200, b""

    a_subscription(sandbox, a_customer(sandbox), price(sandbox))
    sandbox.call("deliveries/drain")
    sandbox.ear.answer = answer
    moved = sandbox.advance(24 * DAY)

    assert int(file.read_text()) == moved["offset"] >= 24 * DAY - 1  # whole seconds of two clocks
    assert seen, "invoice.upcoming is delivered on the way"
    assert all(22 * DAY < offset <= 24 * DAY for offset in seen)
    assert sandbox.get("clock")["offset"] == moved["offset"]


def test_time_does_not_run_back(sandbox: Sandbox) -> None:
    sandbox.advance(DAY)

    assert sandbox.advance(-60)["status"] == 400


def test_a_follower_is_told_of_every_instant_and_names_its_own(tmp_path: Path) -> None:
    own: list[str] = []

    def answer(body: bytes) -> tuple[int, bytes]:
        now = json.loads(body)["now"]
        own.append(now)
        wants = "2035-01-01T00:00:00Z"
        return 200, json.dumps({"next_at": wants if now < wants else None}).encode()

    follower = Listener(answer)
    sandbox = Sandbox(tmp_path, follower=follower.url)
    try:
        moved = sandbox.call("clock", to="2036-01-01T00:00:00Z")
    finally:
        sandbox.stop()
        follower.close()

    assert moved["follower"] == "reached"
    assert moved["instants"] == ["2035-01-01T00:00:00Z", "2036-01-01T00:00:00Z"]
    assert own[1:] == moved["instants"]


def test_a_slow_stop_hides_no_instant_from_the_follower(tmp_path: Path) -> None:
    """Red if ``advance_to`` leaves out stops that are already past: it would leap to the end."""
    told: list[str] = []
    slow_from: list[str] = []

    def answer(body: bytes) -> tuple[int, bytes]:
        told.append(json.loads(body)["now"])
        if slow_from and told[-1] >= slow_from[0]:
            slow_from.clear()
            time.sleep(2.5)
        return 200, b'{"next_at": null}'

    follower = Listener(answer)
    sandbox = Sandbox(tmp_path, follower=follower.url)
    try:
        team = price(sandbox)
        first = a_subscription(sandbox, a_customer(sandbox), team)
        time.sleep(1.1)  # their boundaries lie a second apart
        a_subscription(sandbox, a_customer(sandbox, "Beta"), team)
        boundary = iso(first["items"].data[0].current_period_end)[:19]
        slow_from.append(boundary)
        moved = sandbox.advance(35 * DAY)
    finally:
        sandbox.stop()
        follower.close()

    assert told[1:] == moved["instants"]
    after = [moment for moment in told if moment >= boundary]
    assert len(after) >= 4, "two boundaries, the charges an hour later, the end of the journey"


def test_a_follower_that_is_away_holds_nothing_up(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, follower="http://127.0.0.1:1/")
    try:
        moved = sandbox.advance(DAY)
    finally:
        sandbox.stop()

    assert moved["follower"].startswith("unreachable")
    assert moved["offset"] >= DAY
