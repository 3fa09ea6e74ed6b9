"""A token that acts for the person who made it, within its scopes."""

from django.db import models

from accounts.tokens import Token, TokenQuerySet


class PersonalToken(Token):
    """Acts for ``user``, never beyond what that person may do at the moment of the call."""

    PREFIX = "ch_pat"

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="tokens")

    objects = TokenQuerySet["PersonalToken"].as_manager()
