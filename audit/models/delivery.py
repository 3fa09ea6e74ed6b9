"""What became of an event: one row for each listener that hears it."""

from typing import Self

from django.db import models

from kernel import clock


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries by what is left to do."""

    def due(self) -> Self:
        """Waiting, with no worker on them, and their time has come."""
        return self.filter(state=Delivery.State.WAITING, due__lte=clock.wall())


class Delivery(models.Model):
    """One event for one listener. Heard at least once: each listener can hear twice."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        HEARD = "heard"
        DEAD = "dead"

    event = models.ForeignKey("audit.AuditEvent", models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField()
    error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "listener"], name="delivery_once_per_listener"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due"], condition=models.Q(state="waiting"), name="delivery_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listener} of {self.event_id}: {self.state}"
