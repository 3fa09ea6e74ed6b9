"""A token that acts for the person who made it, within its scopes."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.tokens import Token
from kernel import clock


class PersonalTokenQuerySet(models.QuerySet["PersonalToken"]):
    """Tokens by whether they still open anything."""

    def live(self) -> Self:
        """Neither revoked nor past their end."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=clock.wall()), revoked_at__isnull=True
        )


class PersonalToken(Token):
    """Acts for ``user``, never beyond what that person may do at the moment of the call."""

    PREFIX = "ch_pat"

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="tokens")

    objects = PersonalTokenQuerySet.as_manager()
