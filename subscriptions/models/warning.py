"""Which warnings of an unpaid subscription went out."""

from django.db import models

from kernel import clock


class GraceWarning(models.Model):
    """One step of one trouble: a row is one round of mail, and there is no second of it.

    The trouble is named by its subscription and by since when it fails, so a new one is warned of
    anew. ``step`` is its day.
    """

    subscription = models.ForeignKey(
        "subscriptions.Subscription", models.PROTECT, related_name="warnings"
    )
    failing_since = models.DateTimeField()
    step = models.PositiveSmallIntegerField()
    warned_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "failing_since", "step"], name="grace_warning_once"
            ),
        ]

    def __str__(self) -> str:
        return f"day {self.step} of {self.subscription_id}"
