"""The inbox: what Stripe told us, stored once."""

from typing import Self

from django.db import models

from kernel import clock


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    """Events by what became of them."""

    def waiting(self) -> Self:
        """Their target has not been looked at since they came."""
        return self.filter(state=StripeEvent.State.WAITING)

    def of_customer(self, customer_id: str) -> Self:
        """Those that hint at one customer."""
        return self.filter(target_kind="customer", target_id=customer_id)


class StripeEvent(models.Model):
    """One event, whole, and what became of it. Its key is Stripe's id with its second.

    The payload is kept to be read by people; nothing is decided by it.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "Waiting for a look"
        DONE = "done", "Looked at"
        UNHEARD = "unheard", "Not a type we listen to"
        QUARANTINED = "quarantined", "Not of our mode; without effect"
        FOREIGN = "foreign", "Of a customer that is not ours"
        DEAD = "dead", "Its target could not be looked at"

    event_id = models.CharField(max_length=255)
    created = models.DateTimeField()
    type = models.CharField(max_length=120)
    api_version = models.CharField(max_length=40, blank=True)
    live_mode = models.BooleanField()
    target_kind = models.CharField(max_length=32, blank=True)
    target_id = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=16, choices=State)
    received_at = models.DateTimeField(default=clock.wall)
    done_at = models.DateTimeField(null=True)
    payload = models.JSONField()

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "created"], name="stripe_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["target_kind", "target_id"],
                condition=models.Q(state__in=["waiting", "dead"]),
                name="stripe_event_waiting",
            ),
            models.Index(fields=["-received_at"], name="stripe_event_newest"),
            models.Index(fields=["target_id", "-created"], name="stripe_event_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
