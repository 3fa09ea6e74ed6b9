"""A project on offer to another owner; both sides agree."""

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock


class TransferOutcome(models.TextChoices):
    """How a proposal ended; empty while it is open."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELED = "canceled"
    LAPSED = "lapsed"


class ProjectTransferQuerySet(models.QuerySet["ProjectTransfer"]):
    """Proposals by whether they can still be answered."""

    def open(self) -> Self:
        """Unanswered and not lapsed; lapsing is a comparison, never a stored state."""
        return self.filter(outcome="", expires_at__gt=clock.now())

    def lapsed_unmarked(self) -> Self:
        """Past their end, and not yet closed as lapsed by whoever proposes next."""
        return self.filter(outcome="", expires_at__lte=clock.now())


class ProjectTransfer(models.Model):
    """A proposal to give a project to a person or an organization; one is open for each project."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    project = models.ForeignKey("orgs.Project", models.CASCADE, related_name="transfers")
    from_organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, null=True, related_name="transfers_out"
    )
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    to_organization = models.ForeignKey(
        "orgs.Organization", models.CASCADE, null=True, related_name="transfers_in"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=TransferOutcome, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = ProjectTransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(outcome=""), name="transfer_one_open_per_project"
            ),
            models.CheckConstraint(
                condition=Q(to_user__isnull=True) ^ Q(to_organization__isnull=True),
                name="transfer_has_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(from_user__isnull=True) ^ Q(from_organization__isnull=True),
                name="transfer_has_one_giver",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *TransferOutcome.values]),
                name="transfer_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} to {self.receiver}"

    @property
    def receiver(self) -> models.Model:
        """The person or organization it is offered to."""
        found = self.to_organization or self.to_user
        if found is None:
            raise ValueError("the constraint transfer_has_one_receiver does not hold")
        return found

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now."""
        return self.outcome == "" and self.expires_at > clock.now()

    @property
    def state(self) -> str:
        """``open`` or how it ended, lapsing told by the clock."""
        return self.outcome or ("open" if self.is_open else TransferOutcome.LAPSED)
