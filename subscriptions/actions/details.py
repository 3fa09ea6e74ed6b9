"""What stands on invoices: the address that they go to, and a line of the organization's own."""

from dataclasses import dataclass
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from audit.record import record
from kernel.actor import Actor
from kernel.refusals import Invalid
from orgs.models import Organization
from orgs.policy import require
from subscriptions import events
from subscriptions.gateway.billing import CustomerSeen
from subscriptions.models import Intent, StripeCustomer
from subscriptions.refusals import ChangeUnderWay, NoCustomerYet

MOST_ON_INVOICES = 140
"""Stripe prints no more of a field of one's own."""


@dataclass(frozen=True, slots=True)
class Details:
    """Where invoices go, and what they say besides, such as a purchase-order number."""

    email: str
    purchase_order: str


@transaction.atomic
def begin_details(*, organization: Organization, details: Details, actor: Actor) -> Intent | None:
    """Write down what shall stand on invoices; ``None`` when it does already.

    Stripe keeps it: our row says what a look saw. Locks the organization. Refuses with
    NoCustomerYet, Invalid or ChangeUnderWay.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    customer = organization.stripe_customers.filter(is_current=True).first()
    if customer is None:
        raise NoCustomerYet
    details = _checked(details)
    if (customer.email, customer.purchase_order) == (details.email, details.purchase_order):
        return None
    pending = organization.intents.filter(
        kind=Intent.Kind.UPDATE_CUSTOMER, state=Intent.State.PENDING
    )
    if pending.exists():
        raise ChangeUnderWay("Your last change is still on its way. Look again in a minute.")
    record(
        events.BillingDetailsAsked(
            email=details.email, purchase_order=details.purchase_order or "nothing"
        ),
        actor=actor,
        organization=organization,
    )
    return organization.intents.create(
        kind=Intent.Kind.UPDATE_CUSTOMER,
        key=f"details-{uuid4().hex}",
        parameters={
            "customer": customer.customer_id,
            "email": details.email,
            "purchase_order": details.purchase_order,
        },
    )


def follow_details(customer: StripeCustomer, seen: CustomerSeen | None, fence: int) -> None:
    """Write what a look saw on a customer, where no later look has written."""
    if seen is None or customer.fence >= fence:
        return
    customer.email, customer.purchase_order = seen.email, seen.purchase_order
    customer.fence = fence
    customer.save(update_fields=["email", "purchase_order", "fence"])


def _checked(details: Details) -> Details:
    email, text = details.email.strip(), " ".join(details.purchase_order.split())
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid("This is not an e-mail address.", field="email") from None
    if len(text) > MOST_ON_INVOICES:
        raise Invalid(f"Use at most {MOST_ON_INVOICES} characters.", field="purchase_order")
    return Details(email, text)
