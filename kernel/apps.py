"""The floor as a Django app, so that business time follows the sandbox from the first moment."""

from django.apps import AppConfig
from django.conf import settings

from kernel import clock


class KernelConfig(AppConfig):
    """Sets the clock when Django starts."""

    name = "kernel"

    def ready(self) -> None:
        """Follow the sandbox's clock where there is a sandbox; production time is the world's."""
        clock.follow(settings.BUSINESS_CLOCK_FILE)
