"""From a payment that fails to its end, in dates; and ends that were asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Refusal
from orgs.actions.invitations import invite_member
from orgs.entitlements import Entitlements, Limit
from orgs.policy import decide
from orgs.roles import Role
from subscriptions.actions.settling import settle_due
from subscriptions.catalog import GRACE
from subscriptions.gateway.client import client
from subscriptions.models import CheckoutAttempt, Subscription
from subscriptions.refusals import AlreadySubscribed
from tests.builders import (
    a_member,
    an_actor,
    signed_in,
)
from tests.sandbox_control import CARD, FAILS_LATER, Sandbox, pay
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    a_failing_company,
    a_paying_company,
    deliver,
    drive_everything,
    finalized,
    in_words,
    look,
    may,
    page,
    unpaid,
)

pytestmark = pytest.mark.django_db


def open_invoice(sandbox: Sandbox) -> dict[str, Any]:
    (invoice,) = unpaid(sandbox)
    return invoice


# --- Failing, and what follows ---


def test_a_failed_renewal_opens_grace_with_its_date(sandbox: Sandbox) -> None:
    """Grace counts from when the oldest unpaid invoice was finalized. [M7]"""
    company = a_failing_company(sandbox)
    ends = finalized(open_invoice(sandbox)) + GRACE

    now, after, late = company.phases
    assert (now.standing, after.standing, after.since) == ("grace", "restricted", ends)
    assert (after.may_publish, late.may_publish) == (True, False)
    assert late.since == ends + timedelta(days=30)
    assert may(company) == "ok"
    assert in_words(ends) in page(company)
    assert AuditEvent.objects.get(name="subscription.payment_failed").facts["grace_ends"] == (
        ends.isoformat()
    )


def test_the_anchor_stays_while_retries_fail_and_another_invoice_joins(sandbox: Sandbox) -> None:
    """Red when the newest invoice, or the moment of the look, is the anchor."""
    company = a_failing_company(sandbox)
    since = company.subscription.failing_since
    for days in (3, 2, 2, 25):
        sandbox.advance(days=days)
        look(company)
        assert company.subscription.failing_since == since
    assert len([one for one in sandbox.ledger()["invoices"] if one["status"] == "open"]) == 2
    assert AuditEvent.objects.filter(name="subscription.payment_failed").count() == 1


def test_fourteen_days_later_growth_closes_with_nobody_at_work(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    sandbox.advance(days=13, seconds=80_000)
    assert (may(company), company.phase.standing) == ("ok", "grace")
    sandbox.advance(days=1)
    assert (may(company), company.phase.standing) == ("pay_invoice_first", "restricted")
    assert company.phase.may_publish
    assert may(company, "billing:manage") == may(company, "members:leave") in ("ok", "last_owner")
    assert page(company)
    assert settle_due() == 1
    assert (may(company), company.phase.standing) == ("pay_invoice_first", "restricted")


def test_one_that_cannot_be_settled_holds_up_no_other(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Red without the ``except`` in ``settle_due``."""
    broken, sound = a_company(), a_company()
    rows = Entitlements.objects.filter(organization=broken.organization)
    rows.update(phases=[{"written": "by nobody"}], next_at=clock.now())
    sandbox.advance(days=31)

    assert settle_due() == 2

    (due,) = Entitlements.objects.filter(next_at__lte=clock.now())
    assert due.organization == broken.organization, "it stays due"
    assert [phase.may_publish for phase in sound.phases] == [False]
    (alarm,) = [line for line in caplog.records if "not settled" in line.getMessage()]
    assert (alarm.levelname, str(broken.organization.pk) in alarm.getMessage()) == ("ERROR", True)


@pytest.mark.parametrize("days", [1, 20])
def test_paying_opens_everything_at_once(sandbox: Sandbox, days: int) -> None:
    """In grace, and after it. Red when ``_anchor`` keeps the anchor of one that is active."""
    company = a_failing_company(sandbox)
    sandbox.advance(days=days)
    settle_due()
    known = len(sandbox.letters())
    sandbox.call("portal/card", customer=company.customer_id, card=CARD)
    assert company.phase.standing == ("grace" if days == 1 else "restricted")
    assert sandbox.call("invoices/pay", invoice=open_invoice(sandbox)["id"])["ok"]

    deliver(sandbox.letters(after=known))
    drive_everything()

    assert may(company) == "ok"
    (phase,) = company.phases
    assert (phase.standing, phase.may_raise_bill) == ("active", True)
    assert company.subscription.failing_since is None


