"""Driving what goes back over Stripe: asked → written down → called → followed to the bank."""

import re

import structlog

from kernel.actor import Actor
from orgs.models import Organization
from orgs.policy import require_staff
from subscriptions.actions.returns import begin_giving_back
from subscriptions.checking_out import refresh
from subscriptions.gateway.client import GoneAtStripe, StripeAway
from subscriptions.gateway.returns import PaidInvoice, fetch_paid_invoice
from subscriptions.intents import carry_out
from subscriptions.models import MoneyBack
from subscriptions.refusals import NothingToGiveBack

log = structlog.get_logger()


def invoice_to_give_back(organization: Organization, invoice_id: str, actor: Actor) -> PaidInvoice:
    """Return a paid invoice of an organization as Stripe shows it now.

    Refuses with NothingToGiveBack, or StripeAway.
    """
    require_staff(actor, "money:change")
    ours = set(organization.stripe_customers.values_list("customer_id", flat=True))
    if not ours or not re.fullmatch(r"in_\w+", invoice_id):
        raise NothingToGiveBack
    try:
        invoice = fetch_paid_invoice(invoice_id)
    except GoneAtStripe:
        raise NothingToGiveBack from None
    if invoice.customer_id not in ours:
        raise NothingToGiveBack
    return invoice


def give_money_back(
    *, organization: Organization, invoice_id: str, amount: int, reason: str, actor: Actor
) -> MoneyBack:
    """Give ``amount`` minor units of a paid invoice back to its card, by a credit note.

    When Stripe does not answer it is finished by itself. Refuses as ``begin_giving_back`` does, and
    with StripeRefused.
    """
    invoice = invoice_to_give_back(organization, invoice_id, actor)
    intent = begin_giving_back(
        organization=organization, invoice=invoice, amount=amount, reason=reason, actor=actor
    )
    row = MoneyBack.objects.get(intents=intent)
    try:
        carry_out(intent)
    except StripeAway as error:
        log.warning("money back left to the sweep", error=str(error), **intent.named())
        return row
    refresh(row.customer_id)
    row.refresh_from_db()
    return row
