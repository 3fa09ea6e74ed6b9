"""What Stripe says of a subscription, in the few fields that decide."""

from typing import Self

from django.db import models

from subscriptions.catalog import PLANS, Plan

LIVE = frozenset({"active", "trialing", "past_due", "unpaid"})
FAILING = frozenset({"past_due", "unpaid"})
SOURCELESS = frozenset({"incomplete", "incomplete_expired", "paused"})
KNOWN = LIVE | SOURCELESS | {"canceled"}


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions by how they stand."""

    def tried(self) -> Self:
        """Begun with a trial, whatever became of it."""
        return self.filter(trial_start__isnull=False)

    def live(self) -> Self:
        """Running, whether paid up or failing."""
        return self.filter(status__in=LIVE)


class Subscription(models.Model):
    """Our typed copy; written only by a look whose fence is higher than the row's.

    ``paid_quantity`` is the last quantity that was paid for. ``failing_since`` is when the oldest
    unpaid invoice of the present trouble was finalized. ``ends_at`` is when it ends by itself.
    """

    organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, related_name="subscriptions"
    )
    subscription_id = models.CharField(max_length=255, unique=True)
    customer_id = models.CharField(max_length=255)
    status = models.CharField(max_length=32)
    price_id = models.CharField(max_length=255)
    plan_key = models.CharField(max_length=32, blank=True)
    interval = models.CharField(max_length=8, blank=True)
    quantity = models.PositiveIntegerField()
    paid_quantity = models.PositiveIntegerField(default=0)
    period_start = models.DateTimeField(null=True)
    period_end = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    ended_by_failure = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    trial_start = models.DateTimeField(null=True)
    trial_end = models.DateTimeField(null=True)
    trial_warned_at = models.DateTimeField(null=True)
    is_missing = models.BooleanField(default=False)
    is_doubled = models.BooleanField(default=False)
    has_unknown_price = models.BooleanField(default=False)
    fence = models.BigIntegerField(default=0)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="subscription_of_customer")]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.status}"

    @property
    def plan(self) -> Plan | None:
        """The plan it pays for; ``None`` while its price is unknown."""
        return PLANS.get(self.plan_key)

    @property
    def words(self) -> str:
        """What stands behind rights that it gives, for people."""
        return f"subscription of the {self.plan.name if self.plan else self.plan_key} plan"

    @property
    def is_trial(self) -> bool:
        """On trial: everything is open, and nothing was charged yet."""
        return self.status == "trialing"

    @property
    def is_live(self) -> bool:
        """Running, whether paid up or failing."""
        return self.status in LIVE
