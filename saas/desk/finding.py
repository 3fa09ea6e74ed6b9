"""Finding an organization by whatever somebody who writes to support has at hand."""

from collections.abc import Sequence

from django.db.models import Q

from orgs.models import Organization
from orgs.names import is_well_formed, normalized
from subscriptions.gateway.mirror import customers_with_invoice

MOST = 50
SHORTEST = 2


def organizations_found(asked: str) -> Sequence[Organization]:
    """Return the organizations that an old or present name, a display name, a member's address,
    a customer, a subscription or an invoice's number leads to; up to 50, those alive first.
    """
    asked = asked.strip()
    if len(asked) < SHORTEST or not asked.isprintable():
        return []
    leads = Q(display_name__istartswith=asked)
    if is_well_formed(asked.rstrip("-._")):  # the beginning of a name may end where no name does
        leads |= Q(names__normalized_name__startswith=normalized(asked))
    if "@" in asked:
        leads |= Q(memberships__email_key=asked.lower())
    if asked.startswith("cus_"):
        leads |= Q(stripe_customers__customer_id=asked)
    if asked.startswith("sub_"):
        leads |= Q(subscriptions__subscription_id=asked)
    if customers := customers_with_invoice(asked):
        leads |= Q(stripe_customers__customer_id__in=customers)
    found = Organization.objects.filter(leads).distinct()
    return list(found.order_by("-state", "normalized_name", "pk")[:MOST])
