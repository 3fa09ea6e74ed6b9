"""Other seats, another plan or interval on a running subscription: figures, call, effect."""

from datetime import timedelta

import pytest

from kernel import clock
from kernel.money import Money
from orgs.entitlements import Feature
from orgs.refusals import StandingWithholds
from subscriptions import intents
from subscriptions.actions.checkout import Choice
from subscriptions.changing import confirm_change
from subscriptions.models import Subscription, SubscriptionChange
from subscriptions.refusals import (
    ChangedElsewhere,
    ChangeUnderWay,
    EndsSoon,
    NothingChanges,
    NothingRuns,
    QuoteStale,
    SeatsOutOfRange,
)
from tests.builders import a_member, a_project, an_actor, signed_in
from tests.sandbox_control import CARD, FAILS_LATER, Sandbox
from tests.subscriptions.changes import UPDATES, asked, confirmed, seats_of
from tests.subscriptions.stage import (
    Company,
    a_company,
    a_failing_company,
    a_paying_company,
    look,
    unpaid,
)

pytestmark = pytest.mark.django_db
APPLIED, UNPAID = SubscriptionChange.State.APPLIED, SubscriptionChange.State.UNPAID


def to_the_middle(sandbox: Sandbox, company: Company) -> Subscription:
    """Let half of the period pass."""
    row = company.subscription
    assert row.period_start is not None
    assert row.period_end is not None
    half = (row.period_end - row.period_start) / 2
    sandbox.call("clock", to=(row.period_start + half).isoformat())
    return row


def dollars(amount: int) -> Money:
    return Money(amount, "usd")


def test_half_a_month_of_two_more_seats_costs_half_of_them_now(sandbox: Sandbox) -> None:
    company = a_paying_company()
    row = company.subscription
    assert row.period_start is not None
    assert row.period_end is not None
    sandbox.call(
        "clock", to=(row.period_start + (row.period_end - row.period_start) / 2).isoformat()
    )

    quote = asked(company, 5)

    assert quote.due == dollars(1200), "2 × $12.00 for half of the month"
    assert quote.per_period == dollars(6000)
    assert quote.next_total == dollars(6000)
    assert quote.next_at == row.period_end
    assert seats_of(company) == 3, "asking changes nothing"
    change = confirmed(company, quote)
    assert change.state == APPLIED
    assert seats_of(company) == 5
    invoices = sandbox.ledger()["invoices"]
    assert [each["total"] for each in invoices] == [3600, 1200]
    assert all(each["status"] == "paid" for each in invoices)


def test_fewer_seats_are_credited_with_the_next_invoice(sandbox: Sandbox) -> None:
    company = a_paying_company(choice=Choice("team", "month", 5))
    row = company.subscription
    assert row.period_start is not None
    assert row.period_end is not None
    sandbox.call(
        "clock", to=(row.period_start + (row.period_end - row.period_start) / 2).isoformat()
    )

    quote = asked(company, 2)

    assert quote.due == dollars(0)
    assert quote.credit == dollars(1800), "3 × $12.00 for half of the month"
    assert quote.next_total == dollars(600), "2 × $12.00, less the credit"
    assert confirmed(company, quote).state == APPLIED
    assert seats_of(company) == 2
    assert len(sandbox.ledger()["invoices"]) == 1
    sandbox.to_next_renewal()
    assert [each["total"] for each in sandbox.ledger()["invoices"]] == [6000, 600]


def test_a_larger_plan_opens_what_it_has_when_it_is_paid(sandbox: Sandbox) -> None:
    company = a_paying_company()

    quote = asked(company, 3, "business")

    assert not quote.losing
    assert confirmed(company, quote).state == APPLIED
    assert Feature.AUDIT_EXPORT in company.phase.features
    [_, second] = sandbox.ledger()["invoices"]
    assert second["total"] == quote.total.amount == quote.due.amount


def test_a_year_begins_a_new_cycle_and_counts_the_month_in(sandbox: Sandbox) -> None:
    company = a_paying_company()
    quote = asked(company, 3, interval="year")

    assert quote.per_period == dollars(36000)
    assert 32400 <= quote.due.amount <= 32401, "3 × $120.00, less the whole unused month"
    assert confirmed(company, quote).state == APPLIED
    row = company.subscription
    assert row.interval == "year"
    assert row.period_end is not None
    assert abs(row.period_end - quote.next_at) <= timedelta(seconds=5)


def test_what_a_smaller_plan_takes_away_is_named(sandbox: Sandbox) -> None:
    company = a_paying_company(choice=Choice("business", "month", 3))
    for number in range(12):
        a_project(company.organization, name=f"secret-{number:02}", is_private=True)

    quote = asked(company, 3, "team")

    assert "audit export" in quote.losing
    assert "10 private projects, not without limit" in quote.losing
    assert [project.name for project in quote.surplus] == ["secret-11", "secret-10"]


