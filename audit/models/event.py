"""The log itself: append-only, and surviving everything it tells of."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from audit.events import told

if TYPE_CHECKING:
    from kernel.actor import Actor


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

    def sentence(self, actor: str = "") -> str:
        """Say what happened, in words for people."""
        words = self.words
        return told(
            self.name, {**self.facts, **words}, actor=actor or words.get("actor", "(erased)")
        )

    def was_done_by(self, actor: "Actor") -> bool:
        """Whether this is an act of ``actor``."""
        return self.actor_id is not None and self.actor_id == actor.user_id


class AuditDetail(models.Model):
    """The personal half of an event: words, labels and addresses, which may be erased."""

    event = models.OneToOneField(
        AuditEvent, models.CASCADE, primary_key=True, related_name="detail"
    )
    words = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"detail of {self.event_id}"
