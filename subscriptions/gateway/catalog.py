"""Bringing our catalog to Stripe, and reading what is there."""

from dataclasses import dataclass
from typing import Any

from subscriptions.catalog import Plan
from subscriptions.gateway.client import GoneAtStripe, plain, read, write

PORTAL = {
    "business_profile": {
        "headline": "Chapterhouse: card, invoices, tax id and end of the subscription"
    },
    "features": {
        "customer_update": {
            "enabled": True,
            "allowed_updates": ["address", "email", "name", "tax_id"],
        },
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
        "subscription_update": {"enabled": False},
    },
}
"""Our portal: card, invoices, tax id, cancel at period end, and nothing else; plan and quantity go
through us.
"""


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """A price as Stripe sells it now."""

    price_id: str
    product_id: str
    lookup_key: str
    amount: int
    currency: str
    interval: str
    is_active: bool


def product_id(plan: Plan) -> str:
    """Return the id under which a plan is a product at Stripe."""
    return f"chapterhouse_{plan.key}"


def push_product(plan: Plan) -> None:
    """Create the plan's product, or bring its words up to date."""
    words = {"name": f"Chapterhouse {plan.name}", "description": plan.summary}
    try:
        found = plain(read(lambda stripe: stripe.v1.products.retrieve(product_id(plan))))
    except GoneAtStripe:
        write(lambda stripe: stripe.v1.products.create({"id": product_id(plan), **words}))  # type: ignore[typeddict-item]
        return
    if any(found.get(key) != value for key, value in words.items()) or not found["active"]:
        write(
            lambda stripe: stripe.v1.products.update(
                product_id(plan),
                {"active": True, "name": words["name"], "description": words["description"]},
            )
        )


def prices_sold(lookup_keys: list[str]) -> dict[str, PriceSeen]:
    """Return what is sold under our lookup keys."""
    found = read(
        lambda stripe: stripe.v1.prices.list(
            {"lookup_keys": lookup_keys, "active": True, "limit": 100}
        )
    )
    seen = [_price(plain(row)) for row in found.data]
    return {price.lookup_key: price for price in seen}


def push_price(plan: Plan, interval: str) -> PriceSeen:
    """Make the price that is sold from now on; the lookup key leaves the one before it."""
    price = plan.price(interval)
    made = write(
        lambda stripe: stripe.v1.prices.create(
            {
                "product": product_id(plan),
                "currency": price.currency,
                "unit_amount": price.amount,
                "recurring": {"interval": interval},
                "tax_behavior": "exclusive",
                "lookup_key": plan.lookup_key(interval),
                "transfer_lookup_key": True,
                "metadata": {"plan": plan.key, "interval": interval},
            }
        )
    )
    return _price(plain(made))


def push_portal(configuration: str) -> str:
    """Create our portal configuration, or bring it up to date; return its id."""
    if configuration:
        try:
            write(
                lambda stripe: stripe.v1.billing_portal.configurations.update(
                    configuration,
                    PORTAL,  # type: ignore[arg-type]  # plain dicts
                )
            )
        except GoneAtStripe:
            configuration = ""
    if configuration:
        return configuration
    made = write(
        lambda stripe: stripe.v1.billing_portal.configurations.create(PORTAL)  # type: ignore[arg-type]
    )
    return made.id


def _price(row: dict[str, Any]) -> PriceSeen:
    product = row["product"]
    return PriceSeen(
        price_id=row["id"],
        product_id=product["id"] if isinstance(product, dict) else product,
        lookup_key=row.get("lookup_key") or "",
        amount=row["unit_amount"],
        currency=row["currency"],
        interval=(row.get("recurring") or {}).get("interval", ""),
        is_active=row["active"],
    )
