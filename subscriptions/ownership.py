"""Whose a customer is that no row of ours knows: asked once, never by metadata alone."""

import structlog
from django.conf import settings
from django.db import transaction

from orgs.models import Organization
from subscriptions.gateway.billing import fetch_customer_metadata
from subscriptions.models import Intent, StripeCustomer, UnknownCustomer
from subscriptions.sync import CUSTOMER, mark_dirty

log = structlog.get_logger()


def adopt_or_set_aside(customer_id: str) -> bool:
    """Return whether the customer is ours now.

    It is when a *pending* intent of ours made it: the intent's own key stands in its metadata, and
    nobody else knows that key. Another deployment's is *foreign*; the rest is *ownerless*, for
    staff.
    Both are remembered, so that their events cost nothing more.
    """
    if UnknownCustomer.objects.filter(customer_id=customer_id).exists():
        return False
    metadata = fetch_customer_metadata(customer_id)
    if metadata is None:
        return False
    intent = Intent.objects.filter(
        kind=Intent.Kind.CREATE_CUSTOMER,
        state=Intent.State.PENDING,
        key=metadata.get("intent", ""),
    ).first()
    if intent is not None and metadata.get("deployment") == settings.DEPLOYMENT:
        keep_customer(intent, customer_id)
        return True
    if StripeCustomer.objects.filter(customer_id=customer_id).exists():
        return True  # whoever made it kept it while we asked
    deployment = metadata.get("deployment", "")
    foreign = deployment not in ("", settings.DEPLOYMENT)
    verdict = UnknownCustomer.Verdict.FOREIGN if foreign else UnknownCustomer.Verdict.OWNERLESS
    UnknownCustomer.objects.get_or_create(customer_id=customer_id, defaults={"verdict": verdict})
    log.warning("customer of nobody here", customer=customer_id, verdict=verdict)
    return False


@transaction.atomic
def keep_customer(intent: Intent, customer_id: str) -> StripeCustomer:
    """Tie the customer that an intent made to its organization, and close the intent; twice is
    once.
    """
    organization = Organization.objects.lock(intent.organization_id)
    current = organization.stripe_customers.filter(is_current=True).first()
    customer, is_new = StripeCustomer.objects.get_or_create(
        customer_id=customer_id,
        defaults={"organization": organization, "is_current": current is None},
    )
    if is_new:
        mark_dirty(CUSTOMER, customer_id)
    Intent.objects.filter(pk=intent.pk).update(state=Intent.State.DONE, error="")
    UnknownCustomer.objects.filter(customer_id=customer_id).delete()
    return customer
