"""Tokens: made once, shown once, kept as a hash, and recognisable to secret scanners.

``ch_pat_`` + 30 random base-62 characters (178 bits) + 6 of checksum. So much randomness needs no
slow hash: SHA-256 is not to be reversed, and the check costs microseconds. The checksum refuses
typos without a query, and lets scanners report leaked tokens with no false alarms.
"""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass
from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kernel import clock

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM, CHECKSUM = 30, 6


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token at the only moment it is known in clear."""

    text: str
    digest: str
    hint: str


def make_token(prefix: str) -> FreshToken:
    """Make a token of one kind; ``prefix`` names the kind, as ``ch_pat``."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    text = f"{prefix}_{body}{_checksum(f'{prefix}_{body}')}"
    return FreshToken(text, digest(text), text[-4:])


def digest(text: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_well_formed(text: str, prefix: str) -> bool:
    """Whether ``text`` can be a token of this kind: right prefix, length and checksum."""
    if len(text) != len(prefix) + 1 + RANDOM + CHECKSUM or not text.startswith(f"{prefix}_"):
        return False
    return text.isascii() and _checksum(text[:-CHECKSUM]) == text[-CHECKSUM:]


def _checksum(text: str) -> str:
    value, letters = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM):
        value, place = divmod(value, len(ALPHABET))
        letters = ALPHABET[place] + letters
    return letters


Row = TypeVar("Row", bound="Token")


class TokenQuerySet(models.QuerySet[Row]):
    """Tokens by whether they still open anything."""

    def live(self) -> Self:
        """Neither revoked nor past their end."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=clock.wall()), revoked_at__isnull=True
        )


class Token(models.Model):
    """What every kind of token is: a hash, scopes, an end, and its last use. Times are wall
    time.
    """

    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=4, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField(default=clock.wall, editable=False)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"

    @property
    def is_live(self) -> bool:
        """Neither revoked nor past its end."""
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > clock.wall()
        )
