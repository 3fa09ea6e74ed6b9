"""From names in addresses and questions to organizations, teams and people.

``organization_seen_by`` is where strangers meet 404; ``subjects_named`` resolves any number of
names in three queries, and asks nobody's permission: whoever calls it lets policy answer.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs.facts import Subject
from orgs.models import Membership, Organization, OrganizationName, Project, Team
from orgs.models.organization import State
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
    """Return the organization of this name; to all but its members it does not exist.

    Raises OrganizationMoved when it had the name before.
    """
    organization = organization_named(name)
    place_of(actor, organization)
    require_present_name(organization, name)
    return organization


def require_present_name(organization: Organization, name: str) -> None:
    """Let pass whoever used the present name, in any spelling. Raises OrganizationMoved."""
    if normalized(name) != organization.normalized_name:
        raise OrganizationMoved(organization.name)


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


def subjects_named(names: Iterable[str]) -> dict[str, Subject]:
    """Return what ``organization:NAME``, ``team:ORG/TEAM`` and ``project:NAME`` name, as far as it
    exists.
    """
    names = set(names)
    asked = {name: _parts(name) for name in names}
    organizations = _organizations({parts[0] for parts in asked.values() if parts})
    pairs = {
        (organizations[parts[0]].pk, parts[1])
        for parts in asked.values()
        if parts and parts[1] and parts[0] in organizations
    }
    teams = _teams(pairs)
    found: dict[str, Subject | None] = {**_projects(names)}
    for name, parts in asked.items():
        organization = organizations.get(parts[0]) if parts else None
        if organization is None or parts is None:
            continue
        found[name] = teams.get((organization.pk, parts[1])) if parts[1] else organization
    return {name: subject for name, subject in found.items() if subject is not None}


def _parts(name: str) -> tuple[str, str] | None:
    """Return the normalized names of organization and team; empty for no team."""
    kind, _, rest = name.partition(":")
    if kind == "organization":
        return normalized(rest), ""
    if kind == "team":
        organization, _, team = rest.partition("/")
        return normalized(organization), normalized(team)
    return None


def _projects(names: Iterable[str]) -> dict[str, Subject]:
    asked = {
        name: normalized(name.removeprefix("project:"))
        for name in names
        if name.startswith("project:")
    }
    if not asked:
        return {}
    rows = Project.objects.filter(normalized_name__in=set(asked.values()))
    by_name = {project.normalized_name: project for project in rows}
    return {name: by_name[plain] for name, plain in asked.items() if plain in by_name}


def _organizations(names: set[str]) -> dict[str, Organization]:
    rows = (
        OrganizationName.objects.held()
        .filter(normalized_name__in=names)
        .exclude(organization__state=State.CLOSED)
        .select_related("organization")
    )
    return {row.normalized_name: row.organization for row in rows}


def _teams(pairs: set[tuple[int, str]]) -> dict[tuple[int, str], Team]:
    wanted = Q(
        organization_id__in={organization for organization, _ in pairs},
        normalized_name__in={name for _, name in pairs},
    )
    rows = Team.objects.filter(wanted)
    return {(row.organization_id, row.normalized_name): row for row in rows}
