"""What a reviewer decided, and whether it was carried out."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock


class Outcome(models.TextChoices):
    """What was decided."""

    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions by what is left to do."""

    def pending(self) -> Self:
        """Recorded, neither carried out nor void."""
        return self.filter(carried_out_at__isnull=True, voided_at__isnull=True)

    def due(self) -> Self:
        """Pending, and nobody can take them back any more."""
        return self.pending().filter(effective_at__lte=clock.now())

    def carried_out(self) -> Self:
        """Those that count."""
        return self.filter(carried_out_at__isnull=False)


class Decision(models.Model):
    """One outcome with a reviewer, a reason and words of its own.

    Until ``effective_at`` nothing has happened, and the application is still under review. One that
    could not be carried out is void, with why; the application is under review then too.
    """

    application = models.ForeignKey(
        "community.Application", models.CASCADE, related_name="decisions"
    )
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome)
    reason = models.CharField(max_length=32)
    words = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    effective_at = models.DateTimeField()
    carried_out_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_because = models.CharField(max_length=300, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="decision_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at__isnull=True) | Q(voided_at__isnull=True),
                name="decision_is_carried_out_or_void",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(carried_out_at__isnull=True, voided_at__isnull=True),
                name="decision_one_pending_per_application",
            ),
        ]
        indexes = [
            models.Index(
                fields=["effective_at"],
                condition=Q(carried_out_at__isnull=True, voided_at__isnull=True),
                name="decision_due",
            ),
            models.Index(fields=["-carried_out_at"], name="decision_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.reason})"

    @property
    def is_pending(self) -> bool:
        """Whether it waits to be carried out."""
        return self.carried_out_at is None and self.voided_at is None
