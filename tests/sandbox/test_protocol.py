"""How requests are refused, repeated and paged."""

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
import stripe

from tests.sandbox.running import (
    KEY,
    Sandbox,
    a_customer,
    a_session,
    a_subscription,
    eventually,
    price,
)


def ask(
    sandbox: Sandbox, method: str, path: str, body: str = "", **headers: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """One bare request: status, body, headers."""
    told = {"Authorization": f"Bearer {KEY}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    asked = urllib.request.Request(  # noqa: S310 -- our own process
        sandbox.url + path, data=body.encode() or None, headers=told, method=method
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 -- our own process
            return answer.status, json.loads(answer.read()), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), dict(error.headers)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "Bearer sk_test_short",
        "Bearer pk_test_chapterhousesandbox00000",
        "Bearer sk_live_chapterhousesandbox00000",
        "Basic Og==",
    ],
)
def test_only_a_test_key_opens_the_door(sandbox: Sandbox, key: str) -> None:
    status, body, _ = ask(sandbox, "GET", "/v1/account", Authorization=key)

    assert (status, body["error"]["type"]) == (401, "invalid_request_error")


def test_the_key_may_come_as_bearer_or_as_basic(sandbox: Sandbox) -> None:
    basic = base64.b64encode(f"{KEY}:".encode()).decode()

    status, body, headers = ask(sandbox, "GET", "/v1/account", Authorization=f"Basic {basic}")

    assert (status, body["object"]) == (200, "account")
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == "2026-08-26.dahlia"


@pytest.mark.parametrize(
    ("path", "body", "param", "code"),
    [
        ("/v1/customers", "emial=a@b.example", "emial", "parameter_unknown"),
        (
            "/v1/checkout/sessions",
            "mode=subscription&line_items[0][qty]=3",
            "line_items[0][qty]",
            "parameter_unknown",
        ),
        ("/v1/checkout/sessions", "mode=nope", "mode", None),
        ("/v1/prices", "unit_amount=5", "currency", "parameter_missing"),
        ("/v1/prices", "currency=usd&unit_amount=x", "unit_amount", "parameter_invalid_integer"),
        ("/v1/subscriptions", "customer=cus_1&proration_behavior=zz", "proration_behavior", None),
        ("/v1/customers", "metadata=x", "metadata", None),
    ],
)
def test_what_stripe_does_not_know_is_refused(
    sandbox: Sandbox, path: str, body: str, param: str, code: str | None
) -> None:
    status, answer, _ = ask(sandbox, "POST", path, body)

    error = answer["error"]
    assert (status, error["param"], error.get("code")) == (400, param, code)


def test_only_one_version_is_spoken(sandbox: Sandbox) -> None:
    """Red without ``_check_version``: at Stripe another version has other shapes."""
    status, body, _ = ask(sandbox, "GET", "/v1/account", Stripe_Version="2024-06-20")

    assert status == 400
    assert "2026-08-26.dahlia" in body["error"]["message"]


def test_what_the_sandbox_does_not_play_is_refused(sandbox: Sandbox) -> None:
    """Red without ``only``: a parameter without effect would be taken for one."""
    bought = a_subscription(sandbox, a_customer(sandbox), price(sandbox))

    with pytest.raises(stripe.InvalidRequestError, match="does not play"):
        sandbox.stripe.subscriptions.update(bought.id, {"days_until_due": 3})


def test_an_unknown_parameter_of_a_list_is_refused(sandbox: Sandbox) -> None:
    status, body, _ = ask(sandbox, "GET", "/v1/subscriptions?updated=1")

    assert (status, body["error"]["code"]) == (400, "parameter_unknown")


def test_what_is_not_there_answers_as_dj_stripe_expects(sandbox: Sandbox) -> None:
    status, body, _ = ask(sandbox, "GET", "/v1/customers/cus_nobody")

    assert (status, body["error"]["code"]) == (404, "resource_missing")
    assert body["error"]["message"].startswith("No such customer: 'cus_nobody'")
    assert ask(sandbox, "GET", "/v1/quotes")[0] == 404


