"""What does not add up between Stripe and us, since when, and when it was gone again."""

from typing import Self

from django.db import models
from django.db.models import Q

from kernel import clock


class LeakQuerySet(models.QuerySet["Leak"]):
    """Leaks by whether they are there."""

    def open(self) -> Self:
        """Found by the last comparison."""
        return self.filter(gone_at__isnull=True)


class Leak(models.Model):
    """One finding of a comparison; ``kind`` is its stable code, ``words`` are the latest.

    Only people can mend it, or a look that Stripe has not answered yet.
    """

    kind = models.CharField(max_length=32)
    organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, null=True, related_name="leaks"
    )
    subscription_id = models.CharField(max_length=255, blank=True)
    words = models.CharField(max_length=300)
    since = models.DateTimeField(default=clock.now)
    gone_at = models.DateTimeField(null=True)

    objects = LeakQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organization", "subscription_id"],
                condition=Q(gone_at__isnull=True),
                nulls_distinct=False,
                name="leak_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"
