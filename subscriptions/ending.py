"""Driving the end of a subscription over Stripe, and its going on: written down → called → seen."""

import structlog

from kernel.actor import Actor
from orgs.models import Organization
from subscriptions.actions.ending import begin_canceling, begin_ending_now, begin_resuming
from subscriptions.checking_out import refresh
from subscriptions.gateway.client import StripeAway
from subscriptions.intents import carry_out
from subscriptions.models import Intent

log = structlog.get_logger()


def cancel_at_period_end(*, organization: Organization, subscription_id: str, actor: Actor) -> bool:
    """End a subscription with its period; return whether that is done, or else under way.

    Twice is once. Refuses as ``begin_canceling`` does, and with StripeRefused.
    """
    return _carried(
        begin_canceling(organization=organization, subscription_id=subscription_id, actor=actor)
    )


def resume(*, organization: Organization, subscription_id: str, actor: Actor) -> bool:
    """Let a subscription go on that would have ended; return whether that is done.

    Twice is once. Refuses as ``begin_resuming`` does, and with StripeRefused.
    """
    return _carried(
        begin_resuming(organization=organization, subscription_id=subscription_id, actor=actor)
    )


def end_now(*, organization: Organization, subscription_id: str, reason: str, actor: Actor) -> bool:
    """Let staff end a subscription at once; return whether that is done.

    Refuses as ``begin_ending_now`` does, and with StripeRefused.
    """
    return _carried(
        begin_ending_now(
            organization=organization,
            subscription_id=subscription_id,
            reason=reason,
            actor=actor,
        )
    )


def _carried(intent: Intent | None) -> bool:
    if intent is None:
        return True
    try:
        carry_out(intent)
    except StripeAway as error:
        log.warning("end left to the sweep", error=str(error), **intent.named())
        return False
    return refresh(intent.parameters["customer"])
