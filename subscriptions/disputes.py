"""Looking at a dispute: fetch the truth, hold or lift, settle."""

import structlog
from django.db import transaction

from audit.record import record
from kernel.actor import SYSTEM
from orgs.models import Organization
from subscriptions import events
from subscriptions.actions.holds import end_hold
from subscriptions.gateway.client import GoneAtStripe
from subscriptions.gateway.returns import DisputeSeen, fetch_dispute
from subscriptions.models import Hold, StripeCustomer
from subscriptions.models.hold import HoldSource
from subscriptions.standing import settle

log = structlog.get_logger()


def look_at_dispute(dispute_id: str, fence: int) -> None:
    """Bring the hold of a dispute to how the dispute stands.

    ``fence`` was taken before this call. While the bank decides, it holds; won, it is lifted; lost,
    it stays until staff lift it; what only inquires is told to staff. Of a customer that is not
    ours nothing is written.
    """
    try:
        seen = fetch_dispute(dispute_id)
    except GoneAtStripe:
        log.error("dispute is missing at Stripe", dispute=dispute_id)
        return
    customer = StripeCustomer.objects.filter(customer_id=seen.customer_id).first()
    if customer is None:
        return
    apply_dispute(seen, customer.organization_id, fence=fence)


@transaction.atomic
def apply_dispute(seen: DisputeSeen, organization_id: int, *, fence: int) -> None:
    """Write what was seen where no later look has written."""
    organization = Organization.objects.lock(organization_id)
    hold = Hold.objects.filter(reference=seen.dispute_id).first()
    if hold is not None and hold.fence >= fence:
        return
    if seen.status.startswith("warning_") or seen.status == "prevented":
        log.warning("a bank inquires", dispute=seen.dispute_id, status=seen.status)
        return
    if hold is None:
        if seen.status == "won":
            return
        hold = _place(organization, seen)
    hold.fence = fence
    hold.save(update_fields=["fence"])
    if seen.status == "won" and hold.lifted_at is None:
        end_hold(organization, hold, why="the bank decided for us", actor=SYSTEM)
    settle(organization.pk, actor=SYSTEM)


def _place(organization: Organization, seen: DisputeSeen) -> Hold:
    reason = f"A payment is disputed at its bank ({seen.reason.replace('_', ' ')})."
    hold = organization.holds.create(
        source=HoldSource.DISPUTE, reference=seen.dispute_id, reason=reason[:300]
    )
    record(
        events.HoldPlaced(hold_id=hold.pk, source=hold.source, why=reason),
        actor=SYSTEM,
        organization=organization,
    )
    return hold
