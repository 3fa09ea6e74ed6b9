"""Events: their order, their second, their signatures, and how they travel."""

import json
import random
import time

import pytest
import stripe

from tests.sandbox.running import (
    DAY,
    SECRETS,
    Listener,
    Sandbox,
    a_customer,
    a_session,
    a_subscription,
    eventually,
    last_event,
    price,
    types_since,
)

BOUGHT = [
    "charge.succeeded",
    "payment_method.attached",
    "customer.updated",
    "invoice.created",
    "customer.subscription.created",
    "invoice.updated",
    "invoice.finalized",
    "invoice.paid",
    "invoice.updated",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "payment_intent.created",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


def test_a_purchase_is_told_in_order_and_within_one_second(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    before = last_event(sandbox)

    sandbox.call("pay", session=session.id)

    assert types_since(sandbox, before) == BOUGHT
    told = sandbox.stripe.events.list({"limit": 14}).data
    assert len({event.created for event in told}) == 1
    born = next(event for event in told if event.type == "customer.subscription.created")
    assert born.data.object.status == "active"


def test_every_delivery_bears_a_signature_of_every_secret(sandbox: Sandbox) -> None:
    a_customer(sandbox)
    assert eventually(lambda: len(sandbox.ear.heard) == 1)
    headers, body = sandbox.ear.heard[0]

    for secret in SECRETS:
        event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], secret)
        assert event.type == "customer.created"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], "whsec_another")


def test_signatures_follow_wall_time_and_events_business_time(sandbox: Sandbox) -> None:
    sandbox.advance(90 * DAY)
    a_customer(sandbox)
    assert eventually(lambda: len(sandbox.ear.heard) == 1)
    headers, body = sandbox.ear.heard[0]

    signed_at = int(headers["Stripe-Signature"].split(",")[0].removeprefix("t="))

    assert abs(signed_at - time.time()) < 30
    assert json.loads(body)["created"] > time.time() + 89 * DAY


