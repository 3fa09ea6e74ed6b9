"""Checkout sessions: opened, read, expired."""

from typing import TYPE_CHECKING, Any

from sandbox.billing import checkout
from sandbox.clock import DAY
from sandbox.ids import new_id, random_text
from sandbox.objects import coupons, customers
from sandbox.objects.fields import cleared, merged_metadata
from sandbox.protocol.lists import Query, slice_of
from sandbox.protocol.refusals import invalid, malformed
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

SHORTEST, LONGEST = 30 * 60, DAY
NOTHING = (
    "after_expiration",
    "consent",
    "currency_conversion",
    "customer_account",
    "customer_creation",
    "customer_details",
    "invoice",
    "invoice_creation",
    "payment_intent",
    "payment_link",
    "permissions",
    "recovered_from",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
)
NO_CUSTOM_TEXT = dict.fromkeys(
    ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
)


def create(turn: "Turn", params: Doc) -> Doc:
    """A page on which one subscription can be bought, once."""
    _refuse_what_cannot_be(params)
    line = _line(turn, params)
    customer = params.get("customer")
    if customer:
        _check_customer(turn, customers.live(turn, customer, "customer"), params)
    expires_at = params.get("expires_at", turn.now + DAY)
    if not turn.now + SHORTEST <= expires_at <= turn.now + LONGEST:
        raise invalid("The expiry must lie between 30 minutes and 24 hours from now.", "expires_at")
    session_id = new_id("checkout.session") + random_text(34)
    subscription = params.get("subscription_data", {})
    discounts = params.get("discounts") or []
    fields: Doc = dict.fromkeys(NOTHING) | {
        "id": session_id,
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing", {}).get("enabled", True)},
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "automatic_tax": _automatic_tax(params),
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent_collection": _consents(params),
        "created": turn.now,
        "currency": line["price"]["currency"],
        "custom_fields": [],
        "custom_text": NO_CUSTOM_TEXT | params.get("custom_text", {}),
        "customer": customer,
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "expires_at": expires_at,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": merged_metadata(None, params.get("metadata")),
        "mode": "subscription",
        "origin_context": params.get("origin_context"),
        "payment_method_collection": params.get("payment_method_collection", "always"),
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": params.get("payment_method_types", ["card"]),
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "saved_payment_method_options": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params.get("success_url"),
        "tax_id_collection": {
            "enabled": params.get("tax_id_collection", {}).get("enabled", False),
            "required": params.get("tax_id_collection", {}).get("required", "never"),
        },
        "ui_mode": "hosted_page",
        "url": f"{turn.url}/pay/{session_id}",
        "wallet_options": None,
        "_line_items": [line],
        "_subscription": subscription,
        "_customer_update": params.get("customer_update"),
        "_trial_days": subscription.get("trial_period_days"),
        "_trial_end": subscription.get("trial_end"),
        "_intent": None,
        "_promotion": None,
        "_coupon": _coupon(turn, discounts),
    }
    if discounts:
        fields["discounts"] = [{"coupon": fields["_coupon"], "promotion_code": None}]
    session: Doc = fields | {"object": "checkout.session"}
    checkout.reprice(turn, session, line["quantity"], None)
    return turn.create("checkout.session", session)