@pytest.mark.parametrize("january_is", ["open", "written off", "paid late"])
def test_each_trouble_has_a_grace_of_its_own(sandbox: Sandbox, january_is: str) -> None:
    """Whatever becomes of January's invoice, February's is paid, and March's fails.

    Red without the ``break`` at a paid invoice in ``_failing_since``.
    """
    company = a_failing_company(sandbox)
    (january,) = unpaid(sandbox)
    sandbox.to_next_renewal()
    february = unpaid(sandbox)[-1]
    if january_is == "written off":
        client().v1.invoices.mark_uncollectible(january["id"])
    sandbox.call("portal/card", customer=company.customer_id, card=CARD)
    assert sandbox.call("invoices/pay", invoice=february["id"])["ok"]
    if january_is == "paid late":
        assert sandbox.call("invoices/pay", invoice=january["id"])["ok"]
    look(company)
    assert (company.subscription.status, company.phase.standing) == ("active", "active")
    assert company.subscription.failing_since is None

    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)
    sandbox.to_next_renewal()
    look(company)

    march = unpaid(sandbox)[-1]
    assert march["id"] not in (january["id"], february["id"])
    assert company.subscription.failing_since == finalized(march)
    now, after, _ = company.phases
    assert (now.standing, after.standing) == ("grace", "restricted")
    assert after.since == finalized(march) + GRACE
    assert after.since - clock.now() > GRACE - timedelta(hours=2)


@pytest.mark.parametrize("written_off", [False, True])
def test_of_two_unpaid_renewals_the_older_counts(sandbox: Sandbox, written_off: bool) -> None:
    """However often somebody looks, while the trouble lasts its anchor stays.

    Red when ``_failing_since`` ends at the newest invoice, or passes over one written off.
    """
    company = a_failing_company(sandbox)
    (older,) = unpaid(sandbox)
    sandbox.to_next_renewal()
    if written_off:
        client().v1.invoices.mark_uncollectible(older["id"])
    for _ in range(3):
        look(company)
        assert company.subscription.status == "past_due"
        assert company.subscription.failing_since == finalized(older)
        sandbox.advance(days=1)
    assert company.phase.standing == "restricted"


def test_after_grace_the_open_invoice_is_what_is_asked_for(sandbox: Sandbox) -> None:
    """Nothing is sold meanwhile, so nobody is sent to choose a plan.

    Red without ``is_owed`` in ``_phase_at``, or without ``may_raise_bill`` in
    ``_standing_withholds``.
    """
    company = a_failing_company(sandbox)
    sandbox.advance(days=15)

    refused = decide(an_actor(company.owner), "teams:grow", company.organization)

    assert (refused.allowed, refused.reason) == (False, "pay_invoice_first")
    assert refused.remedy is not None
    assert refused.remedy.action == "Pay the open invoice"
    assert refused.remedy.url == company.url("billing")
    with pytest.raises(AlreadySubscribed):
        a_checkout(company)


def test_once_canceled_a_plan_can_be_chosen_again(sandbox: Sandbox) -> None:
    """Red when ``is_owed`` is set for a subscription that has ended."""
    company = a_failing_company(sandbox)
    sandbox.advance(days=15)
    client().v1.subscriptions.cancel(company.subscription.subscription_id)
    look(company)

    refused = decide(an_actor(company.owner), "teams:grow", company.organization)

    assert company.subscription.status == "canceled"
    assert refused.reason == "standing_restricted"
    assert refused.remedy is not None
    assert refused.remedy.action == "Choose a plan and subscribe"
    attempt = a_checkout(company)
    assert (attempt.state, bool(attempt.url)) == (CheckoutAttempt.State.OPEN, True)
    assert pay(attempt.session_id)["ok"]
    look(company)
    assert may(company) == "ok"


