"""A place offered to an address, or to an account."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from kernel import clock
from orgs.models.offer import OUTCOME_IS_KNOWN, Offer, OfferQuerySet, Outcome, digest
from orgs.roles import Role

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["Invitation", "InvitationMail", "InvitationQuerySet", "Outcome", "digest"]


class InvitationQuerySet(OfferQuerySet["Invitation"]):
    """Invitations by whether they can still be answered."""

    def for_person(self, user: "User", addresses: Iterable[str]) -> Self:
        """To an account, or to one of the ``addresses`` (in lower case) that are proven its."""
        return self.alias(address=Lower("email")).filter(
            Q(user=user) | Q(address__in=sorted(addresses))
        )


class Invitation(Offer):
    """A place offered to an address, or to an account; it costs a seat only when accepted.

    Offered to an account (``user``), it holds no address: whoever invites by an account's id learns
    none, and the mail goes to the address that is the account's when it is written.
    """

    SALT = "orgs.invitation"

    organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="invitations"
    )
    role = models.CharField(max_length=16, choices=Role)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organization",
                condition=Q(outcome="", user__isnull=True),
                name="invitation_one_open_per_email",
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=Q(outcome=""),
                name="invitation_one_open_per_account",
            ),
            models.CheckConstraint(
                condition=Q(email="") ^ Q(user__isnull=True),
                name="invitation_to_an_address_or_an_account",
            ),
            models.CheckConstraint(condition=OUTCOME_IS_KNOWN, name="invitation_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="invitation_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addressee} as {self.role}"

    @property
    def addressee(self) -> str:
        """Who is invited, as the inviter knows them: the address, or the name of the account."""
        if self.user is None:
            return self.email
        return self.user.name or "an account without a name"

    @property
    def mail_address(self) -> str:
        """Where its link goes; of an account, its primary address."""
        return self.email if self.user is None else self.user.email


class InvitationMail(models.Model):
    """A link that was sent, and when by the world's clock: what the limits of a day count."""

    organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, null=True, related_name="+"
    )
    """Nothing when the offer is of a person's own project."""
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.wall, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "at"], name="invitation_mail_of_house"),
            models.Index(fields=["sent_by", "at"], name="invitation_mail_of_person"),
        ]

    def __str__(self) -> str:
        return f"sent by {self.sent_by_id} at {self.at:%Y-%m-%d %H:%M}"
