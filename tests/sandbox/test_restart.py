"""What a sandbox remembers when its process ends, kindly or not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.running import (
    DAY,
    Sandbox,
    a_customer,
    a_session,
    a_subscription,
    eventually,
    price,
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    running = Sandbox(tmp_path)
    yield running
    running.kill()
    running.ear.close()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_objects_clock_and_sessions_outlive_the_process(own: Sandbox, end: str) -> None:
    customer, team = a_customer(own), price(own)
    bought = a_subscription(own, customer, team)
    session = a_session(own, customer, team)
    own.advance(3600)
    ledger, offset = own.get("ledger"), own.get("clock")["offset"]

    getattr(own, end)()
    own.start()

    after = own.get("ledger")
    assert own.get("clock")["offset"] == offset
    assert {name: after[name] for name in after if name != "now"} == {
        name: ledger[name] for name in ledger if name != "now"
    }
    assert own.call("pay", session=session.id)["ok"]
    own.advance(40 * DAY)
    assert own.stripe.invoices.list({"subscription": bought.id}).data[0].status == "paid"
    assert len(own.stripe.webhook_endpoints.list().data) == 1


def test_deliveries_that_wait_are_sent_by_the_next_process(own: Sandbox) -> None:
    own.ear.answer = lambda _: (503, b"")
    customer = a_customer(own)
    assert eventually(lambda: len(own.ear.heard) >= 1)
    own.kill()
    own.ear.answer = lambda _: (200, b"")
    own.ear.heard.clear()

    own.start()

    assert eventually(lambda: len(own.ear.heard) == 1, seconds=10)
    assert own.ear.events()[0]["data"]["object"]["id"] == customer.id


def test_it_ends_cleanly_when_told(own: Sandbox) -> None:
    a_customer(own)

    assert own.stop() == 0


def test_a_reset_forgets_all_but_the_endpoints_and_keeps_the_catalog_if_told(own: Sandbox) -> None:
    team = price(own)
    a_subscription(own, a_customer(own), team)
    own.advance(DAY)

    own.call("reset", keep_catalog=True)

    assert own.get("clock")["offset"] == 0
    assert own.stripe.prices.retrieve(team.id).active
    assert own.stripe.customers.list().data == own.stripe.events.list().data == []
    own.call("reset")
    assert own.stripe.prices.list().data == []
    assert len(own.stripe.webhook_endpoints.list().data) == 1
