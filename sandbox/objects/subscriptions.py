"""Subscriptions: their shape, and reading them."""

from typing import TYPE_CHECKING

from sandbox.billing.periods import next_collection, next_end
from sandbox.ids import new_id
from sandbox.objects.fields import merged_metadata
from sandbox.protocol.lists import Query, slice_of
from sandbox.protocol.refusals import missing
from sandbox.protocol.rendering import a_list
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

ENDED = ("canceled", "incomplete_expired")


def shape(
    turn: "Turn",
    *,
    customer: Doc,
    items: list[tuple[Doc, int]],
    params: Doc,
    trial_end: int | None = None,
) -> Doc:
    """A subscription that begins now; kept by nobody yet."""
    subscription_id = new_id("subscription")
    recurring = items[0][0]["recurring"]
    anchor = trial_end or turn.now
    end = trial_end or next_end(anchor, recurring, turn.now)
    url = f"/v1/subscription_items?subscription={subscription_id}"
    rows = [item(turn, subscription_id, price, count, end) for price, count in items]
    automatic = params.get("automatic_tax", {}).get("enabled", False)
    mode = params.get("billing_mode", {}).get("type", "flexible")
    flexible = {"proration_discounts": "included"} if mode == "flexible" else None
    return {
        "id": subscription_id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": automatic,
            "liability": {"type": "self"} if automatic else None,
        },
        "billing_cycle_anchor": anchor,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": flexible, "type": mode},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": params.get("cancel_at"),
        "cancel_at_period_end": params.get("cancel_at_period_end", False),
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": turn.now,
        "currency": items[0][0]["currency"],
        "customer": customer["id"],
        "days_until_due": None,
        "default_payment_method": params.get("default_payment_method"),
        "default_source": None,
        "default_tax_rates": [],
        "description": params.get("description"),
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": a_list(url, rows),
        "latest_invoice": None,
        "livemode": False,
        "metadata": merged_metadata(None, params.get("metadata")),
        "next_pending_invoice_item_invoice": next_collection(
            anchor, params.get("pending_invoice_item_interval"), turn.now
        ),
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        }
        | params.get("payment_settings", {}),
        "pending_invoice_item_interval": params.get("pending_invoice_item_interval"),
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": turn.now,
        "status": "trialing" if trial_end else "incomplete",
        "test_clock": None,
        "transfer_data": None,
        "trial_end": trial_end,
        "trial_settings": params.get("trial_settings")
        or {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": turn.now if trial_end else None,
        "_announced": None,
        "_trial_warned": False,
        "_changes": [],
        "_pending_change": None,
    }


def item(turn: "Turn", subscription_id: str, price: Doc, quantity: int, end: int) -> Doc:
    """One price and how many of it."""
    return {
        "id": new_id("subscription_item"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": turn.now,
        "current_period_end": end,
        "current_period_start": turn.now,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def show(turn: "Turn", _params: Doc, subscription_id: str) -> Doc:
    """The subscription; an ended one answers too."""
    return turn.find("subscription", subscription_id)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Subscriptions; without a status, all that are not canceled."""
    query = Query("subscription").customer(params.get("customer"))
    status = params.get("status")
    if status == "ended":
        query.one_of("status", list(ENDED))
    elif status is None:
        query.also("json_extract(doc, '$.status') not in ('canceled', 'incomplete_expired')")
    elif status != "all":
        query.where("status", status)
    if "price" in params:
        query.where("items.data[0].price.id", params["price"])
    query.where("collection_method", params.get("collection_method"))
    return query.created(params.get("created")).page(turn, params, "/v1/subscriptions")


def items(turn: "Turn", params: Doc) -> Doc:
    """The items of one subscription, by the page."""
    subscription = turn.find("subscription", params["subscription"], "subscription")
    found = subscription["items"]
    return slice_of(found["data"], params, found["url"])


def show_item(turn: "Turn", _params: Doc, item_id: str) -> Doc:
    """One item, wherever it is."""
    for subscription in turn.all("subscription"):
        found: Doc
        for found in subscription["items"]["data"]:
            if found["id"] == item_id:
                return found
    raise missing("subscription_item", item_id)
