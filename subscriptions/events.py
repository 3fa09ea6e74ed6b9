"""What happens around money, in the past tense."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class CheckoutBegun(Event):
    """Somebody chose a plan and was led to Stripe."""

    name = "checkout.begun"
    sentence = "{actor} began a checkout: {plan} by the {interval}, {seats} seats"

    attempt_id: int
    plan: str
    interval: str
    seats: int


@dataclass(frozen=True, kw_only=True)
class CheckoutEnded(Event):
    """A checkout ended: paid, expired, or never opened at Stripe."""

    name = "checkout.ended"
    sentence = "The checkout of {plan} was {outcome}"

    attempt_id: int
    plan: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionChanged(Event):
    """What Stripe says of a subscription is another than before."""

    name = "subscription.changed"
    sentence = "The subscription {subscription} changed: {changes}"

    subscription: str
    changes: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionsDoubled(Event):
    """Two live subscriptions stand side by side; staff should look."""

    name = "subscription.doubled"
    sentence = "Two subscriptions run at once: {subscriptions}"

    subscriptions: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    """A payment failed; the ladder begins, with its dates."""

    name = "subscription.payment_failed"
    sentence = "A payment failed; everything stays open until {grace_ends}"

    subscription: str
    grace_ends: str


@dataclass(frozen=True, kw_only=True)
class PortalOpened(Event):
    """Somebody went to the customer portal."""

    name = "portal.opened"
    sentence = "{actor} opened the customer portal"


@dataclass(frozen=True, kw_only=True)
class GrantGiven(Event):
    """Free use was granted."""

    name = "grant.given"
    sentence = "{actor} gave a {kind} grant until {until}"

    grant_id: int
    kind: str
    until: str


@dataclass(frozen=True, kw_only=True)
class GrantEnded(Event):
    """Free use ended before its term."""

    name = "grant.ended"
    sentence = "The {kind} grant ended: {why}"

    grant_id: int
    kind: str
    why: str
