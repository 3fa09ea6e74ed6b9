"""Driving what stands on invoices over Stripe: written down → called → seen."""

import structlog

from kernel.actor import Actor
from orgs.models import Organization
from subscriptions.actions.details import Details, begin_details
from subscriptions.checking_out import refresh
from subscriptions.gateway.client import StripeAway
from subscriptions.intents import carry_out

log = structlog.get_logger()


def keep_details(*, organization: Organization, details: Details, actor: Actor) -> bool:
    """Let invoices say something else from now on; return whether that is done, or under way.

    Twice is once. Refuses as ``begin_details`` does, and with StripeRefused.
    """
    intent = begin_details(organization=organization, details=details, actor=actor)
    if intent is None:
        return True
    try:
        carry_out(intent)
    except StripeAway as error:
        log.warning("details left to the sweep", error=str(error), **intent.named())
        return False
    return refresh(intent.parameters["customer"])
