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


PURPOSE: dict[str, str] = {
    Role.OWNER: "Everything: people, teams, settings and billing. Takes a seat.",
    Role.MANAGER: "Invites and removes members, runs teams and projects. Takes a seat.",
    Role.BILLING_MANAGER: "Sees and pays the bills, and is in no team. Takes no seat.",
    Role.MEMBER: "Sees the organization and works in its teams. Takes a seat.",
}
"""What a role is for, in words for people; what it may do is in ``matrix.MATRIX``."""
