"""Erasing a person from the log: what happened stays, in whose words and from where does not."""

from audit.models import AuditDetail, AuditEvent


def erase_person(user_id: int) -> int:
    """Delete the personal half of every event about a person; returns of how many. Twice is once.

    The caller runs the transaction, and has asked who may.
    """
    about = AuditEvent.objects.about("user", user_id).values("pk")
    deleted, _ = AuditDetail.objects.filter(event__in=about).delete()
    return deleted
