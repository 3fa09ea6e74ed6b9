"""Listing every subscription of the account, page by page."""

from collections.abc import Iterator

from subscriptions.gateway.billing import SubscriptionSeen, subscription_seen
from subscriptions.gateway.client import plain, read


def subscription_pages() -> Iterator[list[SubscriptionSeen]]:
    """Yield each page of 100 subscriptions, dead ones too; one call a page.

    Their newest invoice, and since when a failing one fails, is not asked. Refuses with StripeAway.
    """
    after = ""
    while True:
        parameters = {"status": "all", "limit": 100} | ({"starting_after": after} if after else {})
        page = read(lambda stripe, p=parameters: stripe.v1.subscriptions.list(p))  # type: ignore[misc]
        rows = [plain(row) for row in page.data]
        yield [subscription_seen(row) for row in rows]
        if not page.has_more or not rows:
            return
        after = rows[-1]["id"]


def listed_subscriptions() -> Iterator[SubscriptionSeen]:
    """Yield every subscription of the account."""
    for page in subscription_pages():
        yield from page
