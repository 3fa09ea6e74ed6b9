"""The chain over the log: what was sealed, what waits, how far each stream has come."""

from django.db import models

EVERYTHING = "*"
"""The head of this name counts the events of all streams."""


class AuditSeal(models.Model):
    """The place of one event: a position in the whole, a number and a hash in its stream.

    A trigger refuses to change or remove it. No foreign key ties it to its event, so that an event
    that is gone is noticed by the seal that stays.
    """

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(
        "audit.AuditEvent", models.DO_NOTHING, db_constraint=False, related_name="seal"
    )
    stream = models.CharField(max_length=40)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="seal_once_per_number"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, number__gte=1), name="seal_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.number}"


class AuditHead(models.Model):
    """How far a stream was sealed; what was cut off its end is missed here."""

    stream = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.stream} ends at {self.number}"


class AuditCheckpoint(models.Model):
    """Up to where a stream was pruned, and the hash from which its verification starts.

    Only the function that prunes may write it; a trigger refuses everybody else.
    """

    stream = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    pruned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.stream} begins after {self.number}"


class UnsealedEvent(models.Model):
    """An event that waits for its seal, and the transaction that wrote it; made by a trigger."""

    event = models.OneToOneField(
        "audit.AuditEvent", models.DO_NOTHING, primary_key=True, db_constraint=False,
        related_name="waiting",
    )  # fmt: skip
    xid = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.event_id} waits"
