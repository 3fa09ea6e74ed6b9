"""Which warnings went out: of an unpaid subscription, and of a term that ends."""

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


class TermWarning(models.Model):
    """One step of one term; ``step`` is its day, counted from the end, so it is below zero before.

    A term that was confirmed has another end, and is warned of anew.
    """

    grant = models.ForeignKey("subscriptions.Grant", models.PROTECT, related_name="warnings")
    until = models.DateTimeField()
    step = models.SmallIntegerField()
    warned_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "until", "step"], name="term_warning_once"),
        ]

    def __str__(self) -> str:
        return f"day {self.step} of grant {self.grant_id}"