def test_an_update_tells_what_was_before(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    sandbox.stripe.customers.update(customer.id, {"name": "Acme Ltd", "metadata": {"size": "9"}})

    event = sandbox.stripe.events.list({"type": "customer.updated"}).data[0]

    assert event.data.previous_attributes.to_dict() == {"metadata": {"size": None}, "name": "Acme"}
    assert event.data.object.name == "Acme Ltd"


def test_an_update_that_changes_nothing_is_not_told(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    before = last_event(sandbox)

    sandbox.stripe.customers.update(customer.id, {"name": "Acme"})

    assert types_since(sandbox, before) == []


def test_an_event_waits_until_its_delivery_is_taken(sandbox: Sandbox) -> None:
    sandbox.ear.answer = lambda _: (500, b"")
    a_customer(sandbox)
    assert eventually(lambda: len(sandbox.ear.heard) == 1)
    event = sandbox.stripe.events.list().data[0]
    assert event.pending_webhooks == 1
    assert [one.id for one in sandbox.stripe.events.list({"delivery_success": False})] == [event.id]

    sandbox.ear.answer = lambda _: (200, b"")

    assert eventually(lambda: len(sandbox.ear.heard) == 2)
    assert eventually(lambda: sandbox.stripe.events.retrieve(event.id).pending_webhooks == 0)
    assert sandbox.stripe.events.list({"delivery_success": False}).data == []
    assert sandbox.get("deliveries")["deliveries"][0]["attempts"] == 2


def test_held_deliveries_can_be_sent_by_hand_in_any_order(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    sandbox.call("deliveries/drain")
    sandbox.ear.heard.clear()
    sandbox.call("deliveries", mode="hold")
    sandbox.call("pay", session=session.id)
    held = sandbox.get("deliveries?state=held")["deliveries"]
    assert [one["type"] for one in held] == BOUGHT
    order = random.Random(7).sample(held, len(held))

    for delivery in order:
        event = stripe.Webhook.construct_event(
            delivery["body"].encode(), delivery["headers"]["Stripe-Signature"], SECRETS[0]
        )
        assert event.id == delivery["event_id"]
        assert sandbox.call(f"deliveries/{delivery['id']}/send")["ok"]

    assert [event["id"] for event in sandbox.ear.events()] == [one["event_id"] for one in order]
    assert sandbox.get("deliveries?state=held")["deliveries"] == []


def test_shuffled_deliveries_bring_the_same_events_in_another_order(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    sandbox.call("deliveries/drain")
    sandbox.ear.heard.clear()
    orders = set()

    sandbox.call("deliveries", mode="hold", shuffle=True)
    sandbox.call("pay", session=session.id)
    sandbox.call("deliveries", mode="send")
    sandbox.call("deliveries/drain")

    assert eventually(lambda: len(sandbox.ear.heard) == len(BOUGHT))
    orders.add(tuple(event["type"] for event in sandbox.ear.events()))
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(BOUGHT))}
    assert tuple(BOUGHT) not in orders


def test_duplicated_events_keep_their_id(sandbox: Sandbox) -> None:
    sandbox.call("deliveries", duplicate=2)

    a_customer(sandbox)

    assert eventually(lambda: len(sandbox.ear.heard) == 3)
    assert len({event["id"] for event in sandbox.ear.events()}) == 1


def test_dropped_events_are_never_delivered_and_still_listed(sandbox: Sandbox) -> None:
    sandbox.call("deliveries", drop=1)
    lost, found = a_customer(sandbox), a_customer(sandbox, "Beta")
    sandbox.call("deliveries", drop=["customer.updated"])
    sandbox.stripe.customers.update(found.id, {"name": "Beta Ltd"})

    sandbox.call("deliveries/drain")

    assert [event["data"]["object"]["id"] for event in sandbox.ear.events()] == [found.id]
    listed = sandbox.stripe.events.list({"types": ["customer.created"]}).data
    assert [event.data.object.id for event in listed] == [found.id, lost.id]


def test_several_endpoints_hear_what_they_asked_for(sandbox: Sandbox) -> None:
    second = Listener(lambda _: (200, b""))
    asked = {"url": second.url, "enabled_events": ["invoice.paid"]}
    made = sandbox.stripe.webhook_endpoints.create(asked)

    a_subscription(sandbox, a_customer(sandbox), price(sandbox))

    assert eventually(lambda: len(second.heard) == 1)
    headers, body = second.heard[0]
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], made.secret)
    assert event.type == "invoice.paid"
    assert "secret" not in sandbox.stripe.webhook_endpoints.retrieve(made.id).to_dict()
    sandbox.stripe.webhook_endpoints.delete(made.id)
    second.close()


def test_a_secret_can_be_replaced_while_the_old_one_still_signs(sandbox: Sandbox) -> None:
    second = Listener(lambda _: (200, b""))
    asked = {"url": second.url, "enabled_events": ["customer.created"]}
    made = sandbox.stripe.webhook_endpoints.create(asked)
    fresh = sandbox.call("endpoints/rotate", endpoint=made.id)["secret"]

    a_customer(sandbox)

    assert eventually(lambda: len(second.heard) == 1)
    headers, body = second.heard[0]
    for secret in (fresh, made.secret):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], secret)
    sandbox.stripe.webhook_endpoints.delete(made.id)
    second.close()


def test_events_are_kept_for_thirty_days_and_found_by_type_and_time(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    sandbox.advance(29 * DAY)
    sandbox.stripe.customers.update(customer.id, {"name": "Acme Ltd"})
    now = sandbox.stripe.events.list().data[0].created

    recent = sandbox.stripe.events.list({"created": {"gte": now - DAY}}).data
    created = sandbox.stripe.events.list({"types": ["customer.created"]}).data

    assert [event.type for event in recent] == ["customer.updated"]
    assert [event.type for event in created] == ["customer.created"]
    sandbox.advance(2 * DAY)
    assert sandbox.stripe.events.list({"types": ["customer.created"]}).data == []
