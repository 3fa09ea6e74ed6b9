"""Lines of invoices, and the one function of proration."""

from typing import TYPE_CHECKING

from sandbox.clock import iso
from sandbox.ids import new_id
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def day(moment: int) -> str:
    """A date for people."""
    return iso(moment)[:10]


def line(
    *,
    item: Doc,
    price: Doc,
    quantity: int,
    amount: int,
    start: int,
    end: int,
    words: str,
    prorated: bool = False,
    pending: str | None = None,
) -> Doc:
    """One line for an item of a subscription over a span of time."""
    return {
        "id": new_id("line_item"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": words,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": pending,
                "proration": prorated,
                "proration_details": {"credited_items": None},
                "subscription": item["subscription"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"end": end, "start": start},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "subscription": item["subscription"],
        "subtotal": amount,
        "taxes": [],
    }


def full_line(turn: "Turn", item: Doc, start: int, end: int, *, trial: bool = False) -> Doc:
    """The price of a whole period, or nothing while on trial."""
    price, quantity = item["price"], item["quantity"]
    name = turn.find("product", price["product"])["name"]
    amount = 0 if trial else price["unit_amount"] * quantity
    words = f"Trial period for {name}" if trial else f"{quantity} × {name} (per {_per(price)})"
    return line(
        item=item, price=price, quantity=quantity, amount=amount, start=start, end=end, words=words
    )


def _per(price: Doc) -> str:
    count, interval = price["recurring"]["interval_count"], price["recurring"]["interval"]
    return str(interval) if count == 1 else f"{count} {interval}s"


def prorated(whole: int, at: int, start: int, end: int) -> int:
    """The part of a whole period's amount that is left at a moment; per second, halves up."""
    length, left = end - start, max(0, min(end, end - at))
    left = min(left, length)
    return (2 * whole * left + length) // (2 * length)


def proration(turn: "Turn", item: Doc, price: Doc, quantity: int, at: int) -> list[Doc]:
    """Unused time of what an item was, back; the rest of the period at what it becomes.

    Both halves look at the item's running period; nothing comes of a change that changes nothing.
    """
    start, end = item["current_period_start"], item["current_period_end"]
    if price["id"] == item["price"]["id"] and quantity == item["quantity"]:
        return []
    return [
        unused(turn, item, at),
        _remaining(turn, item, price, quantity, at, start, end),
    ]


def unused(turn: "Turn", item: Doc, at: int) -> Doc:
    """The credit for what was paid and is not used."""
    start, end = item["current_period_start"], item["current_period_end"]
    old, held = item["price"], item["quantity"]
    name = turn.find("product", old["product"])["name"]
    return line(
        item=item,
        price=old,
        quantity=held,
        amount=-prorated(old["unit_amount"] * held, at, start, end),
        start=at,
        end=end,
        words=f"Unused time on {held} × {name} after {day(at)}",
        prorated=True,
    )


def _remaining(
    turn: "Turn", item: Doc, price: Doc, quantity: int, at: int, start: int, end: int
) -> Doc:
    name = turn.find("product", price["product"])["name"]
    return line(
        item=item,
        price=price,
        quantity=quantity,
        amount=prorated(price["unit_amount"] * quantity, at, start, end),
        start=at,
        end=end,
        words=f"Remaining time on {quantity} × {name} after {day(at)}",
        prorated=True,
    )
