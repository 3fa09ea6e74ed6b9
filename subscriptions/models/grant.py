"""Free use, dated and with a reason."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel import clock
from orgs.entitlements import UNLIMITED

CONFIRMED_FROM = timedelta(days=30)
"""How long before its end a term can be confirmed."""


class GrantKind(models.TextChoices):
    """What stands behind a grant."""

    COMMUNITY = "community"
    CONTRACT = "contract"


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by whether they still count."""

    def unended(self) -> Self:
        """Not ended by anybody; the term may be over, then grace counts from it."""
        return self.filter(ended_at__isnull=True)


class Grant(models.Model):
    """Why an organization may, without paying here: from ``since`` to ``until``, then grace, then
    no more.

    A contract says how many ``seats`` and ``private_projects`` were agreed; -1 is no limit.
    """

    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=16, choices=GrantKind)
    seats = models.IntegerField(null=True)
    private_projects = models.IntegerField(null=True)
    reason = models.CharField(max_length=300)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["until"], condition=Q(ended_at__isnull=True), name="grant_by_its_end"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="grant_has_a_term"),
            models.CheckConstraint(
                condition=Q(kind__in=GrantKind.values), name="grant_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="contract", seats__gte=1, private_projects__gte=UNLIMITED)
                | Q(kind="community", seats=None, private_projects=None),
                name="grant_says_what_was_agreed",
            ),
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=Q(ended_at__isnull=True),
                name="grant_one_unended_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} grant of {self.organization_id} until {self.until:%Y-%m-%d}"

    @property
    def renewable_from(self) -> datetime:
        """From when on its term can be confirmed."""
        return self.until - CONFIRMED_FROM
