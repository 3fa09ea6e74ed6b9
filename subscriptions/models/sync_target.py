"""What at Stripe has to be looked at."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from kernel import clock


class SyncTargetQuerySet(models.QuerySet["SyncTarget"]):
    """Targets by what is left to do."""

    def dirty(self) -> Self:
        """With news that no look has covered."""
        return self.filter(gen__gt=F("done_gen"))


class SyncTarget(models.Model):
    """One thing at Stripe whose news we heard; all news of it wait for one look.

    ``gen`` rises with each piece of news, ``done_gen`` follows when a look that began later is
    applied: it is dirty while they differ. Times are wall time.
    """

    kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=255)
    gen = models.PositiveBigIntegerField(default=1)
    done_gen = models.PositiveBigIntegerField(default=0)
    due = models.DateTimeField(default=clock.wall)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claims = models.PositiveSmallIntegerField(default=0)
    dead = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    objects = SyncTargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="sync_target_once"),
        ]
        indexes = [
            models.Index(
                fields=["due"],
                condition=Q(gen__gt=F("done_gen"), dead=False),
                name="sync_target_dirty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} ({self.done_gen}/{self.gen})"

    @property
    def is_dirty(self) -> bool:
        """Whether news wait for a look."""
        return self.gen > self.done_gen
