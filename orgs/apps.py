"""Organizations as a Django app."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Organizations, members, teams, policy, entitlements, seats."""

    name = "orgs"
