"""What of a stored object goes out, and how ids become objects when asked."""

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.deliveries import pending_webhooks
from sandbox.ids import kind_of
from sandbox.protocol.refusals import malformed
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

MAX_DEPTH = 4


def public(turn: "Turn", doc: Doc) -> Doc:
    """The object as it goes out: without what begins with "_", and with prices as they are now."""
    shown: Doc = _shown(doc)
    if doc.get("object") == "customer" and doc.get("deleted"):
        return {"id": doc["id"], "object": "customer", "deleted": True}
    if doc.get("object") == "event":
        shown["pending_webhooks"] = pending_webhooks(turn.store, doc["id"])
    if doc.get("object") == "subscription":
        for item in shown["items"]["data"]:
            fresh = turn.seek("price", item["price"]["id"])
            item["price"] = _shown(fresh) if fresh else item["price"]
    return shown


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return copy.copy(value)


def answer(turn: "Turn", doc: Doc, expand: list[str]) -> Doc:
    """The answer to a request: the object, or list of objects, with the asked paths expanded."""
    if doc.get("object") == "list" and "data" in doc:
        shown = dict(doc, data=[public(turn, one) for one in doc["data"]])
    else:
        shown = public(turn, doc)
    for path in expand:
        steps = path.split(".")
        if len(steps) > MAX_DEPTH + (steps[0] == "data"):
            raise malformed(f"You cannot expand more than {MAX_DEPTH} levels: {path}", "expand")
        _expand(turn, shown, steps, path)
    return shown


def _expand(turn: "Turn", node: Doc, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if node.get("deleted"):
        return  # nothing is left to open, and asking is no mistake
    include = INCLUDABLE.get((str(node.get("object")), name))
    if include is not None and name not in node:
        included = include(turn, node)
        if included is None:
            return
        node[name] = included
    if name not in node:
        raise malformed(f"This property cannot be expanded ({path}).", "expand")
    value = _opened(turn, node[name])
    node[name] = value
    inner = value["data"] if isinstance(value, dict) and value.get("object") == "list" else value
    if rest and rest[0] == "data" and isinstance(value, dict):
        rest = rest[1:]
        inner = value["data"]
    if not rest:
        return
    for child in inner if isinstance(inner, list) else [inner]:
        if isinstance(child, dict):
            _expand(turn, child, rest, path)


def _opened(turn: "Turn", value: Any) -> Any:
    if isinstance(value, list):
        return [_opened(turn, one) for one in value]
    if not isinstance(value, str):
        return value
    kind = kind_of(value) or "coupon"
    found = turn.seek(kind, value)
    return public(turn, found) if found is not None else value


def a_list(url: str, found: list[Doc], *, more: bool = False) -> Doc:
    """A list object."""
    return {"object": "list", "data": found, "has_more": more, "url": url}


def _payments(turn: "Turn", invoice: Doc) -> Doc:
    found = [p for p in turn.all("invoice_payment") if p["invoice"] == invoice["id"]]
    return a_list("/v1/invoice_payments", [public(turn, one) for one in found])


def _line_items(turn: "Turn", session: Doc) -> Doc:
    stored = turn.find("checkout.session", session["id"])
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return a_list(url, [public(turn, one) for one in stored["_line_items"]])


def _refunds(turn: "Turn", charge: Doc) -> Doc:
    found = [r for r in turn.all("refund") if r["charge"] == charge["id"]]
    return a_list(f"/v1/charges/{charge['id']}/refunds", [public(turn, one) for one in found])


def _sources(_turn: "Turn", customer: Doc) -> Doc:
    return a_list(f"/v1/customers/{customer['id']}/sources", [])


def _subscriptions(turn: "Turn", customer: Doc) -> Doc:
    found = turn.all("subscription", customer=customer["id"])
    live = [public(turn, one) for one in found if one["status"] != "canceled"]
    return a_list(f"/v1/customers/{customer['id']}/subscriptions", live)


def _tax_ids(turn: "Turn", customer: Doc) -> Doc:
    found = turn.all("tax_id", customer=customer["id"])
    url = f"/v1/customers/{customer['id']}/tax_ids"
    return a_list(url, [public(turn, one) for one in found])


def _currency_options(_turn: "Turn", price: Doc) -> Doc:
    option = {
        "custom_unit_amount": None,
        "tax_behavior": price["tax_behavior"],
        "unit_amount": price["unit_amount"],
        "unit_amount_decimal": price["unit_amount_decimal"],
    }
    return {price["currency"]: option}


def _applies_to(turn: "Turn", coupon: Doc) -> Doc:
    return {"products": turn.find("coupon", coupon["id"])["_products"]}


def _tax(_turn: "Turn", customer: Doc) -> Doc:
    place = (customer["address"] or {}).get("country")
    state = "not_collecting" if place else "unrecognized_location"
    return {"automatic_tax": state, "ip_address": None, "location": None, "provider": "stripe"}


def _breakdown(_turn: "Turn", _details: Doc) -> Doc:
    return {"discounts": [], "taxes": []}


def _nothing(_turn: "Turn", _doc: Doc) -> None:
    """Known to Stripe, and never there for what this sandbox has."""


def _none_of_them(_turn: "Turn", _doc: Doc) -> list[Doc]:
    return []


INCLUDABLE: dict[tuple[str, str], Callable[["Turn", Doc], Doc | list[Doc] | None]] = {
    ("invoice", "payments"): _payments,
    ("checkout.session", "line_items"): _line_items,
    ("charge", "refunds"): _refunds,
    ("customer", "sources"): _sources,
    ("customer", "subscriptions"): _subscriptions,
    ("customer", "tax_ids"): _tax_ids,
    ("customer", "tax"): _tax,
    ("price", "currency_options"): _currency_options,
    ("price", "tiers"): _nothing,
    ("item", "discounts"): _none_of_them,
    ("item", "taxes"): _none_of_them,
    ("coupon", "applies_to"): _applies_to,
    ("None", "breakdown"): _breakdown,
}
