"""Rows for operators to look at; what changes them are the actions."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


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
