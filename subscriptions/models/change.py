"""What a running subscription shall become."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock
from subscriptions.catalog import PLANS

OPEN_STATES = ("asked", "unpaid")


class SubscriptionChangeQuerySet(models.QuerySet["SubscriptionChange"]):
    """Changes by whether they are still on their way."""

    def open(self) -> Self:
        """Neither in effect nor over; only what Stripe says ends one."""
        return self.filter(state__in=OPEN_STATES)


class SubscriptionChange(models.Model):
    """Other seats, or another plan or interval, at the figures that somebody confirmed.

    Nobody asked for one by which seats follow who takes them: ``asked_by`` is empty.
    ``asked`` until Stripe shows it; ``unpaid`` while Stripe keeps it beside the subscription until
    its invoice is paid, or ``lapses_at``. ``parameters`` are computed once and stored, so that
    sending them again under the same idempotency key is the same call. ``fence`` is taken when
    Stripe has answered: only a look that began later tells what came of it. ``confirmed_total`` is
    what its invoice must say, in minor units; ``None`` for what is credited later.
    """

    class State(models.TextChoices):
        """What Stripe says of it."""

        ASKED = "asked"
        UNPAID = "unpaid"
        APPLIED = "applied"
        LAPSED = "lapsed"
        REFUSED = "refused"

    subscription = models.ForeignKey(
        "subscriptions.Subscription", models.PROTECT, related_name="changes"
    )
    organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, related_name="subscription_changes"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    from_price_id = models.CharField(max_length=255)
    from_quantity = models.PositiveIntegerField()
    price_id = models.CharField(max_length=255)
    plan_key = models.CharField(max_length=32)
    interval = models.CharField(max_length=8)
    quantity = models.PositiveIntegerField()
    confirmed_total = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    parameters = models.JSONField()
    fence = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    lapses_at = models.DateTimeField(null=True)
    invoice_before = models.CharField(max_length=255, blank=True)
    invoice_id = models.CharField(max_length=255, blank=True)
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = SubscriptionChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(state__in=OPEN_STATES),
                name="change_one_open_each",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="change_keeps_seats"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "unpaid", "applied", "lapsed", "refused"]),
                name="change_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk} of {self.subscription_id}: {self.state}"

    @property
    def plan_name(self) -> str:
        """The plan's name for people."""
        plan = PLANS.get(self.plan_key)
        return plan.name if plan is not None else self.plan_key

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.state in OPEN_STATES
