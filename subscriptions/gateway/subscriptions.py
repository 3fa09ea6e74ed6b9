"""Listing every subscription of the account, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from subscriptions.gateway.client import plain, read


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscription as the list shows it."""

    subscription_id: str
    customer_id: str
    status: str
    price_id: str
    quantity: int

    def __str__(self) -> str:
        return f"{self.status}, {self.quantity} × {self.price_id}"


def subscription_pages() -> Iterator[list[Listed]]:
    """Yield each page of 100 subscriptions, dead ones too."""
    after = ""
    while True:
        parameters = {"status": "all", "limit": 100} | ({"starting_after": after} if after else {})
        page = read(lambda stripe, p=parameters: stripe.v1.subscriptions.list(p))  # type: ignore[misc]
        rows = [plain(row) for row in page.data]
        yield [_listed(row) for row in rows]
        if not page.has_more or not rows:
            return
        after = rows[-1]["id"]


def listed_subscriptions() -> Iterator[Listed]:
    """Yield every subscription of the account."""
    for page in subscription_pages():
        yield from page


def _listed(row: dict[str, Any]) -> Listed:
    items = row["items"]["data"]
    return Listed(
        subscription_id=row["id"],
        customer_id=_id(row["customer"]),
        status=row["status"],
        price_id=_id(items[0].get("price")) if items else "",
        quantity=sum(int(item.get("quantity") or 0) for item in items),
    )


def _id(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value or "")
