"""What suspends an organization, whatever it pays: staff, or a dispute."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel import clock


class HoldSource(models.TextChoices):
    """Who suspends."""

    STAFF = "staff"
    DISPUTE = "dispute"


class HoldQuerySet(models.QuerySet["Hold"]):
    """Holds by whether they still count."""

    def standing(self) -> Self:
        """Neither lifted nor over."""
        return self.filter(lifted_at__isnull=True).filter(
            Q(until__isnull=True) | Q(until__gt=clock.now())
        )


class Hold(models.Model):
    """From ``since``, until it is lifted or ``until`` has come; each is lifted for itself.

    ``reference`` is the dispute at Stripe, and ``fence`` that of the last look at it.
    """

    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="holds")
    source = models.CharField(max_length=8, choices=HoldSource)
    reference = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="hold_has_a_length"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(source="staff", reference="")
                | (Q(source="dispute") & ~Q(reference="")),
                name="hold_names_its_dispute",
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=~Q(reference=""),
                name="hold_one_each_dispute",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} hold of {self.organization_id}: {self.reason}"

    @property
    def ends_at(self) -> datetime | None:
        """When it counts no more; ``None`` while nobody lifted it and no end is set."""
        return min(filter(None, (self.until, self.lifted_at)), default=None)

    @property
    def is_standing(self) -> bool:
        """Whether it counts now."""
        return self.holds_at(clock.now())

    def holds_at(self, moment: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.since <= moment and (self.ends_at is None or moment < self.ends_at)
