"""The log itself: append-only, and surviving everything it tells of."""

from collections.abc import Iterable
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from audit.chain import detail_digest, word_digest
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
    a foreign key, so the log outlives the organization, the person and the project. What is
    personal lies in the detail; ``detail_digest`` is all that the chain knows of it.
    """

    name = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    credential_id = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    subjects = ArrayField(models.CharField(max_length=80), default=list)
    facts = models.JSONField(default=dict)
    detail_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="audit_organization_newest"),
            models.Index(fields=["recorded_at"], name="audit_recorded"),
            GinIndex(fields=["subjects"], name="audit_subjects"),
            models.Index(fields=["organization_id", "name", "-id"], name="audit_organization_name"),
            models.Index(
                fields=["organization_id", "actor_id", "-id"], name="audit_organization_actor"
            ),
            models.Index(fields=["organization_id", "at"], name="audit_organization_at"),
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
        said = told(self.name, {**self.facts, **self.words}, actor=self.actor_name)
        begins_with_a_name = self.actor_kind not in (ActorKind.STAFF, ActorKind.SYSTEM)
        return said if begins_with_a_name else said[:1].upper() + said[1:]


class AuditDetail(models.Model):
    """The personal half of an event: words, labels and addresses, which may be erased.

    Each word has a salt. Of an erased one only its digest stays, which tells nothing without it.
    """

    event = models.OneToOneField(
        AuditEvent, models.CASCADE, primary_key=True, related_name="detail"
    )
    words = models.JSONField(default=dict)
    salts = models.JSONField(default=dict, db_default={})
    erased = models.JSONField(default=dict, db_default={})

    def __str__(self) -> str:
        return f"detail of {self.event_id}"

    def digest(self) -> str:
        """Return the digest over all words, those that were erased included."""
        return detail_digest({**self.erased, **self._digests(self.words)})

    def erase(self, keys: Iterable[str]) -> bool:
        """Take words and their salts out, and keep their digests; returns whether any was there."""
        gone = [key for key in keys if key in self.words]
        self.erased = {**self.erased, **self._digests(gone)}
        for key in gone:
            del self.words[key]
            self.salts.pop(key, None)
        return bool(gone)

    def _digests(self, keys: Iterable[str]) -> dict[str, str]:
        return {
            key: word_digest(key, self.words[key], self.salts[key])
            for key in keys
            if key in self.salts
        }
