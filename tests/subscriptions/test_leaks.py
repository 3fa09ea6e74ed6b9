"""What does not add up is found: all that was planted, and nothing else."""

import json
from io import StringIO
from typing import Any

import pytest
import stripe
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from kernel.actor import SYSTEM
from orgs.entitlements import Entitlements
from orgs.models import Organization
from subscriptions.actions.leaking import keep_findings
from subscriptions.leaks import Finding, findings
from subscriptions.models import Leak, Subscription, UnknownCustomer
from subscriptions.standing import settle
from subscriptions.tasks import reconcile_all
from tests.builders import an_organization
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import a_company, a_failing_company, a_paying_company, look

pytestmark = pytest.mark.django_db


def kinds() -> list[tuple[str, str]]:
    return [(each.kind, each.organization) for each in findings()]


def told(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("billing", "reconcile", "--json", *words, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_where_all_adds_up_nothing_is_found(sandbox: Sandbox) -> None:
    a_failing_company(sandbox)
    a_company()
    a_paying_company()
    settled = an_organization("commons", kind="community", standing="restricted")
    settle(settled.pk, actor=SYSTEM)

    assert kinds() == []
    assert told("--dry-run")["findings"] == []


def test_what_the_next_look_heals_is_told_and_then_gone(sandbox: Sandbox) -> None:
    one, two, three = a_paying_company("one"), a_paying_company("two"), a_paying_company("three")
    Subscription.objects.filter(pk=one.subscription.pk).update(quantity=9)
    Subscription.objects.filter(pk=two.subscription.pk).delete()
    row = three.subscription
    row.pk, row.subscription_id = None, "sub_never"
    row.save(force_insert=True)

    assert kinds() == [
        ("differs", "one"),
        ("not_here", "two"),
        ("not_there", "three"),
        ("using_unpaid", "two"),
    ]
    with pytest.raises(CommandError, match="4 things do not add up"):
        told("--dry-run")
    assert Subscription.objects.filter(quantity=9).exists(), "a dry run heals nothing"

    after = told()["findings"]

    assert [each["kind"] for each in after] == ["missing_at_stripe", "paying_twice", "paying_twice"]
    assert {each["organization"] for each in after} == {"three"}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("paying_closed", {"state": "closed"}), ("paying_community", {"kind": "community"})],
)
def test_who_pays_for_nothing_is_found(sandbox: Sandbox, kind: str, fields: dict[str, str]) -> None:
    company = a_paying_company("firm")
    Organization.objects.filter(pk=company.organization.pk).update(**fields)

    assert (kind, "firm") in kinds()


def test_who_pays_twice_is_found(sandbox: Sandbox) -> None:
    company = a_paying_company("firm")
    price = company.subscription.price_id
    sandbox.call("dashboard/subscriptions", customer=company.customer_id, price=price, quantity=1)
    look_twice = company.organization.subscriptions
    look(company)
    assert look_twice.count() == 2

    assert kinds() == [("paying_twice", "firm")] * 2


def test_who_pays_and_is_nobodys_is_found_and_other_deployments_are_not(sandbox: Sandbox) -> None:
    company = a_paying_company("firm")
    customer = company.customer_id
    Subscription.objects.all().delete()
    company.organization.stripe_customers.all().delete()
    unknown = UnknownCustomer.objects.create(customer_id=customer, verdict="ownerless")

    found = findings()
    unknown.verdict = UnknownCustomer.Verdict.FOREIGN
    unknown.save()

    assert ("paying_ownerless", f"customer {customer}") in [(f.kind, f.words) for f in found]
    assert "paying_ownerless" not in [kind for kind, _ in kinds()]


def test_who_uses_what_nothing_opens_is_found(sandbox: Sandbox) -> None:
    paying, idle = a_paying_company("firm"), a_company("idle")
    open_gates = Entitlements.objects.get(organization=paying.organization).phases
    Entitlements.objects.filter(organization=idle.organization).update(phases=open_gates)

    assert kinds() == [("using_unpaid", "idle")]


def test_one_organization_is_asked_about_alone(sandbox: Sandbox) -> None:
    one, two = a_paying_company("one"), a_paying_company("two")
    for company in (one, two):
        Subscription.objects.filter(pk=company.subscription.pk).update(quantity=9)

    assert [each.organization for each in findings(one.organization)] == ["one"]


def open_leaks() -> list[tuple[str, str]]:
    rows = Leak.objects.open().order_by("kind", "pk")
    return [(row.kind, row.organization.name if row.organization else "") for row in rows]


def test_what_was_found_is_kept_until_it_is_gone(sandbox: Sandbox) -> None:
    """Red without ``keep_findings`` in ``reconcile_all``."""
    company = a_paying_company("anvils")
    Organization.objects.filter(pk=company.organization.pk).update(kind="community")
    first = company.subscription

    for _ in range(2):
        reconcile_all()
    assert open_leaks() == [("paying_community", "anvils")]
    since = Leak.objects.get().since

    Organization.objects.filter(pk=company.organization.pk).update(kind="company")
    Leak.objects.create(kind="paying_ownerless", subscription_id="sub_x", words="customer cus_x")
    reconcile_all()

    assert open_leaks() == []
    assert Leak.objects.get(kind="paying_community").since == since
    assert Leak.objects.filter(gone_at__isnull=False).count() == 2
    assert first.subscription_id == Leak.objects.get(kind="paying_community").subscription_id


def test_comparing_calls_stripe_once_for_a_hundred_subscriptions_and_once_for_disputes(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red where each customer is fetched, or the list is read twice."""
    for name in ("anvils", "bellows", "chisels"):
        a_paying_company(name)
    reconcile_all()
    calls: list[str] = []
    request = stripe.RequestsClient.request

    def counted(here: Any, method: str, url: str, *args: Any, **named: Any) -> Any:
        calls.append(url)
        return request(here, method, url, *args, **named)

    monkeypatch.setattr(stripe.RequestsClient, "request", counted)

    reconcile_all()

    assert len(calls) == 2, calls


def test_two_comparisons_at_once_keep_each_finding_once() -> None:
    found = [Finding("paying_ownerless", "", "sub_x", "customer cus_x")]
    for _ in range(2):
        assert keep_findings(found) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Leak.objects.create(kind="paying_ownerless", subscription_id="sub_x", words="again")
