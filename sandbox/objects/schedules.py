"""Subscription schedules: their shape and that of their phases, and reading them."""

from typing import TYPE_CHECKING

from sandbox.moments import ends_at, period_of
from sandbox.objects.fields import merged_metadata
from sandbox.protocol.lists import Query
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def shape(turn: "Turn", subscription: Doc, params: Doc) -> Doc:
    """A schedule of one phase: what the subscription is, until its period or life ends."""
    end = ends_at(subscription)
    first = _phase_of(subscription, end or period_of(subscription)[1])
    return {
        "application": None,
        "billing_mode": dict(subscription["billing_mode"]),
        "canceled_at": None,
        "completed_at": None,
        "created": turn.now,
        "current_phase": span(first),
        "customer": subscription["customer"],
        "customer_account": None,
        "default_settings": {
            "application_fee_percent": None,
            "automatic_tax": dict(subscription["automatic_tax"]),
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": None,
            "collection_method": subscription["collection_method"],
            "default_payment_method": subscription["default_payment_method"],
            "description": subscription["description"],
            "invoice_settings": {
                "account_tax_ids": None,
                "custom_fields": None,
                "days_until_due": None,
                "description": None,
                "footer": None,
                "issuer": {"type": "self"},
            },
            "on_behalf_of": None,
            "transfer_data": None,
        },
        "end_behavior": "release" if end is None else "cancel",
        "livemode": False,
        "metadata": merged_metadata(None, params.get("metadata")),
        "phases": [first],
        "released_at": None,
        "released_subscription": None,
        "status": "active",
        "subscription": subscription["id"],
        "test_clock": None,
    }


def span(phase: Doc) -> Doc:
    """Start and end of a phase."""
    return {"end_date": phase["end_date"], "start_date": phase["start_date"]}


def item(price: str, quantity: int, metadata: Doc) -> Doc:
    """One price of a phase, and how many of it."""
    return {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": metadata,
        "price": price,
        "quantity": quantity,
        "tax_rates": [],
    }


def items_of(subscription: Doc) -> list[Doc]:
    """The items of a subscription as a phase writes them."""
    return [
        item(one["price"]["id"], one["quantity"], dict(one["metadata"]))
        for one in subscription["items"]["data"]
    ]


def phase(items: list[Doc], start: int, end: int, currency: str) -> Doc:
    """A phase with these items; all else as the schedule's defaults have it."""
    return {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "billing_cycle_anchor": None,
        "billing_thresholds": None,
        "collection_method": None,
        "currency": currency,
        "default_payment_method": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "end_date": end,
        "invoice_settings": None,
        "items": items,
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": "create_prorations",
        "start_date": start,
        "transfer_data": None,
        "trial_end": None,
    }


def _phase_of(subscription: Doc, end: int) -> Doc:
    start, _ = period_of(subscription)
    trial = subscription["trial_end"] if subscription["status"] == "trialing" else None
    return phase(items_of(subscription), start, end, subscription["currency"]) | {
        "discounts": [
            {"coupon": None, "discount": one, "promotion_code": None}
            for one in subscription["discounts"]
        ],
        "metadata": dict(subscription["metadata"]),
        "trial_end": trial,
    }


def show(turn: "Turn", _params: Doc, schedule_id: str) -> Doc:
    """The schedule; one that is over answers too."""
    return turn.find("subscription_schedule", schedule_id)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Schedules, by customer, by when they were made or ended, or only those yet to start."""
    query = Query("subscription_schedule").customer(params.get("customer"))
    for name in ("canceled_at", "completed_at", "released_at"):
        query.within(f"json_extract(doc, '$.{name}')", params.get(name))
    query.where("status", "not_started" if params.get("scheduled") else None)
    return query.created(params.get("created")).page(turn, params, "/v1/subscription_schedules")


def active_of(turn: "Turn", subscription: Doc) -> Doc | None:
    """The schedule that manages a subscription now, if one does."""
    found = turn.seek("subscription_schedule", subscription["schedule"])
    return found if found is not None and found["status"] == "active" else None


def following(schedule: Doc) -> Doc | None:
    """The phase after the current one, unless that is the last."""
    end = schedule["current_phase"]["end_date"]
    return next((one for one in schedule["phases"] if one["start_date"] == end), None)
