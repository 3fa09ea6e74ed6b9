"""Automatic seats: a subscription whose number of seats follows the people who take one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock


class SeatCeiling(models.Model):
    """Up to how many seats a subscription follows those who take one; without a row it is fixed.

    Whoever invites cannot spend past it: it is set by somebody who manages the billing.
    """

    subscription = models.OneToOneField(
        "subscriptions.Subscription",
        models.PROTECT,
        primary_key=True,
        related_name="seat_ceiling",
    )
    ceiling = models.PositiveIntegerField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ceiling__gte=1), name="ceiling_holds_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} follows up to {self.ceiling} seats"
