"""From names in addresses and questions to organizations, teams and people.

``organization_seen_by`` and ``project_seen_by`` are where strangers meet 404.
"""

from dataclasses import replace
from uuid import UUID

from kernel.actor import Actor, ActorKind
from kernel.refusals import NotFound
from orgs.models import Membership, Organization, Project, Team
from orgs.names import normalized
from orgs.policy import decide


class OrganizationMoved(Exception):
    """The organization has another name by now; every operation is repeated at that one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def organization_named(name: str) -> Organization:
    """Return the live organization that has, or had, this name in any spelling, or refuse."""
    found = Organization.objects.named(name).select_related("entitlements").first()
    if found is None:
        raise NotFound
    return found


def organization_seen_by(actor: Actor, name: str) -> Organization:
    """Return the organization of this name; to all but its members and tokens it does not exist.

    Raises OrganizationMoved when it had the name before.
    """
    organization = organization_named(name)
    if not is_token_of(actor, organization):
        place_of(actor, organization)
    require_present_name(organization, name)
    return organization


def require_present_name(organization: Organization, name: str) -> None:
    """Let pass whoever used the present name, in any spelling. Raises OrganizationMoved."""
    if normalized(name) != organization.normalized_name:
        raise OrganizationMoved(organization.name)


def is_token_of(actor: Actor, organization: Organization) -> bool:
    """Whether a service token of this very organization asks."""
    return actor.kind is ActorKind.SERVICE_TOKEN and actor.organization_id == organization.pk


def place_of(actor: Actor, organization: Organization) -> Membership:
    """Return the actor's own place in the organization. Refuses with NotFound."""
    if actor.user_id is None:
        raise NotFound
    found = organization.memberships.filter(user_id=actor.user_id).first()
    if found is None:
        raise NotFound
    return found


def team_named(organization: Organization, name: str) -> Team:
    """Return the team of this name in any spelling. Refuses with NotFound."""
    found = organization.teams.filter(normalized_name=normalized(name)).first()
    if found is None:
        raise NotFound
    return found


def project_seen_by(actor: Actor, name: str) -> Project:
    """Return the project of this name in any spelling; a private one exists for those with a level.

    What the token may do with it is asked by whoever calls.
    """
    found = (
        Project.objects.filter(normalized_name=normalized(name))
        .select_related("organization", "owner")
        .first()
    )
    if found is None:
        raise NotFound
    person = replace(actor, scopes=None)
    if not decide(person, "projects:read", found).allowed:
        raise NotFound
    return found


def member_of(organization: Organization, person: UUID) -> Membership:
    """Return a person's place in the organization. Refuses with NotFound."""
    found = organization.memberships.filter(user__public_id=person).select_related("user").first()
    if found is None:
        raise NotFound("This person is not a member.")
    return found
