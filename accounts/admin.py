"""Rows for operators to look at; what changes them are the actions."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import Host, PersonalToken, User


class ToLookAt(admin.ModelAdmin):  # type: ignore[type-arg]  # has no parameter at run time
    """A table that is read and not written."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's signature
        """Nothing is added here."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 -- Django's signature
        obj: Model | None = None,  # noqa: ARG002 -- Django's signature
    ) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 -- Django's signature
        obj: Model | None = None,  # noqa: ARG002 -- Django's signature
    ) -> bool:
        """Nothing is deleted here."""
        return False


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
