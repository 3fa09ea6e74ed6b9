"""Which target an event makes dirty; whose customers are ours; the inbox on the command line."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from kernel import clock
from subscriptions.gateway.client import write
from subscriptions.models import StripeCustomer, Subscription, SyncTarget, UnknownCustomer
from subscriptions.sync import ATTEMPTS, CUSTOMER, mark_dirty
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import (
    a_company,
    a_paying_company,
    deliver,
    drive_everything,
    look,
)
from webhooks.driving import TELL, drain, drive
from webhooks.handlers import LOOKS, MIRRORS
from webhooks.models import StripeEvent
from webhooks.targets import TARGETS, hinted

KNOWN = {**LOOKS, **MIRRORS}
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
names = st.sampled_from(
    ["id", "customer", "charge", "payment", "payment_intent", "object", "status", "lines"]
)
payloads = st.dictionaries(
    names,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=5,
)


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(payloads)
def test_no_payload_is_too_strange(payload: dict[str, Any]) -> None:
    """Whatever an object turns out to be, the event is stored and answered."""
    for event_type in [*TARGETS, "unheard.of"]:
        for kind, object_id in hinted(event_type, payload):
            assert kind in KNOWN
            assert 0 < len(object_id) <= 255


def test_every_type_we_enable_hints_at_something_that_is_looked_at() -> None:
    whole = {"id": "x_1", "customer": "cus_1", "charge": "ch_1", "payment_intent": "pi_1"}
    for event_type in TARGETS:
        hints = hinted(event_type, whole)
        assert hints, event_type
        assert {kind for kind, _ in hints} <= set(KNOWN), event_type


def test_an_invoice_that_does_not_exist_yet_is_not_fetched() -> None:
    """An upcoming invoice has an id that nobody can ask for."""
    assert hinted("invoice.upcoming", {"id": "upcoming_in_1", "customer": "cus_1"}) == []


pytest_db = pytest.mark.django_db


# --- Whose customer ---


def strange_customer(metadata: dict[str, str]) -> str:
    return write(lambda s: s.v1.customers.create({"name": "Else", "metadata": metadata})).id


@pytest_db
@pytest.mark.parametrize(
    ("metadata", "verdict"),
    [
        ({"deployment": "another", "organization_id": "1", "intent": "customer-1"}, "foreign"),
        ({}, "ownerless"),
        ({"deployment": "test-like", "intent": ""}, "foreign"),
    ],
)
def test_a_customer_that_is_not_ours_is_looked_at_once_and_has_no_effect(
    sandbox: Sandbox, metadata: dict[str, str], verdict: str
) -> None:
    """Red without ``UnknownCustomer`` in ``adopt_or_set_aside``."""
    company = a_paying_company()
    price = company.subscription.price_id
    stranger = strange_customer(metadata | {"organization_id": str(company.organization.pk)})
    sandbox.call("dashboard/subscriptions", customer=stranger, price=price, quantity=9)
    deliver(sandbox.letters())
    drive_everything()
    before = company.phases, company.revision, AuditEvent.objects.count()

    assert UnknownCustomer.objects.get().verdict == verdict
    assert not StripeCustomer.objects.filter(customer_id=stranger).exists()
    assert not Subscription.objects.filter(customer_id=stranger).exists()
    assert StripeEvent.objects.of_customer(stranger).exists()
    assert set(StripeEvent.objects.of_customer(stranger).values_list("state", flat=True)) == {
        "foreign"
    }
    mark_dirty(CUSTOMER, stranger)
    with sandbox.unheard():
        drain()
    target = SyncTarget.objects.get(kind=CUSTOMER, object_id=stranger)
    assert (target.dead, target.attempts, target.is_dirty) == (False, 0, False)
    assert (company.phases, company.revision, AuditEvent.objects.count()) == before


@pytest_db
def test_metadata_alone_makes_no_customer_ours(sandbox: Sandbox, settings: Any) -> None:
    """Red when the organization id in the metadata is believed."""
    company = a_company()
    stranger = strange_customer(
        {"deployment": settings.DEPLOYMENT, "organization_id": str(company.organization.pk)}
    )
    mark_dirty(CUSTOMER, stranger)
    drain()
    assert not StripeCustomer.objects.exists()
    assert UnknownCustomer.objects.get().verdict == "ownerless"


@pytest_db
def test_a_customer_that_never_was_is_looked_at_once(sandbox: Sandbox) -> None:
    mark_dirty(CUSTOMER, "cus_never")
    drain()
    target = SyncTarget.objects.get(object_id="cus_never")
    assert (target.dead, target.attempts, target.is_dirty) == (False, 0, False)


# --- By way of a charge ---


@pytest_db
def test_news_of_a_charge_finds_its_customer(sandbox: Sandbox) -> None:
    company = a_paying_company()
    (charge,) = sandbox.ledger()["charges"]
    drive_everything()
    before = SyncTarget.objects.get(kind=CUSTOMER, object_id=company.customer_id).gen
    for kind, object_id in hinted("refund.updated", {"id": "re_1", "charge": charge["id"]}):
        mark_dirty(kind, object_id)
    for kind, object_id in hinted(
        "invoice_payment.paid", {"payment": {"payment_intent": charge["payment_intent"]}}
    ):
        mark_dirty(kind, object_id)
    drive_everything()
    target = SyncTarget.objects.get(kind=CUSTOMER, object_id=company.customer_id)
    assert (target.gen, target.is_dirty) == (before + 2, False)


# --- What became of each event ---


def dead_on_arrival(company: Any) -> None:
    deliver_all = SyncTarget.objects.filter(kind=CUSTOMER, object_id=company.customer_id)
    deliver_all.update(dead=True, attempts=ATTEMPTS, error="ValueError: bad")


def events(*arguments: str) -> str:
    out = StringIO()
    call_command("events", *arguments, stdout=out)
    return out.getvalue()


@pytest_db
def test_each_event_tells_what_became_of_it(sandbox: Sandbox) -> None:
    company = a_paying_company()
    deliver(sandbox.letters())
    waiting = StripeEvent.objects.waiting().count()
    assert waiting > 5
    drive_everything()
    assert set(StripeEvent.objects.values_list("state", flat=True)) <= {"done", "unheard"}
    assert StripeEvent.objects.filter(state="done").count() == waiting
    assert company.phase.standing == "active"


@pytest_db
def test_dead_targets_are_listed_replayed_and_told_on_their_events(sandbox: Sandbox) -> None:
    company = a_paying_company()
    deliver(sandbox.letters("customer.subscription.created"))
    dead_on_arrival(company)
    drive()
    assert StripeEvent.objects.filter(state="dead").exists()
    assert f"customer {company.customer_id}: ValueError: bad" in events("dead")
    assert events("list", "--state", "dead", "--customer", company.customer_id)

    assert "1 of 1 targets looked at" in events("replay", "--dead")

    assert events("dead") == ""
    assert not StripeEvent.objects.filter(state="dead").exists()
    assert not SyncTarget.objects.dirty().filter(kind=CUSTOMER).exists()


@pytest_db
def test_an_event_can_be_replayed_by_its_id(sandbox: Sandbox) -> None:
    company = a_paying_company()
    deliver(sandbox.letters())
    drive_everything()
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    event = StripeEvent.objects.filter(type="customer.subscription.created").get()
    events("replay", event.event_id)
    assert company.subscription.ends_at is not None, "an old hint, and the truth of now"


@pytest_db
def test_the_newest_events_are_listed(sandbox: Sandbox) -> None:
    a_paying_company()
    deliver(sandbox.letters())
    lines = events("list", "--limit", "3").splitlines()
    assert len(lines) == 3
    assert all("evt_" in line for line in lines)


@pytest_db
def test_what_cannot_be_replayed_is_said(sandbox: Sandbox) -> None:
    company = a_paying_company()
    with pytest.raises(CommandError, match="No event evt_none"):
        events("replay", "evt_none")
    with pytest.raises(CommandError, match="Name events"):
        events("replay")
    deliver(sandbox.letters())
    unheard = StripeEvent.objects.filter(state="unheard").first()
    assert unheard is not None
    with pytest.raises(CommandError, match="hints at nothing"):
        events("replay", unheard.event_id)
    known = StripeEvent.objects.filter(type="customer.subscription.created").get()
    sandbox.faults({"path": "/v1/", "status": 500, "times": 1000})
    with pytest.raises(CommandError, match="Not yet"):
        events("replay", known.event_id)
    sandbox.faults()
    assert company.phase.standing == "active"


@pytest_db
def test_an_event_of_the_other_mode_cannot_be_replayed(sandbox: Sandbox) -> None:
    StripeEvent.objects.create(
        event_id="evt_live", created=clock.wall() - timedelta(days=1), type="customer.updated",
        live_mode=True, state="quarantined", payload={},
    )  # fmt: skip
    with pytest.raises(CommandError, match="quarantined"):
        events("replay", "evt_live")


# --- Reconciling by command ---


@pytest_db
def test_reconciling_tells_what_it_looked_at_and_fails_when_something_is_left(
    sandbox: Sandbox,
) -> None:
    company = a_paying_company()
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    out = StringIO()
    call_command("billing", "reconcile", "--json", stdout=out)
    assert company.subscription.ends_at is not None
    assert '"customers": 1' in out.getvalue()
    sandbox.faults({"path": "/v1/subscriptions", "status": 500, "times": 1000})
    with pytest.raises(CommandError):
        call_command("billing", "reconcile", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("billing", "reconcile", "--org", "nobody", stdout=StringIO())
    sandbox.faults()
    look(company)


@pytest_db
def test_reconciling_pages_through_more_than_a_hundred_subscriptions(sandbox: Sandbox) -> None:
    company = a_paying_company()
    price = company.subscription.price_id
    strangers = strange_customer({})
    for _ in range(101):
        sandbox.call("dashboard/subscriptions", customer=strangers, price=price, quantity=1)
    Subscription.objects.all().delete()
    out = StringIO()
    call_command("billing", "reconcile", "--json", stdout=out)
    assert '"customers": 2' in out.getvalue()
    assert '"unknown": 1' in out.getvalue()
    assert company.subscription.status == "active"


@pytest_db
def test_telling_events_reads_only_those_that_wait() -> None:
    """An inbox of years is not read through to find the few that wait.

    Red when the condition of ``stripe_event_waiting`` leaves out a state that ``TELL`` asks for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {TELL}", [clock.wall()])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "stripe_event_waiting" in plan, plan