def _refuse_what_cannot_be(params: Doc) -> None:
    if params.get("mode", "payment") != "subscription":
        raise invalid("This sandbox sells subscriptions only.", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("This sandbox has hosted pages only.", "ui_mode")
    if not params.get("success_url"):
        raise malformed("Missing required param: success_url.", "success_url", "parameter_missing")
    if len(params.get("line_items", [])) != 1:
        raise invalid("This sandbox sells exactly one line at a time.", "line_items")
    if params.get("discounts") and params.get("allow_promotion_codes"):
        raise invalid("You may only specify one of allow_promotion_codes and discounts.")
    if params.get("customer") and params.get("customer_email"):
        raise invalid("You may only specify one of customer and customer_email.")
    if params.get("customer_update") and not params.get("customer"):
        raise invalid("customer_update needs a customer.", "customer_update")


def _check_customer(_turn: "Turn", customer: Doc, params: Doc) -> None:
    update = params.get("customer_update", {})
    wants_tax = params.get("automatic_tax", {}).get("enabled")
    if wants_tax and not customer["address"] and update.get("address") != "auto":
        raise invalid(
            "Automatic tax needs the customer's address: set one, or let Checkout save it with "
            "customer_update[address]=auto.",
            "customer_update[address]",
            "customer_tax_location_invalid",
        )
    if params.get("tax_id_collection", {}).get("enabled") and update.get("name") != "auto":
        raise invalid(
            "Collecting tax ids for an existing customer needs customer_update[name]=auto.",
            "customer_update[name]",
        )


def _line(turn: "Turn", params: Doc) -> Doc:
    asked = params["line_items"][0]
    if "price" not in asked:
        raise malformed("Name the price.", "line_items[0][price]", "parameter_missing")
    price = turn.find("price", asked["price"], "line_items[0][price]")
    if not price["active"]:
        raise invalid("The price specified is inactive.", "line_items[0][price]")
    if not price["recurring"]:
        raise invalid(
            "You must provide at least one recurring price in subscription mode.", "line_items"
        )
    quantity = asked.get("quantity", 1)
    if quantity < 1:
        raise invalid("The quantity must be at least 1.", "line_items[0][quantity]")
    adjustable: Any = asked.get("adjustable_quantity")
    if adjustable:
        limits = {"maximum": 99, "minimum": 0} if adjustable["enabled"] else {}
        adjustable = dict.fromkeys(("maximum", "minimum")) | limits | adjustable
    return {
        "id": new_id("item"),
        "object": "item",
        "adjustable_quantity": adjustable,
        "amount_discount": 0,
        "amount_subtotal": 0,
        "amount_tax": 0,
        "amount_total": 0,
        "currency": price["currency"],
        "description": turn.find("product", price["product"])["name"],
        "metadata": {},
        "price": {name: value for name, value in price.items() if not name.startswith("_")},
        "quantity": quantity,
    }


def _automatic_tax(params: Doc) -> Doc:
    enabled = params.get("automatic_tax", {}).get("enabled", False)
    return {
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": "requires_location_inputs" if enabled else None,
    }


def _consents(params: Doc) -> Doc | None:
    asked = params.get("consent_collection")
    if not asked:
        return None
    shown = {"payment_method_reuse_agreement": None, "promotions": None, "terms_of_service": None}
    return shown | {name: cleared(value) for name, value in asked.items()}


def _coupon(turn: "Turn", discounts: list[Doc]) -> str | None:
    for asked in discounts:
        if "coupon" in asked:
            return str(turn.find("coupon", asked["coupon"], "discounts[0][coupon]")["id"])
        code = turn.find("promotion_code", asked["promotion_code"], "discounts[0][promotion_code]")
        return str(coupons.show(turn, {}, code["promotion"]["coupon"])["id"])
    return None


def show(turn: "Turn", _params: Doc, session_id: str) -> Doc:
    """The session."""
    return turn.find("checkout.session", session_id)


def update(turn: "Turn", params: Doc, session_id: str) -> Doc:
    """Change the metadata of a session."""
    session = turn.find("checkout.session", session_id)
    if "metadata" in params:
        session["metadata"] = merged_metadata(session["metadata"], params["metadata"])
    return turn.save(session)


def expire(turn: "Turn", _params: Doc, session_id: str) -> Doc:
    """Close it, if it is still open."""
    return checkout.expire(turn, turn.find("checkout.session", session_id))


def line_items(turn: "Turn", params: Doc, session_id: str) -> Doc:
    """What it sells."""
    session = turn.find("checkout.session", session_id)
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return slice_of(session["_line_items"], params, url)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Sessions, of a customer, subscription or payment intent, in one status."""
    query = Query("checkout.session").customer(params.get("customer"))
    for name in ("status", "subscription", "payment_intent"):
        query.where(name, params.get(name))
    query.where("customer_details.email", params.get("customer_details", {}).get("email"))
    return query.created(params.get("created")).page(turn, params, "/v1/checkout/sessions")
