"""Rows of the log."""

from audit.models.delivery import Delivery
from audit.models.event import AuditDetail, AuditEvent
from audit.models.mail import SentMail
from audit.models.seal import EVERYTHING, AuditCheckpoint, AuditHead, AuditSeal, UnsealedEvent

__all__ = [
    "EVERYTHING",
    "AuditCheckpoint",
    "AuditDetail",
    "AuditEvent",
    "AuditHead",
    "AuditSeal",
    "Delivery",
    "SentMail",
    "UnsealedEvent",
]
