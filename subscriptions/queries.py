"""What the billing page shows. Nothing here writes, and nothing asks Stripe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel import clock
from kernel.money import Money
from orgs.entitlements import Entitlements, Phase, Standing, phase_at
from orgs.models import Organization
from orgs.seats import seats_offered
from subscriptions.catalog import Plan
from subscriptions.gateway.mirror import InvoiceShown, invoices_of
from subscriptions.models import (
    CheckoutAttempt,
    Grant,
    Hold,
    MoneyBack,
    Price,
    SeatCeiling,
    Subscription,
    SubscriptionChange,
)
from subscriptions.models.grant import GrantKind
from subscriptions.models.subscription import FAILING


@dataclass(frozen=True, slots=True)
class Billing:
    """An organization's money at a glance."""

    standing: Standing
    phase: Phase
    until: datetime | None
    subscription: Subscription | None
    also_live: Sequence[Subscription]
    price: Price | None
    grant: Grant | None
    attempt: CheckoutAttempt | None
    change: SubscriptionChange | None
    ceiling: int | None
    """Up to how many seats follow who takes one; ``None`` for a fixed number."""
    seats_taken: int
    seats_offered: int
    holds: Sequence[Hold]
    money_back: Sequence[MoneyBack]
    has_customer: bool
    invoices: Sequence[InvoiceShown]

    @property
    def plan(self) -> Plan | None:
        """The plan that is paid for, or was last."""
        return self.subscription.plan if self.subscription is not None else None

    @property
    def is_live(self) -> bool:
        """Whether a subscription runs."""
        return self.subscription is not None and self.subscription.is_live

    @property
    def per_period(self) -> Money | None:
        """What one period costs."""
        if self.subscription is None or self.price is None or not self.is_live:
            return None
        return self.price.money * self.subscription.quantity

    @property
    def quantity(self) -> int:
        """How many seats are paid for."""
        return self.subscription.quantity if self.subscription is not None else 0

    @property
    def unused_seats(self) -> int:
        """How many seats are paid for that nobody takes."""
        return max(0, self.quantity - self.seats_taken)

    @property
    def for_who_takes_a_seat(self) -> Money | None:
        """What one period costs where seats follow."""
        return self.price.money * self.seats_taken if self.price is not None else None

    @property
    def may_renew(self) -> bool:
        """Whether the grant's term can be confirmed now."""
        grant = self.grant
        if grant is None or grant.kind != GrantKind.COMMUNITY:
            return False
        return grant.renewable_from <= clock.now()

    @property
    def may_choose(self) -> bool:
        """Whether a plan is offered: nothing runs, and no contract has long to go."""
        ends_soon = self.grant is None or self.grant.renewable_from <= clock.now()
        return not self.is_live and ends_soon

    @property
    def is_failing(self) -> bool:
        """Whether a payment is outstanding."""
        return self.subscription is not None and self.subscription.status in FAILING

    @property
    def grace_since(self) -> datetime | None:
        """Since when rights hold although nothing is paid or granted any more."""
        if self.subscription is not None and self.subscription.failing_since is not None:
            return self.subscription.failing_since
        in_grace = self.standing is Standing.GRACE
        return self.grant.until if in_grace and self.grant is not None else None

    @property
    def grace_ends(self) -> datetime | None:
        """Until when rights hold so; in the past while an open invoice is still waited for."""
        if self.standing is Standing.GRACE:
            return self.until
        if not self.is_failing or self.grace_since is None or self.plan is None:
            return None
        return self.grace_since + self.plan.grace


def billing_of(organization: Organization) -> Billing:
    """Return what the billing page shows; the subscription is the live one, else the last."""
    live = list(organization.subscriptions.live().order_by("began_at", "pk"))
    shown = live[0] if live else organization.subscriptions.order_by("-began_at", "-pk").first()
    customers = list(organization.stripe_customers.values_list("customer_id", flat=True))
    # Read anew: a look may have settled since the organization was loaded.
    entitlements = Entitlements.objects.get(organization=organization)
    _, phase, until = phase_at(entitlements.timeline(), clock.now())
    return Billing(
        standing=phase.standing,
        phase=phase,
        until=until,
        subscription=shown,
        also_live=live[1:],
        price=Price.objects.filter(price_id=shown.price_id).first() if shown is not None else None,
        grant=organization.grants.unended().first(),
        attempt=organization.checkout_attempts.open().select_related("begun_by").first(),
        change=organization.subscription_changes.open().select_related("asked_by").first(),
        ceiling=_ceiling(shown),
        seats_taken=organization.seats_taken,
        seats_offered=seats_offered(organization),
        holds=list(organization.holds.standing().order_by("since", "pk")),
        money_back=list(organization.money_back.order_by("-pk")),
        has_customer=bool(customers),
        invoices=invoices_of(customers) if customers else [],
    )


def _ceiling(shown: Subscription | None) -> int | None:
    row = SeatCeiling.objects.filter(subscription=shown).first() if shown is not None else None
    return row.ceiling if row is not None else None
