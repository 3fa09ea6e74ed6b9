"""Comparing everything with Stripe: what was never told is found here."""

from collections.abc import Sequence
from dataclasses import dataclass

from orgs.models import Organization
from subscriptions.gateway.billing import SubscriptionSeen
from subscriptions.gateway.returns import listed_disputes
from subscriptions.gateway.subscriptions import subscription_pages
from subscriptions.looks import differs
from subscriptions.models import (
    CheckoutAttempt,
    Hold,
    Subscription,
    SubscriptionChange,
    SyncTarget,
    UnknownCustomer,
)
from subscriptions.models.subscription import FAILING
from subscriptions.sync import CUSTOMER, DISPUTE, Looks, drive_due, mark_dirty

HOLDING = frozenset({"needs_response", "under_review", "lost"})
"""A dispute in these states suspends, until staff lift it."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many customers were looked at, how many could not be, and whose nobody here is; and what
    was listed to know where to look.
    """

    customers: int
    left: int
    unknown: int
    listed: Sequence[SubscriptionSeen] = ()


def mark_what_differs(
    organization: Organization | None = None,
) -> tuple[set[str], Sequence[SubscriptionSeen]]:
    """Mark every customer dirty of whom the list shows anything that our rows do not; returns them,
    and the list.

    Believes nothing of the list itself: it only says where to look, so a page that lacks a
    subscription, or shows an old one, can do no harm. What the list cannot tell is looked at
    always: failing subscriptions, what waits for a payment, open payment pages and changes. Of one
    organization all is looked at.
    """
    listed: list[SubscriptionSeen] = []
    if organization is not None:
        customers = set(organization.stripe_customers.values_list("customer_id", flat=True))
    else:
        customers = _differing(listed) | _on_their_way()
        for dispute_id in _disputed():
            mark_dirty(DISPUTE, dispute_id)
    for customer_id in sorted(customers):
        mark_dirty(CUSTOMER, customer_id)
    return customers, listed


def _disputed() -> list[str]:
    """Return the disputes that should hold and do not, or hold and should not."""
    holds = {hold.reference: hold for hold in Hold.objects.exclude(reference="")}
    found = []
    for dispute_id, status in listed_disputes():
        hold = holds.get(dispute_id)
        is_won = status == "won"
        if (hold is None and status in HOLDING) or (hold and is_won and hold.lifted_at is None):
            found.append(dispute_id)
    return found


def _differing(listed: list[SubscriptionSeen]) -> set[str]:
    """Return the customers with a subscription that is here or there only, or another than here.

    Puts all that is read into ``listed``.
    """
    found, there = set(), set()
    for page in subscription_pages():
        listed.extend(page)
        ids = [seen.subscription_id for seen in page]
        known = Subscription.objects.in_bulk(ids, field_name="subscription_id")
        for seen in page:
            row = known.get(seen.subscription_id)
            there.add(seen.subscription_id)
            untold = seen.status in FAILING or seen.waiting is not None
            if row is None or row.is_missing or untold or differs(row, seen):
                found.add(seen.customer_id)
    rows = Subscription.objects.filter(is_missing=False)
    told = rows.values_list("subscription_id", "customer_id").iterator(chunk_size=2000)
    return found | {customer for key, customer in told if key not in there}


def _on_their_way() -> set[str]:
    """Return the customers for whom something is open here that only a look can close."""
    attempts = CheckoutAttempt.objects.open().exclude(customer_id="")
    changes = SubscriptionChange.objects.open()
    return set(attempts.values_list("customer_id", flat=True)) | set(
        changes.values_list("subscription__customer_id", flat=True)
    )


def reconcile(looks: Looks, organization: Organization | None = None) -> Reconciled:
    """Mark and look, until nothing that can be looked at now is left."""
    customers, listed = mark_what_differs(organization)
    while drive_due(looks, limit=100):
        pass
    left = SyncTarget.objects.filter(kind=CUSTOMER, object_id__in=customers).dirty().count()
    unknown = UnknownCustomer.objects.filter(customer_id__in=customers).count()
    return Reconciled(len(customers), left, unknown, listed)
