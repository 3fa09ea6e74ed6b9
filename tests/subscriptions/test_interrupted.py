"""A process may die at any point of a checkout, and Stripe may be away: nothing is made twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from orgs.models import Organization
from subscriptions import intents, ownership
from subscriptions.actions.checkout import Choice
from subscriptions.gateway import checkout as gateway
from subscriptions.gateway.billing import fetch_customer_metadata
from subscriptions.gateway.client import StripeAway, client
from subscriptions.looks import look_at_customer
from subscriptions.models import (
    CheckoutAttempt,
    Intent,
    StripeCustomer,
    SyncTarget,
    UnknownCustomer,
)
from subscriptions.sync import CUSTOMER, Driven, drive_now, mark_dirty, next_fence
from tests.builders import signed_in
from tests.sandbox_control import DAY, Sandbox, pay
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    a_paying_company,
    drive_everything,
)

pytestmark = pytest.mark.django_db
AT_ONCE = timedelta(0)


class Killed(BaseException):
    """What ends a process: nothing catches it."""


def die_before(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    def dying(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(owner, name, dying)


def die_after(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    does: Callable[..., Any] = getattr(owner, name)

    def dying(*args: Any, **kwargs: Any) -> None:
        does(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(owner, name, dying)


DEATHS = [
    pytest.param(die_before, gateway, "create_customer", id="before the customer is made"),
    pytest.param(die_after, gateway, "create_customer", id="after the customer is made"),
    pytest.param(die_before, intents, "keep_customer", id="before the customer is kept"),
    pytest.param(die_after, intents, "keep_customer", id="after the customer is kept"),
    pytest.param(die_before, gateway, "create_session", id="before the session is made"),
    pytest.param(die_after, gateway, "create_session", id="after the session is made"),
    pytest.param(die_before, intents, "_keep_session", id="before the session is kept"),
    pytest.param(die_after, intents, "_keep_session", id="after the session is kept"),
]


def one_of_each(sandbox: Sandbox, company: Company) -> None:
    """Stripe has one customer and one session, and both are known here."""
    ledger = sandbox.ledger()
    assert [one["id"] for one in ledger["customers"]] == [company.customer_id]
    attempt = company.organization.checkout_attempts.open().get()
    assert [one["id"] for one in ledger["sessions"]] == [attempt.session_id]
    assert attempt.url
    assert not Intent.objects.filter(state=Intent.State.PENDING).exists()


def interrupted(
    monkeypatch: pytest.MonkeyPatch,
    death: Callable[[pytest.MonkeyPatch, object, str], None],
    owner: object,
    name: str,
) -> Company:
    company = a_company()
    with monkeypatch.context() as patched:
        death(patched, owner, name)
        with pytest.raises(Killed):
            a_checkout(company)
    return company


@pytest.mark.crash("checkout, swept")
@pytest.mark.parametrize(("death", "owner", "name"), DEATHS)
def test_the_sweep_finishes_what_a_death_interrupted(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, death: Any, owner: object, name: str
) -> None:
    """Red when a key is made anew for each call, or the intent is written after the call."""
    company = interrupted(monkeypatch, death, owner, name)
    intents.sweep(age=AT_ONCE)
    drive_everything()
    a_checkout(company)
    one_of_each(sandbox, company)


@pytest.mark.crash("checkout, clicked again")
@pytest.mark.parametrize(("death", "owner", "name"), DEATHS)
def test_who_clicks_again_at_once_meets_the_same_session(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, death: Any, owner: object, name: str
) -> None:
    company = interrupted(monkeypatch, death, owner, name)
    a_checkout(company)
    intents.sweep(age=AT_ONCE)
    one_of_each(sandbox, company)


@pytest.mark.crash("checkout, a day later")
@pytest.mark.parametrize(("death", "owner", "name"), DEATHS)
def test_after_a_day_the_key_is_forgotten_and_what_was_made_is_looked_up(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, death: Any, owner: object, name: str
) -> None:
    """Red without ``must_look_up`` in ``_create_customer`` and ``_open_session``."""
    company = interrupted(monkeypatch, death, owner, name)
    sandbox.call("idempotency/forget")
    sandbox.advance(days=1)
    Intent.objects.update(created_at=clock.wall() - timedelta(seconds=DAY))
    intents.sweep(age=AT_ONCE)
    a_checkout(company)
    ledger = sandbox.ledger()
    assert len(ledger["customers"]) == 1
    assert len([one for one in ledger["sessions"] if one["status"] == "open"]) == 1
    assert len(ledger["sessions"]) <= 2
    assert not Intent.objects.filter(state=Intent.State.PENDING).exists()


def test_news_of_a_customer_may_come_before_its_maker_wrote_it_down(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without the question of pending intents in ``adopt_or_set_aside``."""
    company = interrupted(monkeypatch, die_after, gateway, "create_customer")
    (customer,) = sandbox.ledger()["customers"]

    look_at_customer(customer["id"], next_fence())

    assert company.customer_id == customer["id"]
    assert not Intent.objects.filter(state=Intent.State.PENDING).exists()
    a_checkout(company)
    one_of_each(sandbox, company)


