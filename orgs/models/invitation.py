"""A place offered to an address."""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from kernel import clock
from orgs.roles import Role

if TYPE_CHECKING:
    from accounts.models import User


class Outcome(models.TextChoices):
    """How an invitation ended; empty while it is open."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    LAPSED = "lapsed"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by whether they can still be answered."""

    def open(self) -> Self:
        """Unanswered and not lapsed; lapsing is a comparison, never a stored state."""
        return self.filter(outcome="", expires_at__gt=clock.now())

    def lapsed_unmarked(self) -> Self:
        """Past their end, and not yet closed as lapsed by whoever opens the next one."""
        return self.filter(outcome="", expires_at__lte=clock.now())

    def for_address(self, email: str) -> Self:
        """To one address, whatever its case."""
        return self.alias(address=Lower("email")).filter(address=email.lower())

    def for_person(self, user: "User", addresses: Iterable[str]) -> Self:
        """To an account, or to one of the ``addresses`` (in lower case) that are proven its."""
        return self.alias(address=Lower("email")).filter(
            Q(user=user) | Q(address__in=sorted(addresses))
        )


class Invitation(models.Model):
    """A place offered to an address, or to an account; it costs a seat only when accepted.

    Offered to an account (``user``), it holds no address: whoever invites by an account's id learns
    none, and the mail goes to the address that is the account's when it is written.

    The token of its link is derived from the secret key, this row and ``round``; only its hash is
    stored. So a mail can be written again after a crash, and a copy of the database opens nothing.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="invitations"
    )
    role = models.CharField(max_length=16, choices=Role)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    answered_at = models.DateTimeField(null=True)

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
            models.CheckConstraint(
                condition=Q(outcome__in=["", *Outcome.values]), name="invitation_outcome_is_known"
            ),
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

    @property
    def token(self) -> str:
        """The secret of the link, in clear."""
        return salted_hmac("orgs.invitation", f"{self.public_id}:{self.round}").hexdigest()

    def renew_token(self) -> None:
        """Make the hash follow ``round``; links of earlier rounds open nothing any more."""
        self.token_hash = digest(self.token)

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now."""
        return self.outcome == "" and self.expires_at > clock.now()

    @property
    def state(self) -> str:
        """``open`` or how it ended, lapsing told by the clock."""
        return self.outcome or ("open" if self.is_open else Outcome.LAPSED)


class InvitationMail(models.Model):
    """A link that was sent, and when by the world's clock: what the limits of a day count."""

    organization = models.ForeignKey("orgs.Organization", models.CASCADE, related_name="+")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.wall, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "at"], name="invitation_mail_of_house"),
            models.Index(fields=["sent_by", "at"], name="invitation_mail_of_person"),
        ]

    def __str__(self) -> str:
        return f"sent by {self.sent_by_id} at {self.at:%Y-%m-%d %H:%M}"


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
