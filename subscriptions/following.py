"""Driving automatic seats over Stripe: who takes a seat is seen → written down → called → seen.

Level-triggered: what is paid for is compared with who takes a seat, so nothing that comes or goes
can be missed, and many at once are one call. Whatever was written down, the sweep finishes.
"""

import structlog

from kernel.refusals import Conflict, Unavailable
from subscriptions.actions.following import begin_following, has_to_wait, unfollowed
from subscriptions.checking_out import refresh
from subscriptions.gateway.changes import fetch_subscription
from subscriptions.gateway.client import GoneAtStripe, StripeRefused
from subscriptions.intents import carry_out
from subscriptions.models import Subscription
from subscriptions.sync import CUSTOMER, mark_dirty

log = structlog.get_logger()


def follow_seats(limit: int = 100) -> int:
    """Bring subscriptions to those who take a seat; returns how many were changed, ``limit`` at
    most.

    Stripe is asked of those only that need not wait. One that Stripe refuses, or shows otherwise,
    is looked at anew and does not hold up the others.
    """
    changed = 0
    for subscription in unfollowed():
        if changed == limit:
            break
        if has_to_wait(subscription):
            continue
        try:
            changed += _follow(subscription)
        except (Conflict, GoneAtStripe, StripeRefused, Unavailable) as refusal:
            log.warning(
                "seats not followed",
                subscription=subscription.subscription_id,
                error=refusal.sentence,
            )
            mark_dirty(CUSTOMER, subscription.customer_id)
    return changed


def _follow(subscription: Subscription) -> bool:
    seen = fetch_subscription(subscription.subscription_id)
    intent = begin_following(subscription, seen)
    if intent is None:
        return False
    carry_out(intent)
    refresh(subscription.customer_id)
    return True
