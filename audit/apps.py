"""The log as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events and their deliveries."""

    name = "audit"
