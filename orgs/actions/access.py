"""Levels on projects: of people, of teams, of every member. Giving is gated, taking away never."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs import project_events as events
from orgs.actions.projects import again, note
from orgs.levels import BY_KEY, Level
from orgs.models import Organization, Project, ProjectRole, Team, TeamGrant
from orgs.policy import require, require_all, require_credential
from orgs.refusals import NotInvolved, UnknownLevel
from orgs.seats import claim_seat_for_outsider, recount

NONE = "none"


def level_called(key: str) -> Level:
    """Return the level of this name. Refuses with UnknownLevel."""
    if key not in BY_KEY:
        raise UnknownLevel(field="level")
    return BY_KEY[key]


@transaction.atomic
def set_project_role(*, project: Project, user: User, level: Level, actor: Actor) -> ProjectRole:
    """Give a person a level of their own; twice is once.

    Only to members of the organization, and to those who have a level already: everybody else is
    invited, and decides. On a private project an outsider takes a seat. Locks the organization.
    Refuses with NotInvolved or NoSeatLeft.
    """
    require(actor, "projects:grant", project)
    project = again(project)
    require(actor, "projects:grant", project)
    role = project.roles.filter(user=user).first()
    if role is None and not _is_member(project, user):
        raise NotInvolved(field="user")
    return write_role(project, user, level, actor=actor)


def write_role(project: Project, user: User, level: Level, *, actor: Actor) -> ProjectRole:
    """Write a person's level, seat and event; the caller asked policy and holds the locks."""
    role = project.roles.filter(user=user).first()
    before = Level(role.level).key if role is not None else NONE
    if before == level.key and role is not None:
        return role
    if role is None:
        if project.is_private and project.organization is not None:
            claim_seat_for_outsider(project.organization, user_id=user.pk)
        role = ProjectRole(project=project, user=user)
    role.level = level
    role.save()
    note(_role_set(project, user, before, level.key), project, actor, f"user:{user.pk}")
    return role


@transaction.atomic
def remove_project_role(*, project: Project, user: User, actor: Actor) -> None:
    """Take a person's own level away; one's own can always be given up, by a token with the scope
    to change projects. Never gated.
    """
    ask = require_credential if user.pk == actor.user_id else require
    ask(actor, "projects:revoke", project)
    project = again(project)
    role = project.roles.filter(user=user).first()
    ask(actor, "projects:revoke", project)
    if role is None:
        raise NotFound("This person has no level of their own.")
    end_role(project, role, actor=actor)


def end_role(project: Project, role: ProjectRole, *, actor: Actor) -> None:
    """Delete a level, give its seat back and record; the caller asked and holds the locks."""
    user, before = role.user, Level(role.level).key
    role.delete()
    if project.is_private and project.organization is not None:
        recount(project.organization)
    note(_role_set(project, user, before, NONE), project, actor, f"user:{user.pk}")


@transaction.atomic
def grant_team(
    *, team: Team, projects: Sequence[Project], level: Level, actor: Actor
) -> Sequence[TeamGrant]:
    """Give a team a level on one or many projects of its organization; twice is once.

    Locks the organization; all of them or none. Refuses with NotFound for projects elsewhere.
    """
    require_all(actor, "projects:grant", projects)
    organization = Organization.objects.lock(team.organization_id)
    require_all(actor, "projects:grant", projects)
    team = organization.teams.get(pk=team.pk)
    found = list(organization.projects.filter(pk__in=[one.pk for one in projects]).order_by("pk"))
    if len(found) != len({one.pk for one in projects}):
        raise NotFound("A team gets levels on projects of its own organization.")
    known = {grant.project_id: grant for grant in team.grants.filter(project__in=found)}
    grants = []
    for project in found:
        grant = known.get(project.pk)
        before = Level(grant.level).key if grant is not None else NONE
        if grant is None:
            grant = TeamGrant(organization=organization, team=team, project=project)
        if before != level.key:
            grant.level = level
            grant.save()
            project.organization = organization
            _note_grant(project, team, before, level.key, actor)
        grants.append(grant)
    return grants


@transaction.atomic
def grant_team_on_all_present(*, team: Team, level: Level, actor: Actor) -> Sequence[TeamGrant]:
    """Give a team a level on every project that its organization has now, and on no later one.

    For those who may give every member one. Locks the organization.
    """
    organization = team.organization
    require(actor, "projects:set_base_level", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "projects:set_base_level", organization)
    return grant_team(
        team=team,
        projects=list(organization.projects.all()),
        level=level,
        actor=actor,
    )


@transaction.atomic
def revoke_team_grant(*, team: Team, project: Project, actor: Actor) -> None:
    """Take a team's level away; never gated. Refuses with NotFound where it has none."""
    require(actor, "projects:revoke", project)
    project = again(project)
    require(actor, "projects:revoke", project)
    grant = project.team_grants.filter(team=team).first()
    if grant is None:
        raise NotFound("This team has no level on the project.")
    before = Level(grant.level).key
    grant.delete()
    _note_grant(project, team, before, NONE, actor)


@transaction.atomic
def set_base_level(
    *, organization: Organization, level: Level | None, actor: Actor
) -> Organization:
    """Say what every member who takes a seat has on all projects, also those to come.

    Raising is growth; lowering is not gated. Twice is once. Locks the organization.
    """
    require(actor, "organization:update", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "organization:update", organization)
    before, after = organization.base_level, level
    if before == after:
        return organization
    if (after or 0) > (before or 0):
        require(actor, "projects:set_base_level", organization)
    organization.base_level = after
    organization.save(update_fields=["base_level"])
    record(
        events.BaseLevelSet(before=_key(before), after=_key(after)),
        actor=actor,
        organization=organization,
    )
    return organization


def _key(level: int | None) -> str:
    return NONE if level is None else Level(level).key


def _is_member(project: Project, user: User) -> bool:
    organization = project.organization
    return organization is not None and organization.memberships.filter(user=user).exists()


def _role_set(project: Project, user: User, before: str, after: str) -> events.ProjectRoleSet:
    return events.ProjectRoleSet(
        user_id=user.pk, member=str(user), project=project.name, before=before, after=after
    )


def _note_grant(project: Project, team: Team, before: str, after: str, actor: Actor) -> None:
    granted = events.TeamGrantSet(team=team.name, project=project.name, before=before, after=after)
    note(granted, project, actor, f"team:{team.pk}")
