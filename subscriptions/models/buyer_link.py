"""An order that somebody without an account may pay: a link for whoever holds the card."""

from typing import Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q

from kernel import clock
from subscriptions.catalog import PLANS

SALT = "subscriptions.buyer-link"


class BuyerLinkQuerySet(models.QuerySet["BuyerLink"]):
    """Links by what leads to them, and whether they were taken back."""

    def behind(self, token: str) -> Self:
        """The one that a token names, whatever became of it; none for a token that is not ours."""
        try:
            return self.filter(pk=signing.Signer(salt=SALT).unsign(token))
        except signing.BadSignature:
            return self.none()

    def open(self) -> Self:
        """Neither taken back nor replaced; whether one still leads on depends on more."""
        return self.filter(revoked_at__isnull=True)


class BuyerLink(models.Model):
    """A plan, an interval and seats, at the price of the day it was made; one open each.

    It names an order and no session: the session is opened by whoever pays.
    """

    organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, related_name="buyer_links"
    )
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    plan_key = models.CharField(max_length=32)
    interval = models.CharField(max_length=8)
    seats = models.PositiveIntegerField()
    price_id = models.CharField(max_length=255)
    revoked_at = models.DateTimeField(null=True)

    objects = BuyerLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(revoked_at__isnull=True),
                name="buyer_link_one_open_each",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="buyer_link_orders_seats"),
        ]

    def __str__(self) -> str:
        return f"order of {self.seats} {self.plan_key} seats for {self.organization_id}"

    @property
    def is_open(self) -> bool:
        """Neither taken back nor replaced."""
        return self.revoked_at is None

    @property
    def token(self) -> str:
        """The signed name of the order, which only this service can write."""
        return signing.Signer(salt=SALT).sign(str(self.pk))

    @property
    def address(self) -> str:
        """Where whoever pays goes."""
        return f"{settings.BASE_URL}/buy/{self.token}/"

    @property
    def plan_name(self) -> str:
        """The plan's name for people."""
        return PLANS[self.plan_key].name
