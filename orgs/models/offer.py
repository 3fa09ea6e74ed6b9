"""What every offer to an address is: a link that holds for a while, and how it ended."""

import hashlib
from typing import ClassVar, Self, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from kernel import clock


class Outcome(models.TextChoices):
    """How an offer ended; empty while it is open."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    LAPSED = "lapsed"


OUTCOME_IS_KNOWN = Q(outcome__in=["", *Outcome.values])


Row = TypeVar("Row", bound="Offer")


class OfferQuerySet(models.QuerySet[Row]):
    """Offers by whether they can still be answered."""

    def open(self) -> Self:
        """Unanswered and not lapsed; lapsing is a comparison, never a stored state."""
        return self.filter(outcome="", expires_at__gt=clock.now())

    def lapsed_unmarked(self) -> Self:
        """Past their end, and not yet closed as lapsed by whoever opens the next one."""
        return self.filter(outcome="", expires_at__lte=clock.now())

    def for_address(self, email: str) -> Self:
        """To one address, whatever its case."""
        return self.filter(email__iexact=email)


class Offer(models.Model):
    """A place or a level offered to an address.

    The token of its link is derived from the secret key, this row and ``round``; only its hash is
    stored. So a mail can be written again after a crash, and a copy of the database opens nothing.
    """

    SALT: ClassVar[str]
    """Tells the links of one kind of offer from those of another."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    email = models.EmailField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def token(self) -> str:
        """The secret of the link, in clear."""
        return salted_hmac(self.SALT, f"{self.public_id}:{self.round}").hexdigest()

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


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
