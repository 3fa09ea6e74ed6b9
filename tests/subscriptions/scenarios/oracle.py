"""What must hold of money whatever happened: the sandbox's own ledger against our rows.

Each function raises AssertionError, and is named by the invariant that it holds. It is asked when
nothing is on its way any more.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.models import AuditEvent
from kernel import clock
from kernel.actor import SYSTEM
from orgs.entitlements import Limit, Standing
from orgs.models import Organization
from orgs.models.organization import Kind, State
from orgs.policy import decide
from subscriptions.gateway.billing import fetch_billing
from subscriptions.models import (
    CheckoutAttempt,
    GraceWarning,
    Intent,
    SeatCeiling,
    StripeCustomer,
    Subscription,
    SubscriptionChange,
    SyncTarget,
)
from subscriptions.standing import settle
from tests.builders import an_actor, the_owner
from tests.sandbox_control import Sandbox

SAME = (
    "status", "price_id", "quantity", "period_start", "period_end", "ends_at", "ended_at",
    "ended_by_failure",
)  # fmt: skip
"""What our row must say as Stripe does."""


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that money did, by customer."""

    invoices: dict[str, list[dict[str, Any]]]
    charges: dict[str, list[dict[str, Any]]]
    subscriptions: dict[str, list[dict[str, Any]]]
    notes: dict[str, list[dict[str, Any]]]
    refunds: dict[str, str]
    """Refund → how it stands."""
    sessions: list[dict[str, Any]]


def judge(sandbox: Sandbox) -> None:
    """Hold everything at once."""
    books = books_of(sandbox)
    m1_what_was_captured_is_what_was_invoiced(books)
    m2_our_rows_say_what_stripe_says_and_settling_moves_nothing()
    m3_nobody_could_pay_twice(books)
    m4_each_intent_took_effect_at_most_once(books)
    m5_nobody_was_invoiced_other_than_they_confirmed(books)
    m6_no_more_seats_are_held_than_were_paid()
    m7_nobody_was_restricted_before_a_date_they_were_mailed()
    m8_all_news_was_looked_at()
    m12_nobody_pays_for_what_is_gone()
    m15_exits_and_paying_are_open()


