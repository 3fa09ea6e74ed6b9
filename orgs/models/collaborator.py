"""A level on one project, offered to somebody from outside."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from orgs.levels import Level
from orgs.models.offer import OUTCOME_IS_KNOWN, Offer, OfferQuerySet


class CollaboratorInvitationQuerySet(OfferQuerySet["CollaboratorInvitation"]):
    """Offers of levels by whether they can still be answered."""


class CollaboratorInvitation(Offer):
    """A level on a project, offered to an address; on a private one it takes a seat when
    accepted.
    """

    SALT = "orgs.collaborator"

    project = models.ForeignKey(
        "orgs.Project", models.CASCADE, related_name="collaborator_invitations"
    )
    level = models.PositiveSmallIntegerField(choices=Level)

    objects = CollaboratorInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "project",
                condition=Q(outcome=""),
                name="collaborator_one_open_per_email",
            ),
            models.CheckConstraint(
                condition=OUTCOME_IS_KNOWN, name="collaborator_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="collaborator_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} may {Level(self.level).key} {self.project_id}"
