"""The log itself: append-only, and surviving everything it tells of."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from audit.events import told
from kernel.actor import ActorKind


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Whose log is read."""

    def of_organization(self, organization_id: int) -> Self:
        """What happened in one organization."""
        return self.filter(organization_id=organization_id)

    def about(self, kind: str, subject_id: object) -> Self:
        """What happened to one subject."""
        return self.filter(subjects__contains=[f"{kind}:{subject_id}"])


class AuditEvent(models.Model):
    """One fact; a trigger refuses to change or remove it.

    ``at`` is business time and ``recorded_at`` wall time. Subjects are ``kind:id``; nothing here is
    a foreign key, so the log outlives the organization, the person and the project.
    """

    name = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    credential_id = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    subjects = ArrayField(models.CharField(max_length=80), default=list)
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="audit_organization_newest"),
            models.Index(fields=["recorded_at"], name="audit_recorded"),
            GinIndex(fields=["subjects"], name="audit_subjects"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(actor_kind__in=["person", "staff", "token"])
                | models.Q(actor_id__isnull=False),
                name="audit_people_are_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def words(self) -> dict[str, Any]:
        """The personal facts, as far as they were not erased."""
        try:
            return dict(self.detail.words)
        except AuditDetail.DoesNotExist:
            return {}

    @property
    def actor_name(self) -> str:
        """Who did it, as members of an organization are told: staff is not named to them."""
        if self.actor_kind == ActorKind.STAFF:
            return "our staff"
        return str(self.words.get("actor", "(erased)"))

    def sentence(self) -> str:
        """Say what happened, in words for people."""
        return told(self.name, {**self.facts, **self.words}, actor=self.actor_name)


class AuditDetail(models.Model):
    """The personal half of an event: words, labels and addresses, which may be erased."""

    event = models.OneToOneField(
        AuditEvent, models.CASCADE, primary_key=True, related_name="detail"
    )
    words = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"detail of {self.event_id}"
