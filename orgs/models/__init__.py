"""Nouns of organizations."""

from orgs.entitlements import Entitlements
from orgs.models.collaborator import CollaboratorInvitation
from orgs.models.external_project import ExternalProject
from orgs.models.invitation import Invitation
from orgs.models.membership import Membership
from orgs.models.name import NameClaim, OrganizationName
from orgs.models.organization import Organization
from orgs.models.project import Project, ProjectRole, TeamGrant
from orgs.models.team import Team, TeamMembership
from orgs.models.transfer import ProjectTransfer

__all__ = [
    "CollaboratorInvitation",
    "Entitlements",
    "ExternalProject",
    "Invitation",
    "Membership",
    "NameClaim",
    "Organization",
    "OrganizationName",
    "Project",
    "ProjectRole",
    "ProjectTransfer",
    "Team",
    "TeamGrant",
    "TeamMembership",
]
