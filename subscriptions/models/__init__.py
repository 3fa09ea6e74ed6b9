"""Nouns of money."""

from subscriptions.models.buyer_link import BuyerLink
from subscriptions.models.change import SubscriptionChange
from subscriptions.models.checkout_attempt import CheckoutAttempt
from subscriptions.models.customer import StripeCustomer, UnknownCustomer
from subscriptions.models.deployment import Deployment
from subscriptions.models.grant import Grant
from subscriptions.models.hold import Hold
from subscriptions.models.intent import Intent
from subscriptions.models.leak import Leak
from subscriptions.models.money_back import MoneyBack
from subscriptions.models.override import Override
from subscriptions.models.price import Price
from subscriptions.models.seat_ceiling import SeatCeiling
from subscriptions.models.subscription import Subscription
from subscriptions.models.sync_target import SyncTarget
from subscriptions.models.warning import GraceWarning, TermWarning

__all__ = [
    "BuyerLink",
    "CheckoutAttempt",
    "Deployment",
    "GraceWarning",
    "Grant",
    "Hold",
    "Intent",
    "Leak",
    "MoneyBack",
    "Override",
    "Price",
    "SeatCeiling",
    "StripeCustomer",
    "Subscription",
    "SubscriptionChange",
    "SyncTarget",
    "TermWarning",
    "UnknownCustomer",
]
