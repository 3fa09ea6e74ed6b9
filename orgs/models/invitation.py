"""A place offered to an address."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from orgs.models.offer import OUTCOME_IS_KNOWN, Offer, OfferQuerySet, Outcome, digest
from orgs.roles import Role

__all__ = ["Invitation", "InvitationQuerySet", "Outcome", "digest"]


class InvitationQuerySet(OfferQuerySet["Invitation"]):
    """Invitations by whether they can still be answered."""


class Invitation(Offer):
    """A place offered to an address; it costs a seat only when accepted."""

    SALT = "orgs.invitation"

    organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=16, choices=Role)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organization",
                condition=Q(outcome=""),
                name="invitation_one_open_per_email",
            ),
            models.CheckConstraint(condition=OUTCOME_IS_KNOWN, name="invitation_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="invitation_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"
