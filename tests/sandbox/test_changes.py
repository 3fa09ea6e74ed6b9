"""Changes of items: figures worked out by hand, the same in preview and deed."""

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

HALF, HOUR = 14 * DAY, 3600
FEBRUARY = "2027-02-01T00:00:00Z"


def halfway(sandbox: Sandbox, quantity: int = 4, amount: int = 1200) -> tuple[Any, Any, int]:
    """A subscription for February 2027, and the moment at which half of it is left."""
    sandbox.call("clock", to=FEBRUARY)
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox, amount), quantity)
    start = bought["items"].data[0].current_period_start
    assert bought["items"].data[0].current_period_end == start + 2 * HALF
    sandbox.advance(HALF)
    return customer, bought, start + HALF


def change(sandbox: Sandbox, bought: Any, at: int, **item: Any) -> dict[str, Any]:
    return {
        "items": [{"id": bought["items"].data[0].id} | item],
        "proration_behavior": "always_invoice",
        "proration_date": at,
    }


def test_more_seats_cost_their_share_of_the_period(sandbox: Sandbox) -> None:
    _, bought, at = halfway(sandbox)
    asked = change(sandbox, bought, at, quantity=6)
    planned = sandbox.stripe.invoices.create_preview(
        {"subscription": bought.id, "subscription_details": asked}
    )
    before = last_event(sandbox)

    changed = sandbox.stripe.subscriptions.update(bought.id, asked)

    invoice = sandbox.stripe.invoices.retrieve(changed.latest_invoice)
    lines = [line.amount for line in invoice.lines.data]
    # Half of 4 × 12.00 comes back, half of 6 × 12.00 is due.
    assert lines == [-2400, 3600]
    assert [line.amount for line in planned.lines.data] == lines
    assert planned.total == planned.amount_due == invoice.amount_paid == 1200
    assert changed["items"].data[0].quantity == 6
    assert types_since(sandbox, before) == [
        "invoiceitem.created",
        "invoiceitem.created",
        "invoice.created",
        "invoice.finalized",
        "charge.succeeded",
        "invoice.payment_succeeded",
        "invoice.paid",
        "invoice_payment.paid",
        "payment_intent.created",
        "payment_intent.succeeded",
        "customer.subscription.updated",
    ]


def test_a_preview_changes_nothing(sandbox: Sandbox) -> None:
    _, bought, at = halfway(sandbox)
    before = last_event(sandbox)

    sandbox.stripe.invoices.create_preview(
        {
            "subscription": bought.id,
            "subscription_details": change(sandbox, bought, at, quantity=9),
        }
    )

    assert types_since(sandbox, before) == []
    assert sandbox.stripe.subscriptions.retrieve(bought.id)["items"].data[0].quantity == 4


def test_prorations_may_wait_for_the_next_invoice(sandbox: Sandbox) -> None:
    customer, bought, at = halfway(sandbox)
    asked = change(sandbox, bought, at, quantity=5) | {"proration_behavior": "create_prorations"}
    planned = sandbox.stripe.invoices.create_preview(
        {"subscription": bought.id, "subscription_details": asked}
    )
    before = last_event(sandbox)

    sandbox.stripe.subscriptions.update(bought.id, asked)

    assert types_since(sandbox, before) == [
        "invoiceitem.created",
        "invoiceitem.created",
        "customer.subscription.updated",
    ]
    sandbox.to_next_renewal()
    invoice = sandbox.stripe.invoices.list({"customer": customer.id}).data[0]
    # −24.00 + 30.00 for the half of February, 5 × 12.00 for March.
    assert [line.amount for line in invoice.lines.data] == [-2400, 3000, 6000]
    assert invoice.total == planned.total == 6600


def test_fewer_seats_give_credit_and_never_cash(sandbox: Sandbox) -> None:
    customer, bought, at = halfway(sandbox)

    sandbox.stripe.subscriptions.update(bought.id, change(sandbox, bought, at, quantity=1))

    assert sandbox.stripe.customers.retrieve(customer.id).balance == -1800
    sandbox.to_next_renewal()
    renewal = sandbox.stripe.invoices.list({"customer": customer.id}).data[0]
    assert (renewal.total, renewal.amount_due, renewal.ending_balance) == (1200, 0, -600)
    assert len(sandbox.stripe.charges.list({"customer": customer.id}).data) == 1


