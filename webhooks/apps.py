"""This floor as a Django app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """See the package's first line."""

    name = "webhooks"
