"""What looking at a target of money does; and looking at all that Stripe has of one organization,
because somebody asked.
"""

from orgs.models import Organization
from subscriptions.checking_out import refresh
from subscriptions.disputes import look_at_dispute
from subscriptions.looks import look_at_customer
from subscriptions.sync import CUSTOMER, DISPUTE, Looks

LOOKS: Looks = {CUSTOMER: look_at_customer, DISPUTE: look_at_dispute}
"""Kind of target → how it is looked at."""


def look_again(organization: Organization, *, seconds: float = 3) -> bool:
    """Look at each of its customers now; return whether all were seen. Changes nothing there."""
    customers = organization.stripe_customers.order_by("pk").values_list("customer_id", flat=True)
    seen = [refresh(customer_id, seconds=seconds) for customer_id in customers]
    return all(seen)
