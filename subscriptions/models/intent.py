"""What we mean to do at Stripe, written down before it is done."""

from datetime import timedelta
from typing import Any, Self

from django.db import models

from kernel import clock


class IntentQuerySet(models.QuerySet["Intent"]):
    """Intents by what is left to do."""

    def interrupted(self, age: timedelta) -> Self:
        """Pending for so long that whoever began them must have died."""
        return self.filter(state=Intent.State.PENDING, due__lte=clock.wall() - age)


class Intent(models.Model):
    """Committed, then called, then closed; a sweep finishes what a crash interrupted.

    ``key`` is the idempotency key. Stripe keeps keys for a day, so within it the call is sent again
    as it was; later it is looked up first. A key that Stripe answered with a fault of its own is
    spoiled: Stripe repeats the fault under it. Then too it is looked up, and sent under the next.
    """

    class Kind(models.TextChoices):
        """What is called."""

        CREATE_CUSTOMER = "create_customer"
        OPEN_SESSION = "open_session"
        EXPIRE_SESSION = "expire_session"
        CHANGE_SUBSCRIPTION = "change_subscription"
        END_SUBSCRIPTION = "end_subscription"
        GIVE_BACK = "give_back"
        UPDATE_CUSTOMER = "update_customer"

    class State(models.TextChoices):
        """Where it stands."""

        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=32, choices=Kind)
    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="intents")
    attempt = models.ForeignKey(
        "subscriptions.CheckoutAttempt", models.PROTECT, null=True, related_name="intents"
    )
    change = models.ForeignKey(
        "subscriptions.SubscriptionChange", models.PROTECT, null=True, related_name="intents"
    )
    money_back = models.ForeignKey(
        "subscriptions.MoneyBack", models.PROTECT, null=True, related_name="intents"
    )
    key = models.CharField(max_length=255, unique=True)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    tries = models.PositiveIntegerField(default=0)
    spoiled_keys = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.wall, editable=False)
    due = models.DateTimeField(default=clock.wall)
    error = models.TextField(blank=True)

    objects = IntentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due"], condition=models.Q(state="pending"), name="intent_pending"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=models.Q(state="pending", kind="create_customer"),
                name="intent_one_customer_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"

    @property
    def sent_key(self) -> str:
        """The key under which the call is sent now."""
        return f"{self.key}-{self.spoiled_keys}" if self.spoiled_keys else self.key

    @property
    def must_look_up(self) -> bool:
        """Whether Stripe may have done it without our hearing of it under this key."""
        return self.spoiled_keys > 0 or not self.key_is_fresh

    @property
    def key_is_fresh(self) -> bool:
        """Whether Stripe still knows the key, with an hour to spare."""
        return clock.wall() - self.created_at < timedelta(hours=23)

    def named(self) -> dict[str, Any]:
        """Return what log lines tell of it."""
        return {"intent": self.pk, "kind": self.kind, "organization_id": self.organization_id}