def test_a_key_replays_its_first_answer(sandbox: Sandbox) -> None:
    first, again = (
        ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="once") for _ in "ab"
    )

    assert first[1] == again[1]
    assert ("Idempotent-Replayed" in first[2], again[2]["Idempotent-Replayed"]) == (False, "true")
    assert len(sandbox.stripe.customers.list().data) == 1


def test_a_key_is_for_one_set_of_parameters(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="once")

    status, body, _ = ask(sandbox, "POST", "/v1/customers", "name=Beta", Idempotency_Key="once")

    assert (status, body["error"]["type"]) == (400, "idempotency_error")


def test_a_key_in_use_answers_409(sandbox: Sandbox) -> None:
    sandbox.call("faults", answers=[{"hang": 1.0, "path": "/v1/customers"}])
    slow = threading.Thread(
        target=ask,
        args=(sandbox, "POST", "/v1/customers", "name=Acme"),
        kwargs={"Idempotency_Key": "busy"},
    )
    slow.start()
    assert eventually(lambda: sandbox.get("faults")["answers"] == [])
    time.sleep(0.1)

    status, body, _ = ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="busy")

    assert (status, body["error"]["type"]) == (409, "idempotency_error")
    slow.join()
    status, _, headers = ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="busy")
    assert (status, headers["Idempotent-Replayed"]) == (200, "true")


def test_refused_parameters_leave_their_key_unused(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", "/v1/customers", "emial=x", Idempotency_Key="try")

    status, _, _ = ask(sandbox, "POST", "/v1/customers", "email=x", Idempotency_Key="try")

    assert status == 200


def test_a_server_error_is_replayed_and_never_executed(sandbox: Sandbox) -> None:
    sandbox.call("faults", answers=[{"status": 500}])

    first, again = (
        ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="k") for _ in "ab"
    )

    assert (first[0], again[0], again[2]["Idempotent-Replayed"]) == (500, 500, "true")
    assert sandbox.stripe.customers.list().data == []


def test_too_many_requests_are_not_remembered(sandbox: Sandbox) -> None:
    sandbox.call("faults", answers=[{"status": 429, "times": 2}])

    answers = [
        ask(sandbox, "POST", "/v1/customers", "name=A", Idempotency_Key="k")[0] for _ in "abc"
    ]

    assert answers == [429, 429, 200]


def test_an_executed_call_may_lose_its_answer_and_the_key_finds_it(sandbox: Sandbox) -> None:
    sandbox.call("faults", answers=[{"execute": True, "drop": True}])
    with pytest.raises((OSError, json.JSONDecodeError)):
        ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="lost")

    status, body, headers = ask(
        sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="lost"
    )

    assert (status, headers["Idempotent-Replayed"]) == (200, "true")
    assert [one.id for one in sandbox.stripe.customers.list()] == [body["id"]]


