"""Every price ever pushed."""

from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.money import Money
from subscriptions.catalog import PLANS, Plan


class Price(models.Model):
    """Price id → plan, interval, amount. Rows stay for ever: subscriptions are read by price id."""

    price_id = models.CharField(max_length=255, unique=True)
    plan_key = models.CharField(max_length=32)
    interval = models.CharField(max_length=8)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    is_sold = models.BooleanField(default=True)
    pushed_at = models.DateTimeField(default=clock.wall, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan_key", "interval"],
                condition=Q(is_sold=True),
                name="price_one_sold_per_plan_and_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_key} by the {self.interval}: {self.money}"

    @property
    def plan(self) -> Plan | None:
        """The plan of the catalog, if the catalog still knows it."""
        return PLANS.get(self.plan_key)

    @property
    def money(self) -> Money:
        """What a seat costs."""
        return Money(self.amount, self.currency)
