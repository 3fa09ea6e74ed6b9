"""The four roles of a member."""

from django.db import models


class Role(models.TextChoices):
    """What a member is in the organization."""

    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    BILLING_MANAGER = "billing_manager", "Billing manager"
    MEMBER = "member", "Member"


SEAT_ROLES = frozenset({Role.OWNER, Role.MANAGER, Role.MEMBER})
"""Roles that take a seat; a billing manager takes none."""


def takes_seat(role: str) -> bool:
    """Whether a member in ``role`` takes a seat."""
    return role in SEAT_ROLES
