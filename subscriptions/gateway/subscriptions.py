"""Listing every subscription of the account, page by page."""

from collections.abc import Iterator

from subscriptions.gateway.billing import SubscriptionSeen, subscription_seen
from subscriptions.gateway.client import plain, read


def listed_subscriptions() -> Iterator[SubscriptionSeen]:
    """Yield every subscription of the account, dead ones too; one call for a hundred.

    Their newest invoice, and since when a failing one fails, is not asked. Refuses with StripeAway.
    """
    after = ""
    while True:
        parameters = {"status": "all", "limit": 100} | ({"starting_after": after} if after else {})
        page = read(lambda stripe, p=parameters: stripe.v1.subscriptions.list(p))  # type: ignore[misc]
        rows = [plain(row) for row in page.data]
        yield from map(subscription_seen, rows)
        if not page.has_more or not rows:
            return
        after = rows[-1]["id"]
