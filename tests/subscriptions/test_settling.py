"""The one writer of the entitlements row: settling, and what changes by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from kernel import clock
from kernel.actor import SYSTEM
from orgs.policy import decide
from subscriptions.actions.settling import next_moment, settle_due
from subscriptions.models import Subscription
from subscriptions.standing import settle
from tests.builders import an_actor
from tests.subscriptions.stage import Company, a_company
from tests.subscriptions.test_standing import NOW, a_subscription, day


def subscribed(company: Company, **fields: Any) -> Subscription:
    row = a_subscription("active", **fields)
    row.organization, row.customer_id = company.organization, "cus_x"
    row.began_at = clock.now()
    row.save()
    return row


@pytest.mark.django_db
def test_settling_twice_is_settling_once() -> None:
    """Red without ``stored == phases`` in ``settle``."""
    company = a_company()
    subscribed(company, ends_at=clock.now() + timedelta(days=20))
    first = settle(company.organization.pk, actor=SYSTEM)
    told = AuditEvent.objects.count()
    for _ in range(3):
        again = settle(company.organization.pk, actor=SYSTEM)
        assert (again.revision, again.phases) == (first.revision, first.phases)
    assert AuditEvent.objects.count() == told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "moves"),
    [
        ({}, False),
        ({"period_end": day(99)}, False),
        ({"customer_id": "cus_y"}, False),
        ({"interval": "year"}, False),
        ({"status": "trialing"}, False),
        ({"quantity": 6}, True),
        ({"plan_key": "business"}, True),
        ({"status": "paused"}, True),
        ({"ends_at": NOW + timedelta(days=9999)}, True),
    ],
)
def test_the_revision_moves_exactly_when_the_content_does(
    change: dict[str, Any], moves: bool
) -> None:
    company = a_company()
    row = subscribed(company)
    before = settle(company.organization.pk, actor=SYSTEM).revision
    for field, value in change.items():
        setattr(row, field, value)
    row.save()

    after = settle(company.organization.pk, actor=SYSTEM)

    assert after.revision - before == int(moves)
    told = AuditEvent.objects.filter(name="organization.entitlements_changed").order_by("-pk")[0]
    assert told.facts["revision"] == after.revision


def watched(company: Company) -> tuple[object, ...]:
    """Everything that answers: the policy, the row, its tag."""
    company.organization.refresh_from_db()
    row = type(company.organization.entitlements).objects.get(organization=company.organization)
    answer = decide(an_actor(company.owner), "teams:grow", company.organization)
    return (
        answer.allowed,
        answer.reason,
        row.holding().standing,
        row.holding().may_publish,
        row.etag(),
        answer.until,
    )


@pytest.mark.django_db
def test_what_changes_by_itself_changes_in_every_answer_with_nobody_at_work(
    at: Callable[[datetime], datetime],
) -> None:
    """At ``next_at``, with no worker and no beat. Red when ``_facts`` reads the first phase."""
    company = a_company()
    now = at(clock.now().replace(microsecond=0))
    subscribed(company, ends_at=now + timedelta(days=20))
    row = settle(company.organization.pk, actor=SYSTEM)
    assert row.next_at == now + timedelta(days=20)

    at(row.next_at - timedelta(seconds=1))
    assert watched(company) == (
        True, "ok", "active", True, f"{row.revision}.0", row.next_at,
    )  # fmt: skip
    at(row.next_at)
    assert watched(company) == (
        False, "standing_restricted", "restricted", True, f"{row.revision}.1", None,
    )  # fmt: skip
    at(row.next_at + timedelta(days=30))
    assert watched(company)[2:5] == ("restricted", False, f"{row.revision}.2")


@pytest.mark.django_db
def test_settling_what_is_due_writes_what_was_answered_already(
    at: Callable[[datetime], datetime],
) -> None:
    company, other = a_company(), a_company()
    now = at(clock.now())
    subscribed(company, ends_at=now + timedelta(days=20))
    subscribed(other, subscription_id="sub_other")
    settle(other.organization.pk, actor=SYSTEM)
    row = settle(company.organization.pk, actor=SYSTEM)
    assert next_moment() == row.next_at
    assert settle_due() == 0

    at(now + timedelta(days=20, hours=5))
    answered = watched(company)
    assert settle_due() == 1

    assert watched(company)[:4] == answered[:4]
    assert company.revision == row.revision + 1
    assert company.phases[0].since == now + timedelta(days=20), "it began when it began"
    told = AuditEvent.objects.filter(name="organization.entitlements_changed").order_by("-pk")[0]
    assert (told.facts["before"], told.facts["after"]) == ("active", "restricted")
    assert settle_due() == 0


@pytest.mark.django_db
def test_the_answer_of_the_policy_costs_one_statement() -> None:
    company = a_company()
    with CaptureQueriesContext(connection) as asked:
        decide(an_actor(company.owner), "teams:grow", company.organization)
    assert len(asked) == 1