def test_a_customer_that_its_maker_wrote_down_meanwhile_is_not_set_aside(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without the second look for the row in ``adopt_or_set_aside``: a company that pays would
    be told to staff as nobody's.
    """
    company = interrupted(monkeypatch, die_after, gateway, "create_customer")
    (customer,) = sandbox.ledger()["customers"]

    def its_maker_comes_first(customer_id: str) -> dict[str, str] | None:
        metadata = fetch_customer_metadata(customer_id)
        intents.sweep(age=AT_ONCE)
        return metadata

    monkeypatch.setattr(ownership, "fetch_customer_metadata", its_maker_comes_first)
    look_at_customer(customer["id"], next_fence())

    assert company.customer_id == customer["id"]
    assert not UnknownCustomer.objects.exists()


def test_a_session_paid_while_its_maker_was_dead_opens_the_gate_once(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = interrupted(monkeypatch, die_after, gateway, "create_session")
    (session,) = sandbox.ledger()["sessions"]
    assert pay(session["id"])["ok"]
    intents.sweep(age=AT_ONCE)
    drive_everything()
    assert company.phase.standing == "active"
    assert company.organization.checkout_attempts.get().state == "complete"
    assert len(sandbox.ledger()["sessions"]) == 1


@pytest.mark.crash("checkout of another choice")
@pytest.mark.parametrize(("death", "owner", "name"), [
    (die_before, gateway, "expire_session"),
    (die_after, gateway, "expire_session"),
])  # fmt: skip
def test_an_interrupted_change_of_choice_leaves_one_open_session(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, death: Any, owner: object, name: str
) -> None:
    company = a_company()
    a_checkout(company)
    other = Choice("business", "month", 4)
    with monkeypatch.context() as patched:
        death(patched, owner, name)
        with pytest.raises(Killed):
            a_checkout(company, other)
    intents.sweep(age=AT_ONCE)
    drive_everything()
    a_checkout(company, other)
    states = [one["status"] for one in sandbox.ledger()["sessions"]]
    assert states == ["expired", "open"]
    assert company.organization.checkout_attempts.open().get().plan_key == "business"


# --- Stripe is away, or its answer is lost ---


def click(company: Company) -> int:
    browser: Client = signed_in(company.owner)
    form = {"plan": "team", "interval": "month", "seats": "3", "terms": "on"}
    return browser.post(company.url("checkout"), form).status_code


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/v1/", {"status": 500}),
        ("/v1/", {"status": 429}),
        ("/v1/", {"drop": True}),
        ("/v1/customers", {"status": 500}),
        ("/v1/checkout", {"status": 500}),
        ("/v1/subscriptions", {"drop": True}),
    ],
)
def test_while_stripe_is_away_nobody_buys_and_a_retry_succeeds(
    sandbox: Sandbox, path: str, fault: dict[str, Any]
) -> None:
    company = a_company()
    before = company.phases, company.revision
    sandbox.faults({"path": path, "times": 1000} | fault)

    assert click(company) == 503

    assert (company.phases, company.revision) == before
    assert len(sandbox.ledger()["sessions"]) == 0
    assert len(sandbox.ledger()["customers"]) <= 1
    assert not SyncTarget.objects.filter(dead=True).exists()
    sandbox.faults()
    assert click(company) == 303
    intents.sweep(age=AT_ONCE)
    one_of_each(sandbox, company)


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}])
def test_a_customer_whose_answer_was_lost_is_made_once(
    sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    """Executed, and never answered; under its key Stripe repeats an error as well.

    Red without ``must_look_up`` in ``_create_customer``, or when the spoiled key is sent again.
    """
    company = a_company()
    sandbox.faults({"path": "/v1/customers", "execute": True, "times": 2} | fault)
    assert click(company) == 503
    assert len(sandbox.ledger()["customers"]) == 1
    sandbox.faults()

    assert click(company) == 303

    one_of_each(sandbox, company)


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}])
def test_a_session_whose_answer_was_lost_is_made_once(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    company = a_company()
    opens = gateway.create_session

    def losing(parameters: dict[str, Any], *, key: str) -> Any:
        sandbox.faults({"path": "/v1/checkout/sessions", "execute": True, "times": 2} | fault)
        return opens(parameters, key=key)

    with monkeypatch.context() as patched:
        patched.setattr(gateway, "create_session", losing)
        assert click(company) == 503
    assert len(sandbox.ledger()["sessions"]) == 1
    sandbox.faults()

    assert click(company) == 303

    one_of_each(sandbox, company)


def test_the_portal_is_away_when_stripe_is(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    sandbox.faults({"path": "/v1/billing_portal", "status": 500, "times": 1000})
    assert browser.post(company.url("portal")).status_code == 503
    sandbox.faults()
    assert browser.post(company.url("portal")).status_code == 302


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"drop": True}, {"hang": 1}])
def test_a_silent_stripe_changes_no_standing_and_counts_against_nobody(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    company = a_paying_company()
    before = company.phases, company.revision
    monkeypatch.setattr("subscriptions.gateway.client.READ_SECONDS", 0.3)
    client.cache_clear()
    sandbox.faults({"path": "/v1/", "times": 1000} | fault)

    mark_dirty(CUSTOMER, company.customer_id)
    assert drive_now(CUSTOMER, company.customer_id, look_at_customer) is Driven.FAILED

    target = SyncTarget.objects.get(kind="customer", object_id=company.customer_id)
    assert (target.attempts, target.dead, target.is_dirty) == (0, False, True)
    assert target.error
    assert (company.phases, company.revision) == before
    sandbox.faults()
    drive_everything()
    assert company.revision == before[1]


def test_a_key_that_stripe_does_not_accept_changes_no_standing(
    sandbox: Sandbox, settings: Any
) -> None:
    company = a_paying_company()
    before = company.phases, company.revision
    settings.STRIPE_SECRET_KEY = "not a key"
    client.cache_clear()

    mark_dirty(CUSTOMER, company.customer_id)
    assert drive_now(CUSTOMER, company.customer_id, look_at_customer) is Driven.FAILED

    target = SyncTarget.objects.get(kind="customer", object_id=company.customer_id)
    assert (target.attempts, target.dead) == (0, False)
    assert (company.phases, company.revision) == before


def test_an_intent_that_met_silence_waits_for_the_sweep(sandbox: Sandbox) -> None:
    company = a_company()
    sandbox.faults({"path": "/v1/customers", "status": 429, "times": 1000})
    with pytest.raises(StripeAway):
        a_checkout(company)
    intent = Intent.objects.get()
    assert (intent.state, intent.tries) == ("pending", 1)
    assert intent.error
    assert intents.sweep() == 0, "the one who began it may still be at work"
    assert intents.sweep(age=AT_ONCE) in (0, 1)
    sandbox.faults()
    Intent.objects.update(due=clock.wall() - timedelta(hours=1))
    assert intents.sweep() == 1
    assert StripeCustomer.objects.filter(organization=company.organization).count() == 1
    assert Organization.objects.get(pk=company.organization.pk).state == "open"
    assert CheckoutAttempt.objects.open().count() == 1
