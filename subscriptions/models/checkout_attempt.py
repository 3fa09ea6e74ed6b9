"""An organization on its way to paying."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock


class CheckoutAttemptQuerySet(models.QuerySet["CheckoutAttempt"]):
    """Attempts by whether Stripe has ended them."""

    def open(self) -> Self:
        """Not ended; only what Stripe says ends one."""
        return self.filter(state=CheckoutAttempt.State.OPEN)


class CheckoutAttempt(models.Model):
    """One choice of plan, interval and seats, and the one session at Stripe that it opened.

    All parameters of the session are computed once and stored, so that sending them again under
    the same idempotency key is the same call. ``begun_by`` ordered; who pays may be a buyer with
    a link.
    """

    class State(models.TextChoices):
        """What Stripe says of the session."""

        OPEN = "open"
        COMPLETE = "complete"
        EXPIRED = "expired"

    organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, related_name="checkout_attempts"
    )
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    buyer_link = models.ForeignKey(
        "subscriptions.BuyerLink", models.PROTECT, null=True, related_name="attempts"
    )
    buyer_name = models.CharField(max_length=120, blank=True)
    buyer_email = models.EmailField(blank=True)
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    terms_accepted_at = models.DateTimeField()
    terms_revision = models.CharField(max_length=32)
    plan_key = models.CharField(max_length=32)
    interval = models.CharField(max_length=8)
    seats = models.PositiveIntegerField()
    with_trial = models.BooleanField(default=False)
    price_id = models.CharField(max_length=255)
    customer_id = models.CharField(max_length=255)
    session_id = models.CharField(max_length=255, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    parameters = models.JSONField(default=dict)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)

    objects = CheckoutAttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state="open"), name="checkout_one_open_each"
            ),
            models.UniqueConstraint(
                fields=["session_id"], condition=~Q(session_id=""), name="checkout_session_once"
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="checkout_sells_seats"),
        ]

    def __str__(self) -> str:
        return f"checkout {self.pk} of {self.organization_id}: {self.state}"
