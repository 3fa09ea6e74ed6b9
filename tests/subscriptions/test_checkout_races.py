"""Two who check out at once, on two connections, end at one session."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse

from accounts.models import User
from kernel.refusals import Refusal
from orgs.actions.members import change_role
from orgs.roles import Role
from subscriptions.actions.checkout import Choice
from subscriptions.checking_out import start_checkout
from subscriptions.gateway import checkout as gateway
from subscriptions.models import CheckoutAttempt
from subscriptions.refusals import CheckoutOver
from tests.builders import a_member, an_actor
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    click,
    sessions,
)
from tests.waiting import until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db


def both_at_once(*acts: Callable[[], object]) -> list[str]:
    start, outcomes = threading.Barrier(len(acts)), [""] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        connection.ensure_connection()
        start.wait(timeout=10)
        try:
            act()
            outcomes[index] = "ok"
        except Refusal as refusal:
            outcomes[index] = refusal.reason
        except Exception as error:  # told by the assertion that compares outcomes
            outcomes[index] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_owners_at_once_get_one_session(sandbox: Sandbox) -> None:
    """Red without ``Organization.objects.lock`` in ``begin_attempt`` or ``customer_intent``."""
    for _ in range(4):
        company = a_company()
        other = a_member(company.organization, Role.OWNER).user
        buyers = [Company(company.organization, user) for user in (company.owner, other)]
        attempts: list[CheckoutAttempt] = []

        outcomes = both_at_once(*(partial(_start, buyer, attempts) for buyer in buyers))

        assert "ok" in outcomes
        assert set(outcomes) <= {"ok", "stripe_unavailable"}, outcomes
        ledger = sandbox.ledger()
        mine = [one for one in ledger["sessions"] if one["customer"] == company.customer_id]
        assert len(mine) == 1
        assert len({attempt.url for attempt in attempts}) == 1
        assert company.organization.checkout_attempts.count() == 1
        assert company.organization.stripe_customers.count() == 1
    assert len(ledger["customers"]) == 4


def _start(buyer: Company, attempts: list[CheckoutAttempt]) -> None:
    attempts.append(a_checkout(buyer))


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_choose_differently_at_once_leave_one_open_session(
    sandbox: Sandbox,
) -> None:
    company = a_company()
    other = a_member(company.organization, Role.OWNER).user
    a_checkout(company)

    def choose(user: User, seats: int) -> None:
        start_checkout(
            organization=company.organization,
            choice=Choice("business", "year", seats),
            accepts_terms=True,
            actor=an_actor(user),
        )

    outcomes = both_at_once(lambda: choose(company.owner, 4), lambda: choose(other, 5))

    assert "ok" in outcomes, outcomes
    assert not [one for one in outcomes if "Error" in one or "(" in one], outcomes
    assert len(sessions(sandbox, "open")) == 1
    assert company.organization.checkout_attempts.open().count() == 1


def test_who_loses_against_another_choice_gets_no_page_of_the_winner(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One ends the open session to buy five seats; before they begin, the other began with four.

    Red without ``is_what_is_sold`` behind the second ``begin_attempt`` in ``start_checkout``.
    """
    company = a_company()
    loser = Company(company.organization, a_member(company.organization, Role.OWNER).user)
    a_checkout(company)
    ends = gateway.expire_session

    def ends_and_the_other_begins(session_id: str, *, key: str) -> None:
        ends(session_id, key=key)
        a_checkout(company, Choice("business", "year", 4))

    monkeypatch.setattr(gateway, "expire_session", ends_and_the_other_begins)
    with pytest.raises(CheckoutOver):
        a_checkout(loser, Choice("team", "month", 5))

    assert company.organization.checkout_attempts.open().get().seats == 4
    assert len(sessions(sandbox, "open")) == 1


def test_whose_session_another_choice_ends_gets_no_expired_page(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without asking whether the attempt is open at the end of ``start_checkout``."""
    company = a_company()
    winner = Company(company.organization, a_member(company.organization, Role.OWNER).user)
    creates, turns = gateway.create_session, iter([True])

    def makes_and_the_other_ends(parameters: dict[str, Any], *, key: str) -> Any:
        session = creates(parameters, key=key)
        if next(turns, False):
            a_checkout(winner, Choice("business", "year", 5))
        return session

    monkeypatch.setattr(gateway, "create_session", makes_and_the_other_ends)
    with pytest.raises(CheckoutOver):
        a_checkout(company)

    assert company.organization.checkout_attempts.open().get().seats == 5
    assert [one["status"] for one in sessions(sandbox)] == ["expired", "open"]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_while_stripe_is_slow_leads_to_one_page(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second call is told that its key is under way, and asks again until it is done.

    Red when ``_is_busy`` does not know 409.
    """
    company = a_company()
    creates, slow = gateway.create_session, threading.Event()

    def slowly(parameters: dict[str, Any], *, key: str) -> Any:
        if not slow.is_set():
            sandbox.faults({"path": "/v1/checkout/sessions", "hang": 2, "times": 1})
            slow.set()
        return creates(parameters, key=key)

    monkeypatch.setattr(gateway, "create_session", slowly)
    answers: list[HttpResponse] = []

    def second() -> None:
        assert slow.wait(timeout=10)
        _until(lambda: not sandbox.ask("faults")["answers"])
        answers.append(click(company))

    outcomes = both_at_once(lambda: answers.append(click(company)), second)

    assert outcomes == ["ok", "ok"]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer["Location"] for answer in answers}) == 1
    assert len(sessions(sandbox)) == company.organization.checkout_attempts.count() == 1


def _until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_who_is_demoted_while_they_wait_for_the_lock_buys_nothing(sandbox: Sandbox) -> None:
    """Red without the ``require`` behind ``Organization.objects.lock`` in ``begin_attempt``."""
    company = a_company()
    demoted = a_member(company.organization, Role.OWNER).user
    outcomes: list[str] = []
    buyer = Company(company.organization, demoted)
    waiting = threading.Thread(
        target=lambda: outcomes.extend(both_at_once(lambda: a_checkout(buyer)))
    )

    with transaction.atomic(), sandbox.unheard():
        change_role(
            organization=company.organization,
            user=demoted,
            role=Role.MEMBER,
            actor=an_actor(company.owner, fresh=True),
        )
        waiting.start()
        until_somebody_waits_for_a_lock()
    waiting.join(timeout=30)

    assert outcomes == ["role_too_low"]
    assert not company.organization.checkout_attempts.exists()
