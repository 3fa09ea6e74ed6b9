"""The ladder of an unpaid subscription: who is warned when, once, and never of what is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail

from audit import outbox
from audit.models import AuditEvent
from kernel import clock
from orgs.roles import Role
from subscriptions.actions.settling import settle_due
from subscriptions.actions.warning import next_warning, warn_due
from subscriptions.models import GraceWarning
from tests.builders import a_member, signed_in
from tests.sandbox_control import CARD, Sandbox
from tests.subscriptions.stage import Company, a_failing_company, in_words, look, unpaid

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def on_day(company: Company, day: float) -> Iterator[None]:
    """Let it be so many days after the payment failed."""
    since = company.subscription.failing_since
    assert since is not None
    with clock.held_at(since + timedelta(days=day)):
        settle_due()
        yield


def warned(company: Company) -> list[int]:
    """Return the days of which warnings went out."""
    rows = GraceWarning.objects.filter(subscription=company.subscription).order_by("pk")
    return list(rows.values_list("step", flat=True))


def test_each_day_of_the_ladder_warns_once_with_its_date(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    payer = a_member(company.organization, Role.BILLING_MANAGER)
    member = a_member(company.organization)
    since = company.subscription.failing_since
    assert since is not None
    outbox.sweep()
    mail.outbox.clear()

    told = []
    for day in (1, 3, 3.1, 6.9, 7, 11, 12, 13.9, 14.1, 20):
        with on_day(company, day):
            told.append(warn_due() + warn_due())
            outbox.sweep()

    assert told == [0, 1, 0, 0, 1, 0, 1, 0, 0, 0]
    assert warned(company) == [3, 7, 12]
    addresses = [to for letter in mail.outbox for to in letter.to]
    assert sorted(addresses) == sorted([company.owner.email, payer.user.email] * 3)
    assert member.user.email not in addresses
    assert [letter.subject for letter in mail.outbox if letter.to == [company.owner.email]] == [
        f"{company.organization.display_name} is unpaid: {days} left"
        for days in ("11 days", "7 days", "2 days")
    ]
    assert all(in_words(since + timedelta(days=14)) in str(each.body) for each in mail.outbox)


def test_after_an_outage_only_the_latest_day_counts(sandbox: Sandbox) -> None:
    """Red when every missed step is warned of."""
    company = a_failing_company(sandbox)

    with on_day(company, 12.5):
        assert warn_due() == 1
        assert warn_due() == 0

    assert warned(company) == [12]


def test_who_paid_is_not_warned_and_a_new_trouble_begins_anew(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    with on_day(company, 3):
        assert warn_due() == 1
    first = company.subscription.failing_since
    sandbox.call("portal/card", customer=company.customer_id, card=CARD)
    sandbox.call("invoices/pay", invoice=unpaid(sandbox)[0]["id"], card=CARD)
    look(company)
    assert company.subscription.failing_since is None

    assert warn_due() == 0
    sandbox.call("decline_next", customer=company.customer_id)
    sandbox.to_next_renewal()
    look(company)
    assert company.subscription.failing_since != first
    with on_day(company, 3):
        assert warn_due() == 1
    assert warned(company) == [3, 3]


def test_the_next_warning_is_known_so_that_a_clock_stops_there(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    since = company.subscription.failing_since
    assert since is not None

    with on_day(company, 0.5):
        assert next_warning() == since + timedelta(days=3)
    with on_day(company, 12.5):
        assert next_warning() is None


def test_a_warning_is_told_in_the_log(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    with on_day(company, 7):
        warn_due()

    event = AuditEvent.objects.get(name="subscription.grace_warned")

    assert event.sentence().startswith("A payment is still open 7 days after it failed")


def test_whoever_may_pay_sees_the_date_on_every_page(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    name = company.organization.name
    member = a_member(company.organization)

    with on_day(company, 4):
        pages = [
            signed_in(company.owner).get(f"/orgs/{name}/{page}").content.decode()
            for page in ("", "people/", "teams/")
        ]
        theirs = signed_in(member).get(f"/orgs/{name}/").content.decode()

    assert all("A payment is outstanding" in page for page in pages)
    assert "A payment is outstanding" not in theirs
