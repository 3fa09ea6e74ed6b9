"""Checkout: the money first, then the subscription."""

import pytest
import stripe

from tests.sandbox.running import (
    DAY,
    Sandbox,
    a_customer,
    a_session,
    a_subscription,
    last_event,
    price,
    types_since,
)


def test_a_paid_session_gives_an_active_subscription_with_its_paid_invoice(
    sandbox: Sandbox,
) -> None:
    customer, team = a_customer(sandbox), price(sandbox)
    session = a_session(
        sandbox, customer, team, subscription_data={"metadata": {"organization": "7"}}
    )
    assert (session.status, session.subscription, session.invoice) == ("open", None, None)

    paid = sandbox.call("pay", session=session.id)

    assert paid["redirect"] == f"http://app.example/return?session={session.id}"
    session = sandbox.stripe.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription.latest_invoice", "line_items"]}
    )
    subscription = session.subscription
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert (subscription.status, subscription.metadata["organization"]) == ("active", "7")
    assert subscription.latest_invoice.status == "paid"
    assert subscription.latest_invoice.amount_paid == session.amount_total == 3 * 1200
    item = subscription["items"].data[0]
    assert (item.quantity, item.price.id) == (3, team.id)
    assert session.line_items.data[0].quantity == 3


def test_a_decline_changes_only_the_page_and_the_payment_intent(sandbox: Sandbox) -> None:
    customer, team = a_customer(sandbox), price(sandbox)
    session = a_session(sandbox, customer, team)
    before = last_event(sandbox)

    for number, words in {
        "4000000000000002": "Your card was declined.",
        "4000000000009995": "Your card has insufficient funds.",
        "4000000000000341": "Your card was declined.",
    }.items():
        answer = sandbox.call("pay", session=session.id, card=number)
        assert (answer["ok"], answer["error"]) == (False, words)

    assert sandbox.stripe.checkout.sessions.retrieve(session.id).status == "open"
    assert sandbox.stripe.subscriptions.list({"customer": customer.id, "status": "all"}).data == []
    assert sandbox.stripe.invoices.list({"customer": customer.id}).data == []
    assert len(sandbox.stripe.payment_intents.list({"customer": customer.id}).data) == 1
    assert set(types_since(sandbox, before)) == {
        "charge.failed",
        "payment_intent.created",
        "payment_intent.payment_failed",
    }
    assert sandbox.call("pay", session=session.id)["ok"]


