"""Organizations, for operators to look at."""

from django.contrib import admin

from kernel.rows import ToLookAt
from orgs.models import Entitlements, Membership, NameClaim, Organization, ServiceToken


@admin.register(Organization)
class OrganizationRows(ToLookAt):
    """Every organization."""

    list_display = ("name", "display_name", "kind", "state", "seats_taken", "created_at")
    list_filter = ("kind", "state")
    search_fields = ("name", "display_name", "normalized_name")


@admin.register(Membership)
class MembershipRows(ToLookAt):
    """Who is what, where."""

    list_display = ("organization", "user", "role", "since")
    list_filter = ("role",)
    search_fields = ("organization__name", "user__email")
    list_select_related = ("organization", "user")


@admin.register(Entitlements)
class EntitlementsRows(ToLookAt):
    """What holds, and what comes."""

    list_display = ("organization", "revision", "settled_at", "next_at")
    search_fields = ("organization__name",)
    list_select_related = ("organization",)


@admin.register(ServiceToken)
class ServiceTokenRows(ToLookAt):
    """Tokens of organizations; what is stored of their text is not shown."""

    list_display = (
        "name", "hint", "organization", "scopes", "expires_at", "last_used_at", "revoked_at",
    )  # fmt: skip
    search_fields = ("name", "organization__name")
    list_select_related = ("organization",)


@admin.register(NameClaim)
class NameClaimRows(ToLookAt):
    """Names that undecided applications ask for."""

    list_display = ("normalized_name", "claimant", "until")
