"""A token that acts for an organization, and for nobody in it."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.tokens import Token, TokenQuerySet
from orgs.service_scopes import ServiceScope

LONGEST_LIFE = timedelta(days=365)


class ServiceToken(Token):
    """Acts for ``organization`` within its scopes; takes no seat, and outlives whoever made it."""

    PREFIX = "ch_svc"

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, related_name="service_tokens"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = TokenQuerySet["ServiceToken"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=False)
                & Q(expires_at__lte=F("created_at") + LONGEST_LIFE),
                name="service_token_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=ServiceScope.values) & ~Q(scopes=[]),
                name="service_token_scopes_are_known",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="service_token_has_a_name"),
        ]