def test_another_plan_takes_the_place_of_the_old(sandbox: Sandbox) -> None:
    _, bought, at = halfway(sandbox)
    business = price(sandbox, 2900, name="Business")

    changed = sandbox.stripe.subscriptions.update(
        bought.id, change(sandbox, bought, at, price=business.id)
    )

    invoice = sandbox.stripe.invoices.retrieve(changed.latest_invoice)
    assert [line.amount for line in invoice.lines.data] == [-2400, 5800]
    assert [item.price.id for item in changed["items"].data] == [business.id]


def test_another_interval_begins_a_new_period_at_once(sandbox: Sandbox) -> None:
    _, bought, at = halfway(sandbox)
    yearly = price(sandbox, 12000, "year")

    changed = sandbox.stripe.subscriptions.update(
        bought.id, change(sandbox, bought, at, price=yearly.id)
    )

    invoice = sandbox.stripe.invoices.retrieve(changed.latest_invoice)
    assert [line.amount for line in invoice.lines.data] == [-2400, 48000]
    item = changed["items"].data[0]
    assert item.current_period_start == changed.billing_cycle_anchor >= at
    assert item.current_period_end - item.current_period_start == 365 * DAY


def test_an_unpaid_change_waits_beside_the_subscription(sandbox: Sandbox) -> None:
    customer, bought, at = halfway(sandbox)
    sandbox.call("decline_next", customer=customer.id)
    asked = change(sandbox, bought, at, quantity=6) | {"payment_behavior": "pending_if_incomplete"}

    waiting = sandbox.stripe.subscriptions.update(bought.id, asked)

    assert (waiting.status, waiting["items"].data[0].quantity) == ("active", 4)
    assert waiting.pending_update.subscription_items[0].quantity == 6
    sandbox.stripe.invoices.pay(waiting.latest_invoice)
    applied = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert (applied.pending_update, applied["items"].data[0].quantity) == (None, 6)


def test_an_unpaid_change_lapses_after_twenty_three_hours(sandbox: Sandbox) -> None:
    customer, bought, at = halfway(sandbox)
    sandbox.call("decline_next", customer=customer.id)
    asked = change(sandbox, bought, at, quantity=6) | {"payment_behavior": "pending_if_incomplete"}
    waiting = sandbox.stripe.subscriptions.update(bought.id, asked)

    sandbox.advance(DAY)

    lapsed = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert (lapsed.pending_update, lapsed["items"].data[0].quantity) == (None, 4)
    assert sandbox.stripe.invoices.retrieve(waiting.latest_invoice).status == "void"
    assert lapsed.status == "active"


def test_an_unpaid_change_never_waits_beyond_its_period(sandbox: Sandbox) -> None:
    customer, bought, _ = halfway(sandbox)
    end = bought["items"].data[0].current_period_end
    sandbox.advance(HALF - 2 * HOUR)
    sandbox.call("decline_next", customer=customer.id)
    asked = change(sandbox, bought, end - 2 * HOUR, quantity=6)
    waiting = sandbox.stripe.subscriptions.update(
        bought.id, asked | {"payment_behavior": "pending_if_incomplete"}
    )
    assert waiting.pending_update.expires_at == end

    sandbox.advance(4 * HOUR)

    renewed = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert (renewed.pending_update, renewed["items"].data[0].quantity) == (None, 4)
    assert sandbox.stripe.invoices.retrieve(waiting.latest_invoice).status == "void"


def test_an_error_instead_of_an_unpaid_change_leaves_nothing(sandbox: Sandbox) -> None:
    customer, bought, at = halfway(sandbox)
    sandbox.call("decline_next", customer=customer.id)
    asked = change(sandbox, bought, at, quantity=6) | {"payment_behavior": "error_if_incomplete"}
    before = last_event(sandbox)

    with pytest.raises(stripe.CardError):
        sandbox.stripe.subscriptions.update(bought.id, asked)

    assert types_since(sandbox, before) == []
    assert sandbox.stripe.subscriptions.retrieve(bought.id)["items"].data[0].quantity == 4


def test_other_parameters_do_not_go_with_a_change_that_may_wait(sandbox: Sandbox) -> None:
    _, bought, at = halfway(sandbox)
    asked = change(sandbox, bought, at, quantity=6) | {"payment_behavior": "pending_if_incomplete"}

    with pytest.raises(stripe.InvalidRequestError, match="metadata"):
        sandbox.stripe.subscriptions.update(bought.id, asked | {"metadata": {"a": "b"}})


def test_an_immediate_end_gives_back_what_was_not_used_if_asked(sandbox: Sandbox) -> None:
    customer, bought, _ = halfway(sandbox)

    sandbox.stripe.subscriptions.cancel(bought.id, {"prorate": True, "invoice_now": True})

    balance = sandbox.stripe.customers.retrieve(customer.id).balance
    assert -2400 <= balance <= -2399  # a second or two of the half is gone
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "canceled"


