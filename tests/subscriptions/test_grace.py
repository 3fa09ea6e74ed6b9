"""Grace that outlives its subscription or its grant: its date, its anchor, and what cures it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage

from audit.models import AuditEvent
from subscriptions.actions.grants import give_community_grant
from subscriptions.catalog import GRACE
from tests.builders import a_member, a_user, an_actor, an_organization, deliver_all
from tests.saas.api.calling import a_program
from tests.sandbox_control import CARD, FAILS_LATER, Sandbox
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_failing_company,
    finalized,
    in_words,
    look,
    may,
    page,
    unpaid,
)

pytestmark = pytest.mark.django_db


def to_the_ms(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def shown_grace(company: Company) -> Any:
    path = f"/organizations/{company.organization.name}/billing"
    answer = a_program(company.owner).get(path)
    assert answer.status == 200
    return answer.body["grace"]


def test_grace_after_stripe_gave_up_has_its_date_and_a_plan_can_be_chosen(
    sandbox: Sandbox,
) -> None:
    """No invoice is waited for any more, so nobody is sent to pay one.

    Red without ``until`` in ``Billing.grace_ends``, without the alert of the page for a grace in
    which nothing fails, or without ``is_owed`` in the grace of ``_phase_at``.
    """
    sandbox.call("dunning", retry_days=[1, 2], final="cancel")
    company = a_failing_company(sandbox)
    since, ends = company.subscription.failing_since, company.phases[1].since
    sandbox.advance(days=3)
    look(company)
    for _ in range(2):
        a_member(company.organization)

    assert since is not None
    assert {name: datetime.fromisoformat(told) for name, told in shown_grace(company).items()} == {
        "since": since,
        "ends_at": ends,
    }
    shown = page(company)
    assert "The subscription ended unpaid" in shown
    assert in_words(ends) in shown
    assert may(company, "members:invite_member") == "no_seat_left"
    assert a_checkout(company).url


def test_a_grant_past_its_term_shows_until_when_all_stays_open(
    at: Callable[[datetime], datetime],
) -> None:
    """Red without ``until`` in ``Billing.grace_ends``, or without the page's alert for it."""
    owner = a_user()
    organization = an_organization(kind="community", owner=owner)
    grant = give_community_grant(organization=organization, reason="Open", actor=an_actor(owner))
    company = Company(organization, owner)
    assert shown_grace(company) is None
    at(grant.until + timedelta(days=1))

    told = shown_grace(company)
    shown = page(company)

    assert datetime.fromisoformat(told["since"]) == to_the_ms(grant.until)
    assert datetime.fromisoformat(told["ends_at"]) == to_the_ms(grant.until + GRACE)
    assert "The free term is over" in shown
    assert in_words(grant.until + GRACE) in shown


def test_a_trouble_after_a_recovery_that_nobody_saw_has_a_grace_of_its_own(
    sandbox: Sandbox, mailoutbox: list[EmailMessage]
) -> None:
    """January's failure is seen; that it was paid, that March's failed, and that Stripe gave up is
    seen in one look.

    Red when ``_anchor`` prefers what the row knows of a canceled one, and, for the mail, without
    comparing the anchors in ``_write`` or with only failing ones told in ``_tell_failure``; for its
    words, without ``_has_ended``.
    """
    sandbox.call("dunning", retry_days=[1, 2], final="cancel")
    company = a_failing_company(sandbox)
    deliver_all()
    (january,) = unpaid(sandbox)
    sandbox.call("portal/card", customer=company.customer_id, card=CARD)
    assert sandbox.call("invoices/pay", invoice=january["id"])["ok"]
    sandbox.to_next_renewal()
    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)
    sandbox.to_next_renewal()
    (march,) = unpaid(sandbox)
    ends = finalized(march) + GRACE
    sandbox.advance(days=3)
    look(company)

    assert (company.subscription.status, company.phase.standing) == ("canceled", "grace")
    assert company.phases[1].since == ends
    told = AuditEvent.objects.filter(name="subscription.payment_failed").order_by("pk")
    assert [event.facts["grace_ends"] for event in told] == [
        (finalized(january) + GRACE).isoformat(),
        ends.isoformat(),
    ]
    deliver_all()
    first, second = (str(mail.body) for mail in mailoutbox)
    assert "until the open invoice is paid" in first
    assert in_words(ends) in second
    assert "until a plan is chosen again" in second