def test_a_declined_card_keeps_the_change_beside_until_it_is_paid(sandbox: Sandbox) -> None:
    company = a_paying_company()
    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)

    change = confirmed(company, asked(company, 5))

    assert change.state == UNPAID
    assert seats_of(company) == 3
    assert change.lapses_at is not None
    assert change.lapses_at > clock.now() + timedelta(hours=22)
    [invoice] = unpaid(sandbox)
    assert invoice["id"] == change.invoice_id
    with pytest.raises(ChangeUnderWay):
        asked(company, 6)
    sandbox.call("invoices/pay", invoice=invoice["id"], card=CARD)
    look(company)
    change.refresh_from_db()
    assert change.state == APPLIED
    assert seats_of(company) == 5


def test_a_change_that_nobody_pays_lapses_and_costs_nothing(sandbox: Sandbox) -> None:
    company = a_paying_company()
    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)
    change = confirmed(company, asked(company, 5))

    sandbox.advance(days=1)
    look(company)

    change.refresh_from_db()
    assert change.state == SubscriptionChange.State.LAPSED
    assert seats_of(company) == 3
    assert not unpaid(sandbox)
    assert asked(company, 5).due.amount > 0, "and one may choose anew"


def test_fewer_seats_than_people_are_refused_with_their_names(sandbox: Sandbox) -> None:
    company = a_paying_company()
    member = a_member(company.organization)

    with pytest.raises(SeatsOutOfRange) as refusal:
        asked(company, 1)

    assert str(member.user) in refusal.value.sentence
    assert str(company.owner) in refusal.value.sentence


def test_fewer_seats_hold_before_stripe_has_heard_of_them(sandbox: Sandbox) -> None:
    """Red without ``shrinking_to``: somebody takes a seat while it is given back."""
    company = a_paying_company()
    quote = asked(company, 2)
    sandbox.faults({"method": "POST", "path": UPDATES, "drop": True, "times": 100})

    assert confirmed(company, quote).state == SubscriptionChange.State.ASKED

    assert company.subscription.quantity == 3
    assert seats_of(company) == 2
    sandbox.faults()
    intents.sweep(age=-timedelta(days=1))
    look(company)
    assert company.subscription.quantity == 2
    assert seats_of(company) == 2


def test_double_clicks_and_two_tabs_are_charged_once(sandbox: Sandbox) -> None:
    company = a_paying_company()
    first, second = asked(company, 5), asked(company, 5)
    assert confirmed(company, first).state == APPLIED

    for again in (first, second):
        with pytest.raises((NothingChanges, QuoteStale)):
            confirmed(company, again)

    assert len(sandbox.ledger()["invoices"]) == 2


def test_figures_that_moved_are_refused_and_nothing_is_charged(sandbox: Sandbox) -> None:
    company = a_paying_company()
    old = asked(company, 5)
    assert confirmed(company, asked(company, 4)).state == APPLIED

    with pytest.raises(QuoteStale):
        confirmed(company, old)

    assert company.subscription.quantity == 4


def test_figures_of_another_period_are_refused(sandbox: Sandbox) -> None:
    company = a_paying_company()
    old = asked(company, 5)
    sandbox.to_next_renewal()
    look(company)

    with pytest.raises(QuoteStale):
        confirmed(company, old)


@pytest.mark.parametrize("token", ["", "made-up", "a:b:c"])
def test_a_quote_that_nobody_gave_is_refused(sandbox: Sandbox, token: str) -> None:
    company = a_paying_company()

    with pytest.raises(QuoteStale):
        confirm_change(
            organization=company.organization, quote=token, actor=an_actor(company.owner)
        )


def test_the_quote_of_another_organization_is_refused(sandbox: Sandbox) -> None:
    theirs, ours = a_paying_company(), a_paying_company()
    quote = asked(theirs, 5)

    with pytest.raises(QuoteStale):
        confirmed(ours, quote)

    assert seats_of(ours) == seats_of(theirs) == 3


def test_what_does_not_run_cannot_be_changed(sandbox: Sandbox) -> None:
    with pytest.raises(NothingRuns):
        asked(a_company(), 5)


def test_a_failing_subscription_shrinks_and_does_not_grow(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)

    with pytest.raises(StandingWithholds) as refusal:
        asked(company, 5)

    assert refusal.value.reason == "pay_invoice_first"
    assert asked(company, 2).due == dollars(0)


def test_seats_given_back_while_it_fails_are_nobodys(sandbox: Sandbox) -> None:
    """Red without ``quantity`` in what a failing subscription gives."""
    company = a_failing_company(sandbox)

    assert confirmed(company, asked(company, 2)).state == APPLIED

    assert company.subscription.status == "past_due"
    assert seats_of(company) == 2


def test_what_ends_soon_takes_seats_and_begins_no_year(sandbox: Sandbox) -> None:
    company = a_paying_company()
    key = company.subscription.subscription_id
    sandbox.call("portal/cancel", subscription=key)
    look(company)

    with pytest.raises(EndsSoon):
        asked(company, 3, interval="year")
    assert confirmed(company, asked(company, 4)).state == APPLIED

    assert company.subscription.ends_at is not None
    page = signed_in(company.owner).get(f"{company.url('change')}?seats=5").content.decode()
    assert "No invoice follows" in page


def test_a_subscription_changed_at_stripe_is_looked_at_first(sandbox: Sandbox) -> None:
    company = a_paying_company()
    row = company.subscription
    type(row).objects.filter(pk=row.pk).update(quantity=7)

    with pytest.raises(ChangedElsewhere):
        asked(company, 5)