def books_of(sandbox: Sandbox) -> Books:
    """Return the ledger as it is now."""
    ledger = sandbox.ledger()

    def by_customer(name: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in ledger[name]:
            found[row["customer"]].append(row)
        return found

    return Books(
        by_customer("invoices"),
        by_customer("charges"),
        by_customer("subscriptions"),
        by_customer("credit_notes"),
        {row["id"]: row["status"] for row in ledger["refunds"]},
        ledger["sessions"],
    )


def m1_what_was_captured_is_what_was_invoiced(books: Books) -> None:
    """Captured less refunded is what invoices took, less what their credit notes gave back."""
    for customer in books.invoices.keys() | books.charges.keys():
        captured = sum(
            charge["amount_captured"] - charge["amount_refunded"]
            for charge in books.charges[customer]
            if charge["status"] == "succeeded"
        )
        invoiced = sum(row["amount_paid"] for row in books.invoices[customer])
        for note in books.notes[customer]:
            for back in note["refunds"]:
                if books.refunds[back["refund"]] != "failed":
                    invoiced -= back["amount_refunded"]
        assert captured == invoiced, f"{customer}: captured {captured}, invoiced {invoiced}"
        for row in books.invoices[customer]:
            paid_in_full = row["amount_paid"] == row["amount_due"]
            assert row["status"] != "paid" or paid_in_full, row["id"]


def m2_our_rows_say_what_stripe_says_and_settling_moves_nothing() -> None:
    """A row is what Stripe shows; what is open follows from the rows; settling twice is once."""
    for customer in StripeCustomer.objects.all():
        seen = {
            one.subscription_id: one for one in fetch_billing(customer.customer_id).subscriptions
        }
        rows = Subscription.objects.filter(customer_id=customer.customer_id)
        assert {row.subscription_id for row in rows if not row.is_missing} == set(seen)
        for row in rows:
            if row.is_missing:
                continue
            found = seen[row.subscription_id]
            for field in SAME:
                assert getattr(row, field) == getattr(found, field), (row, field)
    for organization in Organization.objects.exclude(entitlements=None):
        before = organization.entitlements.revision
        assert settle(organization.pk, actor=SYSTEM).revision == before, organization


def m3_nobody_could_pay_twice(books: Books) -> None:
    """Open sessions and live subscriptions are one at most, or flagged."""
    for organization in Organization.objects.all():
        ours = set(organization.stripe_customers.values_list("customer_id", flat=True))
        pages = [s for s in books.sessions if s["customer"] in ours and s["status"] == "open"]
        live = list(organization.subscriptions.live())
        assert len(pages) + len(live) <= 1 or all(row.is_doubled for row in live), organization


def m4_each_intent_took_effect_at_most_once(books: Books) -> None:
    """No two sessions of an attempt, no two customers, no two invoices of a change."""
    attempts = Counter((row.get("metadata") or {}).get("attempt") for row in books.sessions)
    attempts.pop(None, None)
    assert all(number == 1 for number in attempts.values()), attempts
    assert not Intent.objects.filter(state=Intent.State.PENDING).exists()
    applied = SubscriptionChange.objects.filter(state=SubscriptionChange.State.APPLIED)
    changes = Counter(
        change.subscription.customer_id
        for change in applied.select_related("subscription")
        if change.confirmed_total is not None
    )
    for customer, rows in books.invoices.items():
        made = [
            row
            for row in rows
            if row["billing_reason"] == "subscription_update" and row["status"] == "paid"
        ]
        assert len(made) <= changes[customer], (customer, len(made), changes[customer])


def m5_nobody_was_invoiced_other_than_they_confirmed(books: Books) -> None:
    """The invoice of a change says, to the cent, what somebody confirmed."""
    totals = {row["id"]: row["total"] for rows in books.invoices.values() for row in rows}
    for change in SubscriptionChange.objects.exclude(invoice_id=""):
        assert totals[change.invoice_id] == change.confirmed_total, change
    paid = SubscriptionChange.objects.filter(
        state=SubscriptionChange.State.APPLIED, confirmed_total__gt=0
    )
    assert not paid.filter(invoice_id="").exists()


def m6_no_more_seats_are_held_than_were_paid() -> None:
    """Bought is bought: nobody sits on a seat that is not paid for, and none is given in grace.

    Where seats follow, paid for is who takes one, and no more than the ceiling do.
    """
    for row in Subscription.objects.filter(status__in=("active", "past_due")):
        organization = row.organization
        allowed = organization.entitlements.holding().limits.get(Limit.SEATS)
        assert organization.seats_taken <= row.paid_quantity, organization
        ceiling = SeatCeiling.objects.filter(subscription=row).first()
        if ceiling is not None and row.status == "active":
            assert row.quantity == organization.seats_taken <= ceiling.ceiling == allowed
            continue
        assert allowed is None or allowed <= max(
            each.paid_quantity for each in organization.subscriptions.live()
        ), organization


def m7_nobody_was_restricted_before_a_date_they_were_mailed() -> None:
    """Grace ends when the mail said; each step of each trouble is one round of mail."""
    now = clock.now()
    told: dict[str, list[datetime]] = defaultdict(list)
    for event in AuditEvent.objects.filter(name="subscription.payment_failed"):
        ends = datetime.fromisoformat(event.facts["grace_ends"])
        told[event.facts["subscription"]].append(ends)
    for row in Subscription.objects.exclude(failing_since=None):
        assert row.plan is not None
        assert row.failing_since is not None
        assert row.failing_since + row.plan.grace in told[row.subscription_id], row
        standing = row.organization.entitlements.holding().standing
        if standing == Standing.RESTRICTED:
            assert max(told[row.subscription_id]) <= now, row
    steps = Counter(GraceWarning.objects.values_list("subscription", "failing_since", "step"))
    assert all(number == 1 for number in steps.values())


def m8_all_news_was_looked_at() -> None:
    """Every target's news is done, and nothing is dead."""
    assert not SyncTarget.objects.dirty().exists()
    assert not SyncTarget.objects.filter(dead=True).exists()


def m12_nobody_pays_for_what_is_gone() -> None:
    """A closed or community organization has no live subscription."""
    gone = Organization.objects.filter(state=State.CLOSED) | Organization.objects.filter(
        kind=Kind.COMMUNITY
    )
    assert not Subscription.objects.live().filter(organization__in=gone).exists()
    assert not CheckoutAttempt.objects.open().filter(organization__in=gone).exists()


def m15_exits_and_paying_are_open() -> None:
    """Whatever the standing, owners leave to others, remove, and pay."""
    for organization in Organization.objects.filter(state=State.OPEN, kind=Kind.COMPANY):
        owner = an_actor(the_owner(organization), fresh=True)
        for permission in ("members:remove", "billing:manage", "billing:read"):
            assert decide(owner, permission, organization).allowed, (organization, permission)