def test_a_refusal_while_executing_is_remembered(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    path = f"/v1/checkout/sessions/{session.id}/expire"
    ask(sandbox, "POST", path)

    first, again = (ask(sandbox, "POST", path, Idempotency_Key="end") for _ in "ab")

    assert first[1] == again[1]
    assert (first[0], again[2]["Idempotent-Replayed"]) == (400, "true")


def test_a_forgotten_key_executes_again(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="old")
    sandbox.call("idempotency/forget")

    ask(sandbox, "POST", "/v1/customers", "name=Acme", Idempotency_Key="old")

    assert len(sandbox.stripe.customers.list().data) == 2


def test_lists_are_paged_newest_first_without_gaps(sandbox: Sandbox) -> None:
    made = [a_customer(sandbox, f"C{count}").id for count in range(7)]

    page = sandbox.stripe.customers.list({"limit": 3})
    walked = [one.id for one in page.auto_paging_iter()]

    assert page.has_more
    assert walked == made[::-1]
    before = sandbox.stripe.customers.list({"limit": 2, "ending_before": made[2]})
    assert [one.id for one in before.data] == [made[4], made[3]]


def test_a_list_knows_its_limits(sandbox: Sandbox) -> None:
    for limit in (0, 101):
        assert ask(sandbox, "GET", f"/v1/customers?limit={limit}")[0] == 400
    assert ask(sandbox, "GET", "/v1/customers?starting_after=cus_nobody")[0] == 400


def test_canceled_subscriptions_are_listed_only_if_asked_for(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.stripe.subscriptions.cancel(bought.id)
    asked = {"customer": customer.id}

    assert sandbox.stripe.subscriptions.list(asked).data == []
    found = sandbox.stripe.subscriptions.list(
        asked | {"status": "all", "limit": 100, "expand": ["data.latest_invoice"]}
    ).data

    assert [one.id for one in found] == [bought.id]
    assert found[0].latest_invoice.status == "paid"


def test_ids_become_objects_only_where_asked(sandbox: Sandbox) -> None:
    bought = a_subscription(sandbox, a_customer(sandbox), price(sandbox))

    plain = sandbox.stripe.invoices.retrieve(bought.latest_invoice)
    rich = sandbox.stripe.invoices.retrieve(
        bought.latest_invoice, {"expand": ["payments", "customer.tax_ids"]}
    )

    assert isinstance(plain.customer, str)
    assert "payments" not in plain.to_dict()
    assert rich.customer.tax_ids.data == []
    assert rich.payments.data[0].status == "paid"
    assert ask(sandbox, "GET", f"/v1/invoices/{plain.id}?expand[]=nonsense")[0] == 400


def test_a_lookup_key_moves_to_the_price_that_is_sold_now(sandbox: Sandbox) -> None:
    product = sandbox.stripe.products.create({"name": "Team"})
    asked = {"product": product.id, "currency": "usd", "unit_amount": 1200, "lookup_key": "team"}
    old = sandbox.stripe.prices.create(asked)
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.prices.create(asked)

    new = sandbox.stripe.prices.create(asked | {"transfer_lookup_key": True})

    assert [one.id for one in sandbox.stripe.prices.list({"lookup_keys": ["team"]})] == [new.id]
    assert sandbox.stripe.prices.retrieve(old.id).lookup_key is None


def test_features_of_a_product_are_a_list(sandbox: Sandbox) -> None:
    product = sandbox.stripe.products.create({"name": "Team"})

    assert sandbox.stripe.products.features.list(product.id).to_dict()["object"] == "list"


def test_a_deleted_customer_still_answers_and_its_subscriptions_are_over(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))

    deleted = sandbox.stripe.customers.delete(customer.id)

    gone = {"id": customer.id, "object": "customer", "deleted": True}
    assert deleted.to_dict() == sandbox.stripe.customers.retrieve(customer.id).to_dict() == gone
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "canceled"
    assert sandbox.stripe.customers.list().data == []


def test_a_refund_is_never_more_than_the_charge(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    a_subscription(sandbox, customer, price(sandbox))
    charge = sandbox.stripe.charges.list({"customer": customer.id}).data[0]
    sandbox.stripe.refunds.create({"charge": charge.id, "amount": 3000})

    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.refunds.create({"charge": charge.id, "amount": 601})

    sandbox.stripe.refunds.create({"payment_intent": charge.payment_intent})
    assert sandbox.stripe.charges.retrieve(charge.id).refunded is True


def test_a_card_of_nobody_else_can_be_the_default(sandbox: Sandbox) -> None:
    mine, other = a_customer(sandbox), a_customer(sandbox, "Beta")
    card = sandbox.stripe.payment_methods.attach("pm_card_visa", {"customer": other.id})

    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.customers.update(
            mine.id, {"invoice_settings": {"default_payment_method": card.id}}
        )


def test_paying_with_a_card_that_fails_is_answered_402_and_remembered(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("portal/card", customer=customer.id, card="4000000000000341")
    sandbox.to_next_renewal()
    invoice = sandbox.stripe.subscriptions.retrieve(bought.id).latest_invoice

    with pytest.raises(stripe.CardError) as refused:
        sandbox.stripe.invoices.pay(invoice)

    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")
    assert sandbox.stripe.invoices.retrieve(invoice).attempt_count == 2
