"""Driving a change of a subscription over Stripe: figures confirmed → written down → called → seen.

Like a checkout it alternates between our database and Stripe, so it holds no transaction of its
own; whatever was written down, the sweep finishes.
"""

import re

import structlog

from kernel.actor import Actor
from orgs.models import Organization
from orgs.policy import require
from subscriptions.actions.changes import begin_change
from subscriptions.checking_out import refresh
from subscriptions.gateway.changes import hosted_page_of
from subscriptions.gateway.client import GoneAtStripe, StripeAway
from subscriptions.intents import carry_out
from subscriptions.models import StripeCustomer, SubscriptionChange
from subscriptions.quotes import quote_change, read_quote
from subscriptions.refusals import NothingToPay, QuoteStale

log = structlog.get_logger()


def confirm_change(*, organization: Organization, quote: str, actor: Actor) -> SubscriptionChange:
    """Change the subscription at the figures that ``quote``, a quote's token, names.

    When Stripe does not answer after the change was written down, it is finished by itself, and the
    change is returned as it stands. Refuses as ``quote_change`` and ``begin_change`` do, with
    QuoteStale when any figure is another by now, and with StripeRefused.
    """
    require(actor, "billing:manage", organization)
    choice, at, digest = read_quote(organization, quote)
    found = quote_change(organization=organization, choice=choice, actor=actor, at=at)
    if found.digest != digest:
        raise QuoteStale
    intent = begin_change(organization=organization, confirmed=found.confirmed, actor=actor)
    change = SubscriptionChange.objects.select_related("subscription").get(intents=intent)
    try:
        carry_out(intent)
    except StripeAway as error:
        log.warning("change left to the sweep", change=change.pk, error=str(error))
        return change
    refresh(change.subscription.customer_id)
    change.refresh_from_db()
    return change


def page_to_pay(*, organization: Organization, invoice_id: str, actor: Actor) -> str:
    """Return where an open invoice of the organization is paid, asked of Stripe this moment.

    Never gated by standing. Refuses with NothingToPay, or StripeAway.
    """
    require(actor, "billing:manage", organization)
    ours = StripeCustomer.objects.filter(organization=organization)
    if not re.fullmatch(r"in_\w+", invoice_id) or not ours.exists():
        raise NothingToPay
    try:
        customer_id, url = hosted_page_of(invoice_id)
    except GoneAtStripe:
        raise NothingToPay from None
    if not url or not ours.filter(customer_id=customer_id).exists():
        raise NothingToPay
    return url
