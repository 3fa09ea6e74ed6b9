"""Comparing everything with Stripe: what was never told is found here."""

from collections.abc import Sequence
from dataclasses import dataclass

from orgs.models import Organization
from subscriptions.gateway.billing import SubscriptionSeen
from subscriptions.gateway.returns import listed_disputes
from subscriptions.gateway.subscriptions import listed_subscriptions
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


def mark_what_differs(listed: Sequence[SubscriptionSeen]) -> set[str]:
    """Mark every customer dirty of whom the list shows anything that our rows do not; returns them.

    Believes nothing of the list itself: it only says where to look, so a page that lacks a
    subscription, or shows an old one, can do no harm. What the list cannot tell is looked at
    always: failing subscriptions, what waits for a payment, open payment pages and changes.
    """
    return _marked(_differing(listed) | _on_their_way())


def _marked(customers: set[str]) -> set[str]:
    for customer_id in sorted(customers):
        mark_dirty(CUSTOMER, customer_id)
    return customers


def _mark_disputes() -> None:
    """Mark the disputes that should hold and do not, or hold and should not."""
    holds = {hold.reference: hold for hold in Hold.objects.exclude(reference="")}
    for dispute_id, status in listed_disputes():
        hold = holds.get(dispute_id)
        is_new = hold is None and status in HOLDING
        if is_new or (hold is not None and status == "won" and hold.lifted_at is None):
            mark_dirty(DISPUTE, dispute_id)


def _differing(listed: Sequence[SubscriptionSeen]) -> set[str]:
    """Return the customers with a subscription that is here or there only, or another than here."""
    known = {row.subscription_id: row for row in Subscription.objects.all()}
    found = set()
    for seen in listed:
        row = known.pop(seen.subscription_id, None)
        untold = seen.status in FAILING or seen.waiting is not None
        if row is None or row.is_missing or untold or differs(row, seen):
            found.add(seen.customer_id)
    return found | {row.customer_id for row in known.values() if not row.is_missing}


def _on_their_way() -> set[str]:
    """Return the customers for whom something is open here that only a look can close."""
    attempts = CheckoutAttempt.objects.open().exclude(customer_id="")
    changes = SubscriptionChange.objects.open()
    return set(attempts.values_list("customer_id", flat=True)) | set(
        changes.values_list("subscription__customer_id", flat=True)
    )


def reconcile(looks: Looks, organization: Organization | None = None) -> Reconciled:
    """Mark and look, until nothing that can be looked at now is left; of one organization all."""
    listed: Sequence[SubscriptionSeen] = ()
    if organization is not None:
        ours = organization.stripe_customers.values_list("customer_id", flat=True)
        customers = _marked(set(ours))
    else:
        listed = list(listed_subscriptions())
        customers = mark_what_differs(listed)
        _mark_disputes()
    while drive_due(looks, limit=100):
        pass
    left = SyncTarget.objects.filter(kind=CUSTOMER, object_id__in=customers).dirty().count()
    unknown = UnknownCustomer.objects.filter(customer_id__in=customers).count()
    return Reconciled(len(customers), left, unknown, listed)
