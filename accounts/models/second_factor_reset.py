"""Taking a lost second factor off an account: asked by staff, and open to objection for a day."""

from typing import Self

from django.db import models
from django.db.models import Q

from kernel import clock


class SecondFactorResetQuerySet(models.QuerySet["SecondFactorReset"]):
    """Resets by what is left to do."""

    def open(self) -> Self:
        """Neither carried out nor stopped."""
        return self.filter(outcome="")

    def due(self) -> Self:
        """Open, and their day is over."""
        return self.open().filter(due_at__lte=clock.wall())


class SecondFactorReset(models.Model):
    """One reset; times are wall time. There is one open for each person at most."""

    class Outcome(models.TextChoices):
        """What became of it."""

        DONE = "done"
        OBJECTED = "objected"
        WITHDRAWN = "withdrawn"

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="second_factor_resets")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField(default=clock.wall, editable=False)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = SecondFactorResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(outcome=""), name="second_factor_reset_one_open"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "done", "objected", "withdrawn"]),
                name="second_factor_reset_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="second_factor_reset_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(user=models.F("asked_by")), name="second_factor_reset_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"reset of {self.user_id}: {self.outcome or 'open'}"
