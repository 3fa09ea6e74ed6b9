"""Subscriptions by request: made, changed, ended, resumed."""

from typing import TYPE_CHECKING, Any

from sandbox.billing import cancelling, changing, founding, invoicing, standing
from sandbox.billing.lines import full_line
from sandbox.billing.periods import next_collection, next_end
from sandbox.moments import period_of
from sandbox.objects import coupons, customers
from sandbox.objects.fields import cleared, merged_metadata
from sandbox.operations.supported import only
from sandbox.protocol.refusals import Refused, invalid, missing
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

CREATE = frozenset(
    {
        "automatic_tax",
        "billing_mode",
        "cancel_at",
        "cancel_at_period_end",
        "collection_method",
        "currency",
        "customer",
        "default_payment_method",
        "description",
        "discounts",
        "items",
        "metadata",
        "off_session",
        "payment_behavior",
        "payment_settings",
        "pending_invoice_item_interval",
        "proration_behavior",
        "trial_end",
        "trial_period_days",
        "trial_settings",
    }
)
UPDATE = CREATE - {"billing_mode", "currency", "customer", "trial_period_days"} | {
    "billing_cycle_anchor",
    "cancellation_details",
    "pause_collection",
    "proration_date",
}
WITH_PENDING = frozenset(
    {
        "billing_cycle_anchor",
        "items",
        "off_session",
        "payment_behavior",
        "proration_behavior",
        "proration_date",
        "trial_end",
    }
)
OF_THE_END = frozenset({"cancel_at", "cancel_at_period_end"})
AFTER_THE_END = frozenset({"cancellation_details", "metadata"})
WRITTEN = (
    "automatic_tax",
    "default_payment_method",
    "description",
    "payment_settings",
    "pending_invoice_item_interval",
    "trial_settings",
)


def create(turn: "Turn", params: Doc) -> Doc:
    """A subscription without Checkout."""
    only(params, CREATE)
    customer = customers.live(turn, params["customer"], "customer")
    if params.get("collection_method", "charge_automatically") != "charge_automatically":
        raise invalid("This sandbox charges automatically only.", "collection_method")
    if not params.get("items"):
        raise invalid("Missing required param: items.", "items", "parameter_missing")
    items = [_priced(turn, one, place) for place, one in enumerate(params["items"])]
    if params.get("default_payment_method"):
        _own_card(turn, customer["id"], params["default_payment_method"])
    return founding.found(turn, customer, items, params)


def _priced(turn: "Turn", asked: Doc, place: int) -> tuple[Doc, int]:
    if "price" not in asked:
        raise invalid("Name the price.", f"items[{place}][price]", "parameter_missing")
    price = turn.find("price", asked["price"], f"items[{place}][price]")
    if not price["active"] or not price["recurring"]:
        raise invalid("The price must be active and recurring.", f"items[{place}][price]")
    return price, asked.get("quantity", 1)


def _own_card(turn: "Turn", customer_id: str, method_id: str) -> None:
    method = turn.find("payment_method", method_id, "default_payment_method")
    if method["customer"] != customer_id:
        raise missing("payment_method", method_id, "default_payment_method")


def update(turn: "Turn", params: Doc, subscription_id: str) -> Doc:
    """Change what was sent; items with real proration, everything else as it stands."""
    only(params, UPDATE)
    subscription = turn.find("subscription", subscription_id)
    _refuse(subscription, params)
    if params.get("default_payment_method"):
        _own_card(turn, subscription["customer"], params["default_payment_method"])
    _write(turn, subscription, params)
    _write_end(turn, subscription, params)
    if params.get("trial_end") is not None:
        _move_trial(turn, subscription, params["trial_end"])
    elif params.get("items") or params.get("billing_cycle_anchor") == "now":
        changing.change(turn, subscription, params.get("items", []), params)
    return turn.save(subscription, "customer.subscription.updated")


def _refuse(subscription: Doc, params: Doc) -> None:
    ended = subscription["status"] in ("canceled", "incomplete_expired")
    if ended and set(params) - AFTER_THE_END:
        raise invalid("A canceled subscription can only update its details and metadata.")
    if subscription["schedule"] and set(params) & OF_THE_END:
        raise _managed(subscription)
    if params.get("payment_behavior") == "pending_if_incomplete":
        for name in set(params) - WITH_PENDING:
            raise invalid(f"{name} cannot be combined with pending_if_incomplete.", name)
    if subscription["pending_update"] and params.get("items"):
        raise invalid("This subscription already has an update that waits for its payment.")
    if "cancel_at" in params and "cancel_at_period_end" in params:
        raise invalid("You may only specify one of cancel_at and cancel_at_period_end.")


def _managed(subscription: Doc) -> Refused:
    return invalid(
        "The subscription is managed by the subscription schedule "
        f"`{subscription['schedule']}`, and updating any cancelation behavior directly is not "
        "allowed. Please update the schedule instead."
    )


