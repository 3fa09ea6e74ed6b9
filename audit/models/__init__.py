"""Rows of the log."""

from audit.models.delivery import Delivery
from audit.models.event import AuditDetail, AuditEvent
from audit.models.mail import SentMail

__all__ = ["AuditDetail", "AuditEvent", "Delivery", "SentMail"]
