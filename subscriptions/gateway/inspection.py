"""Looking Stripe over from the outside, for ``manage.py doctor``: key, clock, webhook endpoint."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.conf import settings

from subscriptions.catalog import SOLD
from subscriptions.gateway.catalog import product_id
from subscriptions.gateway.client import GoneAtStripe, plain, read


@dataclass(frozen=True, slots=True)
class EndpointSeen:
    """A webhook endpoint as Stripe keeps it."""

    url: str
    is_enabled: bool
    api_version: str
    events: frozenset[str]


def clock_skew() -> float:
    """Ask Stripe anything, and return by how many seconds our clock runs ahead of its clock."""
    answer = read(lambda stripe: stripe.v1.products.list({"limit": 1}))
    response = answer.last_response
    stamp = (response.headers or {}).get("Date", "") if response is not None else ""
    if not stamp:
        return 0.0
    return (datetime.now(UTC) - parsedate_to_datetime(stamp)).total_seconds()


def canary_answers() -> bool:
    """Whether Stripe still knows a product that we pushed.

    When it does not, what is gone is not the object that was asked for: the key is of another
    account, or the account was emptied, and nothing that Stripe denies may be believed.
    """
    try:
        read(lambda stripe: stripe.v1.products.retrieve(product_id(SOLD[0])))
    except GoneAtStripe:
        return False
    return True


def endpoints() -> list[EndpointSeen]:
    """Return the account's webhook endpoints."""
    found = read(lambda stripe: stripe.v1.webhook_endpoints.list({"limit": 100}))
    rows = [plain(row) for row in found.data]
    return [
        EndpointSeen(
            url=row["url"],
            is_enabled=row["status"] == "enabled",
            api_version=row.get("api_version") or settings.STRIPE_API_VERSION,
            events=frozenset(row["enabled_events"]),
        )
        for row in rows
    ]
