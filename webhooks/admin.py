"""The inbox, for operators to look at."""

from django.contrib import admin

from kernel.rows import ToLookAt
from webhooks.models import StripeEvent


@admin.register(StripeEvent)
class StripeEventRows(ToLookAt):
    """Events from Stripe, and what became of them."""

    list_display = ("received_at", "type", "event_id", "state", "target_kind", "target_id")
    list_filter = ("state", "type")
    search_fields = ("event_id", "target_id")
    ordering = ("-received_at",)
    show_full_result_count = False
