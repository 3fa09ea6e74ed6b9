"""Stripe's customer portal: card, invoices, tax id, cancel at period end."""

from django.conf import settings
from django.db import transaction

from audit.record import record
from kernel.actor import Actor
from orgs.models import Organization
from orgs.policy import require
from subscriptions.events import PortalOpened
from subscriptions.gateway import checkout
from subscriptions.models import Deployment, StripeCustomer
from subscriptions.refusals import NoCustomerYet, NotSold


def open_portal(*, organization: Organization, actor: Actor) -> str:
    """Return the address of a new portal session, under our own configuration.

    Never gated by standing. Refuses with NoCustomerYet or StripeAway.
    """
    require(actor, "billing:manage", organization)
    customer = StripeCustomer.objects.filter(organization=organization, is_current=True).first()
    if customer is None:
        raise NoCustomerYet
    deployment = Deployment.objects.first()
    if deployment is None or not deployment.portal_configuration:
        raise NotSold("The portal is not set up yet. Please try again later.")
    url = checkout.open_portal(
        customer_id=customer.customer_id,
        configuration=deployment.portal_configuration,
        return_url=f"{settings.BASE_URL}/orgs/{organization.name}/billing/return/?from=portal",
    )
    with transaction.atomic():
        record(PortalOpened(), actor=actor, organization=organization)
    return url
