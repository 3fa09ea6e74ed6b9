"""The catalog at Stripe: bringing it there, and seeing where the two differ."""

from django.db import transaction

from subscriptions.catalog import SOLD
from subscriptions.gateway import catalog
from subscriptions.gateway.client import ensure_deployment
from subscriptions.models import Deployment, Price


def push_plans() -> list[str]:
    """Bring products, prices and our portal to Stripe; returns what was done, in words. Twice is
    once.

    A price is never edited: a new one takes the lookup key, and the row of the old one stays.
    """
    ensure_deployment()
    done: list[str] = []
    for plan in SOLD:
        catalog.push_product(plan)
    sold = catalog.prices_sold([plan.lookup_key(p.interval) for plan in SOLD for p in plan.prices])
    for plan in SOLD:
        for price in plan.prices:
            seen = sold.get(plan.lookup_key(price.interval))
            if seen is None or (seen.amount, seen.currency) != (price.amount, price.currency):
                seen = catalog.push_price(plan, price.interval)
                done.append(f"{plan.name} by the {price.interval}: {price.money}, {seen.price_id}")
            _keep(plan.key, seen)
    deployment = Deployment.objects.get()
    configuration = catalog.push_portal(deployment.portal_configuration)
    Deployment.objects.update(portal_configuration=configuration)
    return done


def plan_differences() -> list[str]:
    """Say where code, database and Stripe differ; nothing is good."""
    keys = [plan.lookup_key(price.interval) for plan in SOLD for price in plan.prices]
    at_stripe = catalog.prices_sold(keys)
    found: list[str] = []
    for plan in SOLD:
        for price in plan.prices:
            what = f"{plan.name} by the {price.interval}"
            seen = at_stripe.get(plan.lookup_key(price.interval))
            row = Price.objects.filter(
                plan_key=plan.key, interval=price.interval, is_sold=True
            ).first()
            if seen is None:
                found.append(f"{what}: not sold at Stripe")
            elif (seen.amount, seen.currency) != (price.amount, price.currency):
                found.append(f"{what}: Stripe asks {seen.amount}, the catalog {price.amount}")
            if row is None:
                found.append(f"{what}: no price in the database")
            elif (row.amount, row.currency) != (price.amount, price.currency):
                found.append(f"{what}: the database says {row.amount}, the catalog {price.amount}")
            elif seen is not None and row.price_id != seen.price_id:
                found.append(f"{what}: the database sells {row.price_id}, Stripe {seen.price_id}")
    if not Deployment.objects.exclude(portal_configuration="").exists():
        found.append("the portal has no configuration")
    return found


@transaction.atomic
def _keep(plan_key: str, seen: catalog.PriceSeen) -> None:
    """Keep a row for the price, as the one that is sold now."""
    Price.objects.filter(plan_key=plan_key, interval=seen.interval).exclude(
        price_id=seen.price_id
    ).update(is_sold=False)
    Price.objects.update_or_create(
        price_id=seen.price_id,
        defaults={
            "plan_key": plan_key,
            "interval": seen.interval,
            "amount": seen.amount,
            "currency": seen.currency,
            "is_sold": True,
        },
    )
