"""Rows for operators to look at; what changes them are the actions."""

from django.contrib import admin

from accounts.models import Host, PersonalToken, User
from kernel.rows import ToLookAt


@admin.register(User)
class UserRows(ToLookAt):
    """People; the password's hash is not shown."""

    list_display = ("email", "name", "staff_role", "is_active", "joined_at")
    search_fields = ("email", "name")
    list_filter = ("staff_role", "is_active")
    exclude = ("password",)


@admin.register(PersonalToken)
class PersonalTokenRows(ToLookAt):
    """Tokens of people; what is stored of their text is not shown."""

    list_display = ("name", "hint", "user", "scopes", "expires_at", "last_used_at", "revoked_at")
    search_fields = ("name", "user__email")
    list_select_related = ("user",)


@admin.register(Host)
class HostRows(ToLookAt):
    """Hosts; what is stored of their tokens is not shown."""

    list_display = ("name", "hint", "scopes", "last_used_at", "revoked_at")
