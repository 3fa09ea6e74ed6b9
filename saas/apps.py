"""The roof as a Django app: collects listeners, registers checks, binds the tasks to the broker."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin, behind our sign-in and a second factor."""

    default = False
    default_site = "saas.operators.OperatorSite"


class SaasConfig(AppConfig):
    """Ties the apps together once they are all loaded."""

    name = "saas"

    def ready(self) -> None:
        """Install who hears what, register the system checks, and bind tasks to our Celery app."""
        from saas import celery, checks, listeners  # noqa: F401, PLC0415 -- models must be loaded first

        listeners.install()
