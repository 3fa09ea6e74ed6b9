"""Nouns of organizations."""

from orgs.entitlements import Entitlements
from orgs.models.collaborator import CollaboratorInvitation
from orgs.models.external_project import ExternalProject
from orgs.models.invitation import Invitation, InvitationMail
from orgs.models.membership import Membership
from orgs.models.name import BurnedProjectName, NameClaim, OrganizationName
from orgs.models.organization import Organization
from orgs.models.project import Project, ProjectRole, TeamGrant
from orgs.models.seat import SeatEntry
from orgs.models.service_token import ServiceToken
from orgs.models.team import Team, TeamMembership
from orgs.models.transfer import ProjectTransfer

__all__ = [
    "BurnedProjectName",
    "CollaboratorInvitation",
    "Entitlements",
    "ExternalProject",
    "Invitation",
    "InvitationMail",
    "Membership",
    "NameClaim",
    "Organization",
    "OrganizationName",
    "Project",
    "ProjectRole",
    "ProjectTransfer",
    "SeatEntry",
    "ServiceToken",
    "Team",
    "TeamGrant",
    "TeamMembership",
]
