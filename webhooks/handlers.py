"""What looking at a target does: one visible table."""

from subscriptions.gateway.billing import customer_of
from subscriptions.gateway.mirror import MIRRORED, mirror
from subscriptions.looking import LOOKS as OF_MONEY
from subscriptions.sync import CUSTOMER, Look, Looks, mark_dirty
from webhooks.targets import CHARGE, PAYMENT_INTENT


def find_customer_behind(kind: str) -> Look:
    """Return a look that asks whose a charge or payment is, and passes the hint on."""

    def look(object_id: str, fence: int) -> None:  # noqa: ARG001 -- nothing is written behind it
        customer_id = customer_of(kind, object_id)
        if customer_id:
            mark_dirty(CUSTOMER, customer_id)

    return look


def mirror_one(kind: str) -> Look:
    """Return a look that fetches one object anew into the mirror."""

    def look(object_id: str, fence: int) -> None:  # noqa: ARG001 -- people read it, nothing decides
        mirror(kind, object_id)

    return look


LOOKS: Looks = {
    **OF_MONEY,
    CHARGE: find_customer_behind(CHARGE),
    PAYMENT_INTENT: find_customer_behind(PAYMENT_INTENT),
}
"""Kind of target → how it is looked at. These open and close gates, so they come first."""

MIRRORS: Looks = {f"mirror:{kind}": mirror_one(kind) for kind in MIRRORED}
"""Kind of target → how it is mirrored; after the gates, without their lock, with its own
failures.
"""
