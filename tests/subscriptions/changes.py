"""What tests of changes do: ask what a choice would cost, and confirm it."""

from orgs.entitlements import Limit
from subscriptions.actions.checkout import Choice
from subscriptions.changing import confirm_change
from subscriptions.models import SubscriptionChange
from subscriptions.quotes import Quote, quote_change
from tests.builders import an_actor
from tests.subscriptions.stage import Company

UPDATES = "/v1/subscriptions/"
"""Where a change is sent."""


def asked(company: Company, seats: int, plan: str = "team", interval: str = "month") -> Quote:
    """Return what a choice would cost, as the owner is told."""
    return quote_change(
        organization=company.organization,
        choice=Choice(plan, interval, seats),
        actor=an_actor(company.owner),
    )


def confirmed(company: Company, quote: Quote) -> SubscriptionChange:
    """Confirm what was quoted, as the owner."""
    return confirm_change(
        organization=company.organization, quote=quote.token, actor=an_actor(company.owner)
    )


def seats_of(company: Company) -> int:
    return company.phase.limits[Limit.SEATS]