def test_a_card_that_asks_for_authentication_pays_once_confirmed(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    card = "4000002760003184"

    refused = sandbox.call("pay", session=session.id, card=card, authenticate=False)

    assert not refused["ok"]
    assert sandbox.call("pay", session=session.id, card=card, authenticate=True)["ok"]


def test_a_session_is_paid_once(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    session = a_session(sandbox, customer, price(sandbox))
    sandbox.call("pay", session=session.id)

    again = sandbox.call("pay", session=session.id)

    assert (again["ok"], again["error"]) == (False, "This page is no longer open.")
    assert len(sandbox.stripe.charges.list({"customer": customer.id}).data) == 1


def test_an_unused_session_expires_at_its_time(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))

    sandbox.advance(DAY - 60)
    assert sandbox.stripe.checkout.sessions.retrieve(session.id).status == "open"
    before = last_event(sandbox)
    sandbox.advance(120)

    assert sandbox.stripe.checkout.sessions.retrieve(session.id).status == "expired"
    assert types_since(sandbox, before) == ["checkout.session.expired"]
    assert not sandbox.call("pay", session=session.id)["ok"]


def test_only_an_open_session_can_be_expired(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    assert sandbox.stripe.checkout.sessions.expire(session.id).status == "expired"

    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.checkout.sessions.expire(session.id)


def test_sessions_are_found_by_customer_and_status(sandbox: Sandbox) -> None:
    mine, other, team = a_customer(sandbox), a_customer(sandbox, "Beta"), price(sandbox)
    open_one, closed = a_session(sandbox, mine, team), a_session(sandbox, mine, team)
    a_session(sandbox, other, team)
    sandbox.stripe.checkout.sessions.expire(closed.id)

    found = sandbox.stripe.checkout.sessions.list({"customer": mine.id, "status": "open"}).data

    assert [one.id for one in found] == [open_one.id]


def test_a_promotion_code_lowers_the_price_for_as_long_as_its_coupon_says(
    sandbox: Sandbox,
) -> None:
    coupon = sandbox.stripe.coupons.create({"percent_off": 25, "duration": "once"})
    promotion = {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "QUARTER"}
    sandbox.stripe.promotion_codes.create(promotion)
    customer = a_customer(sandbox)
    session = a_session(sandbox, customer, price(sandbox), 4, allow_promotion_codes=True)
    assert not sandbox.call("pay", session=session.id, promotion_code="WRONG")["ok"]

    assert sandbox.call("pay", session=session.id, promotion_code="quarter")["ok"]

    assert [charge.amount for charge in charges(sandbox, customer)] == [3600]
    sandbox.to_next_renewal()
    assert [charge.amount for charge in charges(sandbox, customer)] == [4800, 3600]


def charges(sandbox: Sandbox, customer: stripe.Customer) -> list[stripe.Charge]:
    return list(sandbox.stripe.charges.list({"customer": customer.id}).data)


def test_the_quantity_changes_on_the_page_only_where_it_may(sandbox: Sandbox) -> None:
    customer, team = a_customer(sandbox), price(sandbox)
    fixed = a_session(sandbox, customer, team)
    assert not sandbox.call("pay", session=fixed.id, quantity=5)["ok"]
    adjustable = {"enabled": True, "minimum": 3, "maximum": 6}
    line = {"price": team.id, "quantity": 3, "adjustable_quantity": adjustable}
    loose = a_session(sandbox, customer, team, line_items=[line])
    assert not sandbox.call("pay", session=loose.id, quantity=7)["ok"]

    assert sandbox.call("pay", session=loose.id, quantity=5)["ok"]

    bought = sandbox.stripe.subscriptions.list({"customer": customer.id}).data[0]
    assert bought["items"].data[0].quantity == 5


def test_address_name_and_tax_id_reach_the_customer_if_the_session_says_so(
    sandbox: Sandbox,
) -> None:
    customer, team = a_customer(sandbox), price(sandbox)
    session = a_session(
        sandbox,
        customer,
        team,
        customer_update={"address": "auto", "name": "auto"},
        tax_id_collection={"enabled": True},
        billing_address_collection="required",
    )

    sandbox.call("pay", session=session.id, name="Acme Ltd", country="DE", tax_id=["eu_vat", "DE1"])

    changed = sandbox.stripe.customers.retrieve(customer.id)
    assert (changed.name, changed.address.country) == ("Acme Ltd", "DE")
    assert [one.value for one in sandbox.stripe.customers.tax_ids.list(customer.id)] == ["DE1"]


def test_automatic_tax_needs_to_know_where_the_customer_is(sandbox: Sandbox) -> None:
    customer, team = a_customer(sandbox), price(sandbox)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        a_session(sandbox, customer, team, automatic_tax={"enabled": True})

    assert refused.value.code == "customer_tax_location_invalid"
    assert a_session(
        sandbox,
        customer,
        team,
        automatic_tax={"enabled": True},
        customer_update={"address": "auto"},
    )


def test_a_trial_charges_nothing_until_it_ends(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(
        sandbox, customer, price(sandbox), subscription_data={"trial_period_days": 14}
    )
    assert (bought.status, charges(sandbox, customer)) == ("trialing", [])
    before = last_event(sandbox)

    sandbox.advance(14 * DAY + 7200)

    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "active"
    assert [charge.amount for charge in charges(sandbox, customer)] == [3600]
    assert "customer.subscription.trial_will_end" in types_since(sandbox, before)


def test_credit_of_the_customer_is_used_before_the_card(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    sandbox.stripe.customers.update(customer.id, {"balance": -1000})

    bought = a_subscription(sandbox, customer, price(sandbox))

    invoice = sandbox.stripe.invoices.retrieve(bought.latest_invoice)
    assert (invoice.total, invoice.amount_due, invoice.amount_paid) == (3600, 2600, 2600)
    assert [charge.amount for charge in charges(sandbox, customer)] == [2600]
    assert sandbox.stripe.customers.retrieve(customer.id).balance == 0


def test_terms_are_agreed_to_where_the_session_asks(sandbox: Sandbox) -> None:
    customer, team = a_customer(sandbox), price(sandbox)
    session = a_session(
        sandbox, customer, team, consent_collection={"terms_of_service": "required"}
    )

    sandbox.call("pay", session=session.id)

    paid = sandbox.stripe.checkout.sessions.retrieve(session.id)
    assert paid.consent.terms_of_service == "accepted"


@pytest.mark.parametrize("code", ["insufficient_funds", "authentication_required"])
def test_a_decline_can_be_ordered_with_its_reason(sandbox: Sandbox, code: str) -> None:
    customer = a_customer(sandbox)
    session = a_session(sandbox, customer, price(sandbox))
    sandbox.call("decline_next", customer=customer.id, decline_code=code)

    assert not sandbox.call("pay", session=session.id)["ok"]

    intent = sandbox.stripe.payment_intents.list({"customer": customer.id}).data[0]
    assert intent.last_payment_error.decline_code == code
    assert sandbox.call("pay", session=session.id)["ok"]


def test_a_whole_discount_asks_for_no_money(sandbox: Sandbox) -> None:
    coupon = sandbox.stripe.coupons.create({"percent_off": 100, "duration": "forever"})
    customer = a_customer(sandbox)

    bought = a_subscription(sandbox, customer, price(sandbox), discounts=[{"coupon": coupon.id}])

    invoice = sandbox.stripe.invoices.retrieve(bought.latest_invoice)
    assert (bought.status, invoice.status, invoice.subtotal, invoice.total) == (
        "active",
        "paid",
        3600,
        0,
    )
    assert charges(sandbox, customer) == []
