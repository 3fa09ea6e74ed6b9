"""The application that asks us questions."""

from django.db import models
from django.db.models.functions import Lower

from accounts.tokens import Token


class Host(Token):
    """A host and its token: asks about everyone, changes no organization. Made by operators."""

    PREFIX = "ch_host"
    SCOPES = ("decisions:ask", "entitlements:read", "directory:write")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="host_one_per_name")]