def _write(turn: "Turn", subscription: Doc, params: Doc) -> None:
    for name in WRITTEN:
        if name not in params:
            continue
        value = cleared(params[name])
        old = subscription[name]
        subscription[name] = old | value if isinstance(old, dict) and value else value
    if "pending_invoice_item_interval" in params:
        subscription["next_pending_invoice_item_invoice"] = next_collection(
            subscription["billing_cycle_anchor"],
            subscription["pending_invoice_item_interval"],
            turn.now,
        )
    if "metadata" in params:
        subscription["metadata"] = merged_metadata(subscription["metadata"], params["metadata"])
    if "pause_collection" in params:
        pause = cleared(params["pause_collection"])
        subscription["pause_collection"] = pause and {"resumes_at": None} | pause
    for name, value in params.get("cancellation_details", {}).items():
        subscription["cancellation_details"][name] = cleared(value)
    if "discounts" in params:
        asked = params["discounts"] or []
        subscription["discounts"] = coupons.redeem(turn, subscription, asked)


def _write_end(turn: "Turn", subscription: Doc, params: Doc) -> None:
    _, end = period_of(subscription)
    if "cancel_at_period_end" in params:
        wanted = params["cancel_at_period_end"]
        cancelling.schedule_end(turn, subscription, end if wanted else None, by_period=wanted)
    elif "cancel_at" in params:
        asked = cleared(params["cancel_at"])
        moment = end if asked in ("min_period_end", "max_period_end") else asked
        if moment is not None and int(moment) <= turn.now:
            raise invalid("cancel_at must lie in the future.", "cancel_at")
        moment = None if moment is None else int(moment)
        cancelling.schedule_end(turn, subscription, moment, by_period=False)


def _move_trial(turn: "Turn", subscription: Doc, asked: Any) -> None:
    """Shorten or lengthen a trial; "now" ends it, which bills the first period."""
    if subscription["status"] != "trialing":
        raise invalid("Only a trialing subscription's trial can be moved here.", "trial_end")
    moment = turn.now if asked == "now" else int(asked)
    subscription |= {"trial_end": moment, "billing_cycle_anchor": moment, "_trial_warned": False}
    for item in subscription["items"]["data"]:
        item["current_period_end"] = moment
    if asked == "now":
        _begin(turn, subscription)


def _begin(turn: "Turn", subscription: Doc) -> None:
    lines = []
    for item in subscription["items"]["data"]:
        end = next_end(turn.now, item["price"]["recurring"], turn.now)
        item |= {"current_period_start": turn.now, "current_period_end": end}
        lines.append(full_line(turn, item, turn.now, end))
    subscription["status"] = "active"
    invoice = invoicing.draft(
        turn, subscription, lines, reason="subscription_update", period=(turn.now, turn.now)
    )
    turn.save(subscription)
    invoicing.finalize(turn, invoice)
    if invoice["status"] == "open":
        standing.collect(turn, invoice)


def cancel(turn: "Turn", params: Doc, subscription_id: str) -> Doc:
    """End it now."""
    subscription = turn.find("subscription", subscription_id)
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise missing("subscription", subscription_id)
    if subscription["schedule"]:
        raise _managed(subscription)
    details = params.get("cancellation_details", {})
    subscription["cancellation_details"] |= {n: cleared(v) for n, v in details.items()}
    if params.get("invoice_now") or params.get("prorate"):
        cancelling.settle_up(
            turn,
            subscription,
            prorate=params.get("prorate", False),
            invoice_now=params.get("invoice_now", False),
        )
    cancelling.cancel(turn, subscription, reason="cancellation_requested")
    return subscription


def resume(turn: "Turn", params: Doc, subscription_id: str) -> Doc:
    """Wake a paused subscription; Stripe resumes no other this way."""
    only(params, frozenset({"billing_cycle_anchor", "proration_behavior"}))
    subscription = turn.find("subscription", subscription_id)
    if subscription["status"] != "paused":
        raise invalid("Only paused subscriptions can be resumed.")
    subscription["billing_cycle_anchor"] = turn.now
    _begin(turn, subscription)
    turn.save(subscription)
    turn.tell("customer.subscription.resumed", subscription)
    return subscription


def delete_customer(turn: "Turn", _params: Doc, customer_id: str) -> Doc:
    """End everything the customer has, then the customer."""
    customer = customers.live(turn, customer_id)
    for subscription in turn.all("subscription", customer=customer_id):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            cancelling.cancel(turn, subscription, reason="cancellation_requested")
    for invoice in turn.all("invoice", customer=customer_id):
        if invoice["status"] == "draft":
            turn.save(invoice | {"auto_advance": False, "automatically_finalizes_at": None})
    turn.tell("customer.deleted", customer)
    customer["deleted"] = True
    return turn.save(customer)
