"""People and their credentials as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, tokens, hosts."""

    name = "accounts"
