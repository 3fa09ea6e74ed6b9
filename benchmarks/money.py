"""What money costs in calls to Stripe: many who come at once, and comparing a thousand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import stripe

from kernel import clock
from orgs.actions.invitations import accept_invitation
from orgs.models import Organization
from subscriptions.actions.checkout import Choice
from subscriptions.actions.following import QUIET, set_ceiling
from subscriptions.actions.plans import push_plans
from subscriptions.actions.reconcile import reconcile
from subscriptions.following import follow_seats
from subscriptions.gateway.client import write
from subscriptions.leaks import findings
from subscriptions.looking import LOOKS
from subscriptions.models import StripeCustomer, Subscription
from tests.builders import a_user, an_actor, an_invitation
from tests.sandbox_control import the_sandbox
from tests.subscriptions.stage import a_paying_company

INVITED, COMPARED = 200, 1_000


def measure() -> dict[str, str]:
    """Return the figures by name."""
    push_plans()
    return {
        "seat_calls_for_200_invites": str(_calls_for_invited()),
        "reconcile_calls_per_subscription": f"{_calls_a_subscription():.3f}",
    }


def _calls_for_invited() -> int:
    """Let many accept one after the other, while seats are followed all the time."""
    company = a_paying_company("crowded", choice=Choice("team", "month", 1))
    set_ceiling(
        organization=company.organization, ceiling=INVITED + 1, actor=an_actor(company.owner)
    )
    offers = []
    for _ in range(INVITED):
        person = a_user()
        offers.append((person, an_invitation(company.organization, email=person.email)[1]))
    with counted("post", "/v1/subscriptions/") as calls:
        for person, token in offers:
            accept_invitation(token=token, user=person, actor=an_actor(person))
            follow_seats()
        with clock.held_at(clock.now() + QUIET + timedelta(seconds=1)):
            follow_seats()
    paid = Subscription.objects.get(organization=company.organization).quantity
    if paid != INVITED + 1:
        raise RuntimeError(f"{paid} seats are paid for, and {INVITED + 1} are taken")
    return len(calls)


def _calls_a_subscription() -> float:
    """Compare a thousand that agree, as is done every hour."""
    price = Subscription.objects.latest("pk").price_id
    houses = Organization.objects.filter(stripe_customers=None).order_by("pk")[:COMPARED]
    for pk in houses.values_list("pk", flat=True):
        customer_id = write(lambda stripe: stripe.v1.customers.create({"name": "Compared"})).id
        the_sandbox().call("dashboard/subscriptions", customer=customer_id, price=price, quantity=2)
        StripeCustomer.objects.create(organization_id=pk, customer_id=customer_id, is_current=True)
    reconcile(LOOKS)
    with counted("get", "/v1/") as calls:
        findings(after=reconcile(LOOKS))
    return len(calls) / Subscription.objects.count()


@contextmanager
def counted(method: str, path: str) -> Iterator[list[str]]:
    """Collect the addresses that Stripe's library asks with a method, under a path."""
    request, found = stripe.RequestsClient.request, []

    def noted(here: Any, how: str, url: str, *args: Any, **named: Any) -> Any:
        if how.lower() == method and path in url:
            found.append(url)
        return request(here, how, url, *args, **named)

    stripe.RequestsClient.request = noted  # type: ignore[method-assign,assignment]
    try:
        yield found
    finally:
        stripe.RequestsClient.request = request  # type: ignore[method-assign]
