"""Prices: never edited but in name, found by lookup key."""

from typing import TYPE_CHECKING

from sandbox.objects.fields import cleared, merged_metadata
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid, malformed
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def create(turn: "Turn", params: Doc) -> Doc:
    """A new price of a product."""
    if "product" in params:
        product = turn.find("product", params["product"], "product")["id"]
    elif "product_data" in params:
        raise malformed("Create the product first, then its price.", "product_data")
    else:
        raise malformed("Missing required param: product.", "product", "parameter_missing")
    amount = _amount(params)
    sent = params.get("recurring")
    recurring = sent and {
        "interval": sent["interval"],
        "interval_count": sent.get("interval_count", 1),
        "meter": sent.get("meter"),
        "usage_type": sent.get("usage_type", "licensed"),
    }
    _make_room(turn, params.get("lookup_key"), transfer=params.get("transfer_lookup_key", False))
    fields = {
        "active": params.get("active", True),
        "billing_scheme": params.get("billing_scheme", "per_unit"),
        "created": turn.now,
        "currency": params["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": params.get("lookup_key"),
        "metadata": merged_metadata(None, params.get("metadata")),
        "nickname": params.get("nickname"),
        "product": product,
        "recurring": recurring,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return turn.create("price", fields, "price.created")


def _amount(params: Doc) -> int:
    if "unit_amount" in params:
        amount = int(params["unit_amount"])
    elif "unit_amount_decimal" in params and float(params["unit_amount_decimal"]).is_integer():
        amount = int(float(params["unit_amount_decimal"]))
    else:
        raise malformed("Missing required param: unit_amount.", "unit_amount", "parameter_missing")
    if amount < 0:
        raise malformed("Invalid non-negative integer", "unit_amount", "parameter_invalid_integer")
    return amount


def _make_room(turn: "Turn", lookup_key: str | None, *, transfer: bool, own: str = "") -> None:
    """Take the key off whichever price has it, if that was asked."""
    for holder in turn.all("price") if lookup_key else []:
        if holder["lookup_key"] != lookup_key or holder["id"] == own:
            continue
        if not transfer:
            raise invalid(
                f"A price ({holder['id']}) already uses that lookup key.",
                "lookup_key",
                "resource_already_exists",
            )
        holder["lookup_key"] = None
        turn.save(holder, "price.updated")


def show(turn: "Turn", _params: Doc, price_id: str) -> Doc:
    """The price."""
    return turn.find("price", price_id)


def update(turn: "Turn", params: Doc, price_id: str) -> Doc:
    """Change name, key, metadata or availability; the amount is for ever."""
    price = turn.find("price", price_id)
    if "lookup_key" in params:
        transfer = params.get("transfer_lookup_key", False)
        _make_room(turn, params["lookup_key"], transfer=transfer, own=price_id)
        price["lookup_key"] = cleared(params["lookup_key"])
    for name in ("active", "nickname"):
        if name in params:
            price[name] = cleared(params[name])
    if "tax_behavior" in params and params["tax_behavior"] != price["tax_behavior"]:
        if price["tax_behavior"] != "unspecified":
            raise invalid("The tax behavior is already fixed.", "tax_behavior")
        price["tax_behavior"] = params["tax_behavior"]
    if "metadata" in params:
        price["metadata"] = merged_metadata(price["metadata"], params["metadata"])
    return turn.save(price, "price.updated")


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Prices, by product, lookup key, currency, type or availability."""
    query = Query("price").one_of("lookup_key", params.get("lookup_keys"))
    for name in ("active", "currency", "product", "type"):
        query.where(name, params.get(name))
    for name, value in params.get("recurring", {}).items():
        query.where(f"recurring.{name}", value)
    return query.created(params.get("created")).page(turn, params, "/v1/prices")
