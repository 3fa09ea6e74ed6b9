"""Rows of the log."""

from audit.models.delivery import Delivery
from audit.models.event import AuditDetail, AuditEvent

__all__ = ["AuditDetail", "AuditEvent", "Delivery"]
