"""What staff set beside the sources: a feature, a number, more grace; dated, and with a reason."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel import clock
from orgs.entitlements import UNLIMITED, Feature, Limit


class OverrideKind(models.TextChoices):
    """What is set."""

    FEATURE = "feature"
    LIMIT = "limit"
    GRACE = "grace"


class OverrideQuerySet(models.QuerySet["Override"]):
    """Overrides by whether they hold."""

    def running(self) -> Self:
        """Neither over nor ended by anybody."""
        return self.filter(ended_at__isnull=True, until__gt=clock.now())


class Override(models.Model):
    """From ``since`` to ``until`` a feature is open, a limit is ``number``, or grace goes on.

    ``key`` names the feature or limit; a number of -1 is no limit. It ends by itself, or staff end
    it before.
    """

    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="overrides")
    kind = models.CharField(max_length=8, choices=OverrideKind)
    key = models.CharField(max_length=32, blank=True)
    number = models.IntegerField(null=True)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="override_has_an_end"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="feature", key__in=[str(each) for each in Feature], number=None)
                | Q(kind="limit", key__in=[str(each) for each in Limit], number__gte=UNLIMITED)
                | Q(kind="grace", key="", number=None),
                name="override_is_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} for {self.organization_id} until {self.until:%Y-%m-%d}"

    @property
    def ends_at(self) -> datetime:
        """When it holds no more."""
        return min(self.until, self.ended_at) if self.ended_at is not None else self.until

    @property
    def words(self) -> str:
        """What it sets, for people."""
        if self.kind == OverrideKind.FEATURE:
            return f"{self.key.replace('_', ' ')} open"
        if self.kind == OverrideKind.LIMIT:
            many = "without limit" if self.number == UNLIMITED else str(self.number)
            return f"{self.key.replace('_', ' ')}: {many}"
        return "grace goes on"

    @property
    def is_running(self) -> bool:
        """Whether it counts now."""
        return self.holds_at(clock.now())

    def holds_at(self, moment: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.since <= moment < self.ends_at