def test_a_canceled_subscription_changes_no_more(sandbox: Sandbox) -> None:
    _, bought, at = halfway(sandbox)
    sandbox.stripe.subscriptions.cancel(bought.id)

    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.subscriptions.update(bought.id, change(sandbox, bought, at, quantity=9))


def test_an_incomplete_subscription_expires_and_its_invoice_is_void(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    card = sandbox.stripe.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer.id}
    )
    asked = {
        "customer": customer.id,
        "items": [{"price": price(sandbox).id}],
        "default_payment_method": card.id,
    }
    made = sandbox.stripe.subscriptions.create(asked)
    assert made.status == "incomplete"
    before = last_event(sandbox)

    sandbox.advance(DAY)

    assert sandbox.stripe.subscriptions.retrieve(made.id).status == "incomplete_expired"
    assert types_since(sandbox, before) == [
        "invoice.voided",
        "payment_intent.canceled",
        "customer.subscription.updated",
    ]


def test_two_hundred_changes_of_quantity_an_hour_are_enough(sandbox: Sandbox) -> None:
    _, bought, _ = halfway(sandbox)
    item = bought["items"].data[0].id

    for count in range(200):
        asked = {"items": [{"id": item, "quantity": 5 + count % 2}], "proration_behavior": "none"}
        sandbox.stripe.subscriptions.update(bought.id, asked)

    with pytest.raises(stripe.RateLimitError):
        sandbox.stripe.subscriptions.update(bought.id, {"items": [{"id": item, "quantity": 9}]})
    sandbox.advance(3601)
    assert sandbox.stripe.subscriptions.update(bought.id, {"items": [{"id": item, "quantity": 9}]})


def test_a_first_invoice_that_is_voided_ends_an_incomplete_subscription(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    asked = {
        "customer": customer.id,
        "items": [{"price": price(sandbox).id}],
        "payment_behavior": "default_incomplete",
    }
    made = sandbox.stripe.subscriptions.create(asked)

    sandbox.stripe.invoices.void_invoice(made.latest_invoice)

    assert sandbox.stripe.subscriptions.retrieve(made.id).status == "incomplete_expired"


def test_twenty_invoices_a_day_are_enough(sandbox: Sandbox) -> None:
    """Red without ``_count_invoices``."""
    _, bought, _ = halfway(sandbox)
    item = bought["items"].data[0].id

    def raise_to(quantity: int) -> Any:
        asked = {"items": [{"id": item, "quantity": quantity}]}
        always = {"proration_behavior": "always_invoice"}
        return sandbox.stripe.subscriptions.update(bought.id, asked | always)

    for count in range(20):
        raise_to(5 + count)
    with pytest.raises(stripe.RateLimitError):
        raise_to(99)
    sandbox.advance(DAY + 1)
    assert raise_to(99)


def test_a_proration_lies_within_the_running_period(sandbox: Sandbox) -> None:
    _, bought, at = halfway(sandbox)

    for moment in (at - 2 * HALF, at + 2 * HALF):
        with pytest.raises(stripe.InvalidRequestError):
            sandbox.stripe.subscriptions.update(
                bought.id, change(sandbox, bought, moment, quantity=6)
            )


def test_lines_of_a_year_may_be_billed_by_the_month(sandbox: Sandbox) -> None:
    """Red without ``_collect_waiting``: the seat would be charged a year after it was taken."""
    sandbox.call("clock", to=FEBRUARY)
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox, 12000, "year"), 4)
    asked = {
        "items": [{"id": bought["items"].data[0].id, "quantity": 5}],
        "proration_behavior": "create_prorations",
        "pending_invoice_item_interval": {"interval": "month", "interval_count": 1},
    }
    sandbox.advance(73 * DAY)

    changed = sandbox.stripe.subscriptions.update(bought.id, asked)
    assert changed.next_pending_invoice_item_invoice is not None
    sandbox.call("clock", to="2027-05-01T02:00:00Z")

    invoices = sandbox.stripe.invoices.list({"customer": customer.id}).data
    # Four fifths of the year are left on 15 April: −384.00 + 480.00.
    assert [line.amount for line in invoices[0].lines.data] == [-38400, 48000]
    assert [(one.status, one.amount_paid) for one in invoices] == [("paid", 9600), ("paid", 48000)]
    sandbox.call("clock", to="2028-02-01T02:00:00Z")
    invoices = sandbox.stripe.invoices.list({"customer": customer.id}).data
    assert [one.amount_paid for one in invoices] == [60000, 9600, 48000]
