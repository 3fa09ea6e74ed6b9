"""Listing every subscription of the account, page by page."""

from collections.abc import Iterator

from subscriptions.gateway.client import plain, read


def subscription_pages() -> Iterator[set[str]]:
    """Yield the customers of each page of 100 subscriptions, dead ones too."""
    after = ""
    while True:
        parameters = {"status": "all", "limit": 100} | ({"starting_after": after} if after else {})
        page = read(lambda stripe, p=parameters: stripe.v1.subscriptions.list(p))  # type: ignore[misc]
        rows = [plain(row) for row in page.data]
        yield {
            row["customer"]["id"] if isinstance(row["customer"], dict) else row["customer"]
            for row in rows
        }
        if not page.has_more or not rows:
            return
        after = rows[-1]["id"]
