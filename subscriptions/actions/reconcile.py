"""Comparing everything with Stripe: what was never told is found here."""

from dataclasses import dataclass

from orgs.models import Organization
from subscriptions.gateway.subscriptions import subscription_pages
from subscriptions.models import StripeCustomer, Subscription, SyncTarget, UnknownCustomer
from subscriptions.sync import CUSTOMER, Looks, drive_due, mark_dirty


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many customers were looked at, how many could not be, and whose nobody here is."""

    customers: int
    left: int
    unknown: int


def mark_everything(organization: Organization | None = None) -> set[str]:
    """Mark every customer dirty that Stripe lists or that we know; returns them.

    Believes nothing of the list itself: it only says where to look. So a page that lacks a
    subscription, or shows an old one, can do no harm.
    """
    ours = StripeCustomer.objects.all()
    if organization is not None:
        ours = ours.filter(organization=organization)
    customers = set(ours.values_list("customer_id", flat=True))
    if organization is None:
        customers |= set(Subscription.objects.values_list("customer_id", flat=True))
        for page in subscription_pages():
            customers |= {row.customer_id for row in page}
    for customer_id in sorted(customers):
        mark_dirty(CUSTOMER, customer_id)
    return customers


def reconcile(looks: Looks, organization: Organization | None = None) -> Reconciled:
    """Mark and look, until nothing that can be looked at now is left."""
    customers = mark_everything(organization)
    while drive_due({CUSTOMER: looks[CUSTOMER]}, limit=100):
        pass
    left = SyncTarget.objects.filter(kind=CUSTOMER, object_id__in=customers).dirty().count()
    unknown = UnknownCustomer.objects.filter(customer_id__in=customers).count()
    return Reconciled(len(customers), left, unknown)
