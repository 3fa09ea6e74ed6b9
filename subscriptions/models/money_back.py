"""Money that staff give back of a paid invoice."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.money import Money

OPEN_STATES = ("asked", "pending")


class MoneyBackQuerySet(models.QuerySet["MoneyBack"]):
    """What is given back by whether it arrived."""

    def open(self) -> Self:
        """Neither arrived nor come back."""
        return self.filter(state__in=OPEN_STATES)


class MoneyBack(models.Model):
    """A credit note with a refund: asked, pending at the bank, then succeeded, or failed.

    ``amount`` in minor units. A refund that the bank sends back lands with staff.
    """

    class State(models.TextChoices):
        """What Stripe says of it."""

        ASKED = "asked", "Asked"
        PENDING = "pending", "On its way"
        SUCCEEDED = "succeeded", "Arrived"
        FAILED = "failed", "Failed"

    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="money_back")
    customer_id = models.CharField(max_length=255)
    invoice_id = models.CharField(max_length=255)
    invoice_number = models.CharField(max_length=64)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    credit_note_id = models.CharField(max_length=255, blank=True)
    refund_id = models.CharField(max_length=255, blank=True)
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = MoneyBackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "money back"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="money_back_is_some"),
            models.UniqueConstraint(
                fields=["invoice_id"],
                condition=Q(state="asked"),
                name="money_back_one_asked_an_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.money} of {self.invoice_id}: {self.state}"

    @property
    def money(self) -> Money:
        """How much goes back."""
        return Money(self.amount, self.currency)
