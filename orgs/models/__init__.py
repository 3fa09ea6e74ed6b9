"""Nouns of organizations."""

from orgs.entitlements import Entitlements
from orgs.models.invitation import Invitation
from orgs.models.membership import Membership
from orgs.models.name import NameClaim, OrganizationName
from orgs.models.organization import Organization
from orgs.models.team import Team, TeamMembership

__all__ = [
    "Entitlements",
    "Invitation",
    "Membership",
    "NameClaim",
    "Organization",
    "OrganizationName",
    "Team",
    "TeamMembership",
]
