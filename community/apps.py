"""This floor as a Django app."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    """See the package's first line."""

    name = "community"
