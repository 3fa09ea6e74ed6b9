"""What is sold and what is granted: plans, prices, features and limits, with words for people.

Plain typed data. ``manage.py plans push`` brings it to Stripe; ``plans check`` compares.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from kernel.money import Money
from orgs.entitlements import UNLIMITED, Feature, Limit

CURRENCY = "usd"
GRACE = timedelta(days=14)
PUBLISHING_AFTER_END = timedelta(days=30)
"""How long existing projects may still publish after the last source ended."""


TRIAL = timedelta(days=14)
"""How long an organization may try a plan before its card is charged; once."""


class Interval(StrEnum):
    """How often a price is paid."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class CatalogPrice:
    """What one seat costs for one interval; never edited, only superseded."""

    interval: Interval
    amount: int
    currency: str = CURRENCY

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount, self.currency)


@dataclass(frozen=True, slots=True)
class Plan:
    """A bundle of features and limits. Plans with prices are sold by the seat; others are
    granted.
    """

    key: str
    name: str
    summary: str
    points: tuple[str, ...]
    features: frozenset[Feature]
    limits: dict[Limit, int] = field(default_factory=dict)
    prices: tuple[CatalogPrice, ...] = ()
    grace: timedelta = GRACE

    def price(self, interval: str) -> CatalogPrice:
        """Return the price for an interval. Raises KeyError."""
        return {str(price.interval): price for price in self.prices}[interval]

    def lookup_key(self, interval: str) -> str:
        """Return the key under which Stripe finds what is sold now."""
        return f"chapterhouse_{self.key}_{interval}"

    def limits_with(self, seats: int) -> dict[Limit, int]:
        """Return the limits with the number of seats that was bought or agreed."""
        return {**self.limits, Limit.SEATS: seats}


EVERY_ORGANIZATION = frozenset({Feature.TEAMS, Feature.ORG_TOKENS})

COMMUNITY = Plan(
    key="community",
    name="Community",
    summary="Free for projects that belong to everyone, once we have met you.",
    points=(
        "Unlimited members and teams",
        "Invitations, roles and a log of everything",
        "Public projects, and tokens that act for the organization",
    ),
    features=EVERY_ORGANIZATION,
    limits={Limit.SEATS: UNLIMITED, Limit.PRIVATE_PROJECTS: 0, Limit.AUDIT_DAYS: 90},
)
TEAM = Plan(
    key="team",
    name="Team",
    summary="For a company that works together.",
    points=(
        "Teams, invitations and roles",
        "A log of everything, kept for a year",
        "Projects, 10 of them private",
        "Tokens that act for the organization",
    ),
    features=EVERY_ORGANIZATION | {Feature.PRIVATE_PROJECTS},
    limits={Limit.PRIVATE_PROJECTS: 10, Limit.AUDIT_DAYS: 365},
    prices=(CatalogPrice(Interval.MONTH, 1200), CatalogPrice(Interval.YEAR, 12000)),
)
BUSINESS = Plan(
    key="business",
    name="Business",
    summary="For a company that must be able to show what happened.",
    points=(
        "Everything in Team",
        "The log is kept for good",
        "Private projects without limit",
        "Export of the log, as CSV or NDJSON",
    ),
    features=EVERY_ORGANIZATION | {Feature.PRIVATE_PROJECTS, Feature.AUDIT_EXPORT},
    limits={Limit.PRIVATE_PROJECTS: UNLIMITED, Limit.AUDIT_DAYS: UNLIMITED},
    prices=(CatalogPrice(Interval.MONTH, 2900), CatalogPrice(Interval.YEAR, 29000)),
)
CONTRACT = Plan(
    key="contract",
    name="Contract",
    summary="For a company that agreed on something of its own with us.",
    points=("Everything in Business", "Seats and private projects as agreed"),
    features=BUSINESS.features,
    limits={Limit.AUDIT_DAYS: UNLIMITED},
)
SOLD = (TEAM, BUSINESS)
PLANS: dict[str, Plan] = {plan.key: plan for plan in (COMMUNITY, TEAM, BUSINESS, CONTRACT)}