def test_in_grace_the_bill_cannot_rise(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    for _ in range(2):
        a_member(company.organization)
    with pytest.raises(Refusal) as refused:
        invite(company, "more@example.org")
    assert refused.value.reason == "pay_invoice_first"


def test_one_that_stripe_gave_up_keeps_its_grace(sandbox: Sandbox) -> None:
    """Canceled because payment failed, before our date: grace until that date."""
    sandbox.call("dunning", retry_days=[1, 2], final="cancel")
    company = a_failing_company(sandbox)
    ends = company.phases[1].since
    sandbox.advance(days=3)
    look(company)
    assert company.subscription.status == "canceled"
    assert [phase.standing for phase in company.phases][:2] == ["grace", "restricted"]
    assert company.phases[1].since == ends
    assert company.phase.limits[Limit.SEATS] == 3


def test_one_that_is_left_unpaid_is_on_the_same_ladder(sandbox: Sandbox) -> None:
    sandbox.call("dunning", retry_days=[1, 2], final="unpaid")
    company = a_failing_company(sandbox)
    before = company.phases
    sandbox.advance(days=3)
    look(company)
    assert company.subscription.status == "unpaid"
    assert company.phases == before


# --- Ending ---


def test_an_end_that_was_asked_for_comes_on_its_day(sandbox: Sandbox) -> None:
    """The portal sets ``cancel_at`` with the boolean false. Red when only the boolean is read."""
    company = a_paying_company()
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    there = sandbox.subscription(company.subscription.subscription_id)
    assert there["cancel_at_period_end"] is False
    look(company)

    ends = company.subscription.ends_at
    assert ends is not None
    assert ends.timestamp() == there["cancel_at"]
    assert (company.phases[0].standing, company.phases[0].may_raise_bill) == ("active", True)
    assert company.phases[1].since == ends
    assert in_words(ends) in page(company)
    sandbox.call("clock", to=(ends - timedelta(seconds=60)).isoformat())
    assert may(company) == "ok"
    sandbox.advance(seconds=61)
    assert may(company) == "standing_restricted", "before any news of it"
    look(company)
    assert (company.subscription.status, may(company)) == ("canceled", "standing_restricted")
    assert len(sandbox.ledger()["invoices"]) == 1


def test_an_end_can_be_taken_back(sandbox: Sandbox) -> None:
    company = a_paying_company()
    before = company.phases
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    look(company)
    assert len(company.phases) == 3
    sandbox.call("portal/resume", subscription=company.subscription.subscription_id)
    look(company)
    assert company.subscription.ends_at is None
    assert [(p.standing, p.limits) for p in company.phases] == [
        (p.standing, p.limits) for p in before
    ]
    sandbox.to_next_renewal()
    look(company)
    assert (company.subscription.status, may(company)) == ("active", "ok")


def test_a_deleted_customer_is_no_source_and_no_poison(sandbox: Sandbox) -> None:
    company = a_paying_company()
    sandbox.call("dashboard/customers/delete", customer=company.customer_id)
    look(company)
    assert company.subscription.status == "canceled"
    assert company.phase.standing == "restricted"


# --- Seats ---


def invite(company: Company, email: str, role: str = Role.MEMBER) -> None:
    invite_member(
        organization=company.organization, email=email, role=role, actor=an_actor(company.owner)
    )


def test_what_was_bought_is_the_number_of_seats(sandbox: Sandbox) -> None:
    company = a_paying_company()
    assert company.phase.limits[Limit.SEATS] == 3
    invite(company, "one@example.org")
    invite(company, "two@example.org")
    with pytest.raises(Refusal) as refused:
        invite(company, "three@example.org")
    assert refused.value.reason == "no_seat_left"
    invite(company, "payer@example.org", Role.BILLING_MANAGER)


def test_a_company_that_never_paid_invites_only_who_pays(sandbox: Sandbox) -> None:
    company = a_company()
    with pytest.raises(Refusal) as refused:
        invite(company, "one@example.org")
    assert refused.value.reason == "standing_restricted"
    invite(company, "payer@example.org", Role.BILLING_MANAGER)


def test_two_live_subscriptions_are_united_and_flagged_once(sandbox: Sandbox) -> None:
    """Red without ``_flag_doubles`` in ``apply_look``."""
    company = a_paying_company()
    price = company.subscription.price_id
    sandbox.call("dashboard/subscriptions", customer=company.customer_id, price=price, quantity=7)
    for _ in range(3):
        look(company)
    rows = Subscription.objects.filter(organization=company.organization)
    assert set(rows.values_list("is_doubled", "status")) == {(True, "active")}
    assert company.phase.limits[Limit.SEATS] == 7
    assert AuditEvent.objects.filter(name="subscription.doubled").count() == 1
    assert "Two subscriptions run at once" in page(company)

    newer = rows.order_by("-began_at", "-pk")[0]
    sandbox.call("portal/cancel", subscription=newer.subscription_id)
    sandbox.advance(days=32)
    look(company)
    assert not rows.filter(is_doubled=True).exists()
    assert company.phase.limits[Limit.SEATS] == 3


def test_the_billing_page_asks_as_much_for_many_people_as_for_few(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    counts = []
    for people in (0, 12):
        for _ in range(people):
            a_member(company.organization)
        with CaptureQueriesContext(connection) as asked:
            browser.get(company.url("billing"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25
