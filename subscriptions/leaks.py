"""What does not add up between Stripe and us, and who pays or uses what they should not.

Only reads: the list of Stripe's subscriptions, and our rows. What a look would heal is told as a
difference; what only people can mend, as a leak.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from kernel import clock
from orgs.entitlements import Standing
from orgs.models import Organization
from orgs.models.organization import Kind, State
from subscriptions.actions.reconcile import Reconciled
from subscriptions.gateway.billing import SubscriptionSeen
from subscriptions.gateway.subscriptions import listed_subscriptions
from subscriptions.looks import differs
from subscriptions.models import Grant, StripeCustomer, Subscription, UnknownCustomer
from subscriptions.models.subscription import LIVE
from subscriptions.standing import sources_of

DIFFERENCES = frozenset({"not_here", "not_there", "differs"})
"""What the next look heals by itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up; ``kind`` is its stable code."""

    kind: str
    organization: str
    subscription: str
    words: str

    @property
    def heals(self) -> bool:
        """Whether looking heals it."""
        return self.kind in DIFFERENCES


def findings(
    organization: Organization | None = None, *, after: Reconciled | None = None
) -> list[Finding]:
    """Return everything that does not add up, of one organization or of all.

    One call to Stripe for a hundred subscriptions. Right ``after`` a reconciliation none: what it
    listed is taken, and only what it could not look at can differ. Refuses with StripeAway.
    """
    listed = {
        row.subscription_id: row for row in (after.listed if after else listed_subscriptions())
    }
    if organization is not None:
        ours = set(organization.stripe_customers.values_list("customer_id", flat=True))
        listed = {key: row for key, row in listed.items() if row.customer_id in ours}
    differing = [] if after and not after.left else _differences(listed, organization)
    found = [*differing, *_leaks(organization)]
    if organization is None:
        found += _of_nobody(listed)
    return sorted(found, key=lambda each: (each.kind, each.organization, each.subscription))


def _differences(
    listed: dict[str, SubscriptionSeen], organization: Organization | None
) -> Iterator[Finding]:
    rows = Subscription.objects.select_related("organization")
    if organization is not None:
        rows = rows.filter(organization=organization)
    known = {row.subscription_id: row for row in rows}
    customers = dict(StripeCustomer.objects.values_list("customer_id", "organization__name"))
    for key, seen in listed.items():
        row = known.get(key)
        if row is None and seen.customer_id in customers:
            yield Finding(
                "not_here", customers[seen.customer_id], key, f"{_told(seen)} at Stripe only"
            )
        elif row is not None and (words := _how_they_differ(row, seen)):
            yield Finding("differs", row.organization.name, key, words)
    for key, row in known.items():
        if key not in listed and not row.is_missing:
            yield Finding("not_there", row.organization.name, key, f"{row.status} here only")


def _how_they_differ(row: Subscription, seen: SubscriptionSeen) -> str:
    if not differs(row, seen):
        return ""
    ours = f"{row.status}, {row.quantity} × {row.price_id}"
    theirs = _told(seen)
    return f"{ours} here, {theirs} at Stripe" if ours != theirs else f"{ours}; its dates differ"


def _told(seen: SubscriptionSeen) -> str:
    return f"{seen.status}, {seen.quantity} × {seen.price_id}"


def _leaks(organization: Organization | None) -> Iterator[Finding]:
    """Yield who pays for what is gone or free, pays twice, at an unknown price, or uses unpaid."""
    rows = Subscription.objects.live().select_related("organization")
    houses = Organization.objects.live().select_related("entitlements")
    if organization is not None:
        rows, houses = rows.filter(organization=organization), houses.filter(pk=organization.pk)
    for row in rows:
        house = row.organization
        for kind, holds, words in (
            ("paying_closed", house.state == State.CLOSED, "paid for, and closed"),
            ("paying_community", house.kind == Kind.COMMUNITY, "paid for, and free"),
            ("paying_twice", row.is_doubled, "one of two that run"),
            ("unknown_price", row.has_unknown_price, f"price {row.price_id}"),
            ("missing_at_stripe", row.is_missing, "Stripe does not list it any more"),
        ):
            if holds:
                yield Finding(kind, house.name, row.subscription_id, words)
    paid = Subscription.objects.live().filter(organization=OuterRef("pk"))
    granted = Grant.objects.unended().filter(organization=OuterRef("pk"), until__gt=clock.now())
    for house in houses.filter(~Exists(paid), ~Exists(granted)).iterator(chunk_size=500):
        if _uses_unpaid(house):
            yield Finding(
                "using_unpaid", house.name, "", "its gates are open, and nothing opens them"
            )


def _uses_unpaid(organization: Organization) -> bool:
    """Whether gates stand open that no source opens now."""
    row = getattr(organization, "entitlements", None)
    if row is None or row.holding().standing not in (Standing.ACTIVE, Standing.GRACE):
        return False
    now = clock.now()
    return not any(source.standing_at(now) for source in sources_of(organization))


def _of_nobody(listed: dict[str, SubscriptionSeen]) -> Sequence[Finding]:
    """Return live subscriptions of customers that nobody here has, nor another deployment."""
    ownerless = set(
        UnknownCustomer.objects.filter(verdict=UnknownCustomer.Verdict.OWNERLESS).values_list(
            "customer_id", flat=True
        )
    )
    return [
        Finding("paying_ownerless", "", seen.subscription_id, f"customer {seen.customer_id}")
        for seen in listed.values()
        if seen.status in LIVE and seen.customer_id in ownerless
    ]
