"""Nouns of organizations."""

from orgs.entitlements import Entitlements
from orgs.models.invitation import Invitation, InvitationMail
from orgs.models.membership import Membership
from orgs.models.organization import NameClaim, Organization, OrganizationName
from orgs.models.team import Team, TeamMembership

__all__ = [
    "Entitlements",
    "Invitation",
    "InvitationMail",
    "Membership",
    "NameClaim",
    "Organization",
    "OrganizationName",
    "Team",
    "TeamMembership",
]
