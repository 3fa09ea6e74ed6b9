"""Changing what is paid for without a browser: the figures first, then the change."""

from typing import Any

import pytest

from tests.saas.api.calling import Program, a_program, is_problem
from tests.sandbox_control import FAILS_LATER, Sandbox
from tests.subscriptions.stage import Company, a_paying_company, sandbox

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def company(sandbox: Sandbox) -> Company:
    return a_paying_company("guild")


@pytest.fixture
def program(company: Company) -> Program:
    return a_program(company.owner)


def quote(program: Program, **choice: Any) -> Any:
    asked = {"plan": "team", "interval": "month", "seats": 5} | choice
    return program.post("/organizations/guild/subscription/quote", asked)


def confirm(program: Program, told: Any) -> Any:
    return program.post("/organizations/guild/subscription/change", {"quote": told.body["quote"]})


def test_what_was_quoted_is_charged_and_told(
    sandbox: Sandbox, company: Company, program: Program
) -> None:
    told = quote(program)

    done = confirm(program, told)

    assert told.body["due_now"] == {"amount": 2400, "currency": "usd"}
    assert told.body["per_period"] == {"amount": 6000, "currency": "usd"}
    assert (told.body["losing"], told.body["invitations_without_seat"]) == ([], 0)
    assert sum(line["amount"]["amount"] for line in told.body["lines"]) == 2400
    assert (done.status, done.body["state"], done.body["seats"]) == (200, "applied", 5)
    assert sandbox.ledger()["invoices"][-1]["total"] == 2400
    billing = program.get("/organizations/guild/billing").body
    assert (billing["subscription"]["seats"], billing["change"]) == (5, None)


def test_old_figures_are_refused_by_name(program: Program) -> None:
    told = quote(program)
    assert confirm(program, told).status == 200

    assert is_problem(confirm(program, told), 422, "nothing_changes")
    assert is_problem(quote(program, seats=5), 422, "nothing_changes")
    made_up = program.post("/organizations/guild/subscription/change", {"quote": "made:up"})
    assert is_problem(made_up, 409, "quote_stale")


def test_a_declined_card_answers_until_when_it_can_be_paid(
    sandbox: Sandbox, company: Company, program: Program
) -> None:
    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)

    done = confirm(program, quote(program))

    assert (done.body["state"], done.body["lapses_at"] is not None) == ("unpaid", True)
    assert program.get("/organizations/guild/billing").body["change"]["state"] == "unpaid"
    assert is_problem(quote(program, seats=6), 409, "change_under_way")


@pytest.mark.parametrize(
    "wrong",
    [{"seats": 0}, {"seats": "5"}, {"seats": 10**9}, {"interval": "week"}, {"price": "price_1"}],
)
def test_what_cannot_be_meant_is_refused(program: Program, wrong: dict[str, Any]) -> None:
    assert is_problem(quote(program, **wrong), 422)


def test_another_owner_cannot_confirm_what_was_quoted_here(
    sandbox: Sandbox, program: Program
) -> None:
    other = a_paying_company("zephyr")
    told = quote(program)

    answer = a_program(other.owner).post(
        "/organizations/zephyr/subscription/change", {"quote": told.body["quote"]}
    )

    assert is_problem(answer, 409, "quote_stale")
    assert other.subscription.quantity == 3
