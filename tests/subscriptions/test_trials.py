"""Fourteen days to try: once, with the card known, told of before their end."""

from datetime import timedelta

import pytest
from django.core import mail

from audit import outbox
from kernel import clock
from kernel.money import Money
from orgs.entitlements import Limit, Standing
from orgs.roles import Role
from subscriptions.actions.checkout import Choice
from subscriptions.actions.trials import next_trial_warning, warn_of_trials
from subscriptions.changing import confirm_change
from subscriptions.quotes import quote_change
from subscriptions.refusals import TrialSpent
from tests.builders import a_member, an_actor, signed_in
from tests.saas.api.calling import a_program, is_problem
from tests.sandbox_control import FAILS_LATER, Sandbox, pay
from tests.subscriptions.scenarios.oracle import judge
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    a_paying_company,
    click,
    in_words,
    look,
    page,
)

pytestmark = pytest.mark.django_db
TRY = Choice("team", "month", 3, trial=True)


@pytest.fixture
def company(sandbox: Sandbox) -> Company:
    """A company on trial."""
    return a_paying_company(choice=TRY)


def charged(sandbox: Sandbox) -> list[int]:
    return [one["amount_paid"] for one in sandbox.ledger()["invoices"] if one["total"]]


def test_everything_is_open_at_once_and_charged_after_fourteen_days(
    sandbox: Sandbox, company: Company
) -> None:
    row = company.subscription
    assert row.trial_end is not None
    assert timedelta(days=13.9) < row.trial_end - clock.now() <= timedelta(days=14)
    assert (company.phase.standing, company.phase.limits[Limit.SEATS]) == (Standing.ACTIVE, 3)
    assert charged(sandbox) == []
    assert 'Trial until</div>\n            <div class="h1 mb-2"><time' in page(company)

    sandbox.advance(days=14.1)
    look(company)

    assert company.subscription.status == "active"
    assert charged(sandbox) == [3600]
    judge(sandbox)


def test_it_is_had_once(sandbox: Sandbox, company: Company) -> None:
    """Red without ``may_try`` in ``begin_attempt``."""
    key = company.subscription.subscription_id
    sandbox.call("portal/cancel", subscription=key)
    sandbox.advance(days=15)
    look(company)
    assert company.phase.standing == Standing.RESTRICTED
    assert charged(sandbox) == []

    with pytest.raises(TrialSpent):
        a_checkout(company, TRY)
    browser = signed_in(company.owner)
    assert "Try it for" not in browser.get(company.url("subscribe")).content.decode()
    assert click(company, trial="on").status_code == 303, "the box is not there any more"
    attempt = company.organization.checkout_attempts.open().get()
    assert not attempt.with_trial
    program = a_program(company.owner)
    asked = {"plan": "team", "interval": "month", "seats": 3, "accepts_terms": True, "trial": True}
    path = f"/organizations/{company.organization.name}/checkout"
    assert is_problem(program.post(path, asked), 409, "trial_spent")


def test_a_page_with_and_one_without_are_two_choices(sandbox: Sandbox) -> None:
    """Red without ``with_trial`` in ``is_what_is_sold``: the first page would be handed out."""
    company = a_company()
    first = a_checkout(company, TRY)

    second = a_checkout(company, Choice("team", "month", 3))

    assert second.session_id != first.session_id
    assert pay(second.session_id)["ok"]
    look(company)
    assert charged(sandbox) == [3600]
    assert company.subscription.trial_start is None


def test_whoever_pays_is_told_three_days_before_and_once(
    sandbox: Sandbox, company: Company
) -> None:
    payer = a_member(company.organization, Role.BILLING_MANAGER)
    end = company.subscription.trial_end
    assert end is not None
    assert next_trial_warning() == end - timedelta(days=3)
    mail.outbox.clear()

    told = []
    for days in (4, 3, 2, 1):
        with clock.held_at(end - timedelta(days=days)):
            told.append(warn_of_trials())
            outbox.sweep()

    assert told == [0, 1, 0, 0]
    assert sorted(to for letter in mail.outbox for to in letter.to) == sorted(
        [company.owner.email, payer.user.email]
    )
    assert all("$36.00 a month" in str(letter.body) for letter in mail.outbox)
    assert all(in_words(end) in str(letter.body) for letter in mail.outbox)


def test_what_was_canceled_is_not_told_of(sandbox: Sandbox, company: Company) -> None:
    end = company.subscription.trial_end
    assert end is not None
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    look(company)

    with clock.held_at(end - timedelta(days=2)):
        assert warn_of_trials() == 0


def test_a_change_costs_nothing_now_and_keeps_the_end(sandbox: Sandbox, company: Company) -> None:
    end = company.subscription.trial_end
    actor = an_actor(company.owner)
    quote = quote_change(
        organization=company.organization, choice=Choice("business", "year", 4), actor=actor
    )

    made = confirm_change(organization=company.organization, quote=quote.token, actor=actor)

    assert (quote.due, quote.next_total) == (Money(0, "usd"), Money(4 * 29000, "usd"))
    assert made.state == "applied"
    assert company.subscription.trial_end == end == quote.next_at
    assert company.phase.limits[Limit.SEATS] == 4
    sandbox.advance(days=14.1)
    look(company)
    assert charged(sandbox) == [4 * 29000]
    judge(sandbox)


def test_a_card_that_fails_at_its_end_opens_the_ladder(sandbox: Sandbox) -> None:
    company = a_paying_company(choice=TRY, card=FAILS_LATER)

    sandbox.advance(days=14.1)
    look(company)

    assert company.subscription.status == "past_due"
    assert company.phase.standing == Standing.GRACE
    assert charged(sandbox) == [0]
