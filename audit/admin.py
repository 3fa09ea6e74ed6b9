"""The log, for operators to look at."""

from django.contrib import admin

from audit.models import AuditEvent, Delivery
from kernel.rows import ToLookAt


@admin.register(AuditEvent)
class AuditEventRows(ToLookAt):
    """What happened, the newest first."""

    list_display = ("recorded_at", "name", "actor_kind", "actor_id", "organization_id", "subjects")
    list_filter = ("actor_kind",)
    search_fields = ("name", "request_id")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryRows(ToLookAt):
    """Who heard what."""

    list_display = ("event_id", "listener", "state", "attempts", "due", "error")
    list_filter = ("state",)
    ordering = ("-id",)
    show_full_result_count = False
