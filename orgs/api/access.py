"""Who has a level on a project, and why; giving levels and taking them away."""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from accounts.api.edge import (
    ApiRequest,
    Cursor,
    Input,
    Listed,
    Name,
    PathName,
    Size,
    listed,
    refused,
    require_scope,
)
from accounts.api.people import PersonOut, shown_person
from accounts.models import User
from kernel.actor import Actor
from kernel.pagination import CursorUnreadable, page_of
from kernel.refusals import NotFound
from orgs.access import holders_of, people_by_id
from orgs.actions.access import (
    grant_team,
    grant_team_on_all_present,
    level_called,
    remove_project_role,
    revoke_team_grant,
    set_base_level,
    set_project_role,
)
from orgs.api.subjects import organization_seen_by, project_seen_by, team_named
from orgs.levels import Level, LevelKey
from orgs.models import Project, ProjectRole, Team, TeamGrant
from orgs.policy import require
from orgs.project_queries import grants_of

router = Router(tags=["access"])


class WayOut(Schema):
    """One way to a level."""

    level: LevelKey
    because: str


class HolderOut(Schema):
    """Somebody with a level on a project."""

    user: PersonOut
    level: LevelKey = Field(description="The most generous of the ways.")
    ways: list[WayOut]


class HoldersOut(Schema):
    """A page of them; ``next_cursor`` is empty at the end."""

    items: list[HolderOut]
    next_cursor: str


class LevelIn(Input):
    """The level to give."""

    level: LevelKey

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"level": "publish"}]}
    )


class RoleOut(Schema):
    """A person's own level."""

    user: PersonOut
    level: LevelKey


class TeamGrantOut(Schema):
    """A team's level on a project."""

    project: str
    team: str
    level: LevelKey


class TeamGrantsIn(Input):
    """A level for a team on several projects, or on all that are there now."""

    level: LevelKey
    projects: list[Name] | Literal["all"] = Field(max_length=100)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"level": "read", "projects": ["wheel", "axle"]}]},
    )


class TeamGrantsOut(Schema):
    """What the team has now on the projects that were named."""

    grants: list[TeamGrantOut]


class BaseLevelIn(Input):
    """What every member is to have on all projects; null is nothing."""

    level: LevelKey | None

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"level": "read"}]})


class BaseLevelOut(Schema):
    """What every member who takes a seat has on all projects."""

    level: LevelKey | None


@router.get(
    "/projects/{project}/access",
    response={200: HoldersOut, **refused(403, 404)},
    operation_id="list_access",
    summary="List who has a level on a project, and why",
)
def list_access(
    request: ApiRequest, project: PathName, cursor: UUID | None = None, limit: Size = 50
) -> HoldersOut:
    """For those who administer it. `cursor` is what `next_cursor` said."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:read_access", found)  # names people: no service token has it
    holders = holders_of(found, after=_after(cursor), size=limit + 1)
    shown = holders[:limit]
    people = people_by_id([holder.user_id for holder in shown])
    items = [
        HolderOut(
            user=shown_person(people[holder.user_id], request.auth),
            level=holder.level.key,
            ways=[WayOut(level=way.level.key, because=way.words) for way in holder.ways],
        )
        for holder in shown
    ]
    more = len(holders) > limit
    return HoldersOut(items=items, next_cursor=str(items[-1].user.id) if more else "")


@router.get(
    "/projects/{project}/roles",
    response={200: Listed[RoleOut], **refused(403, 404)},
    operation_id="list_project_roles",
    summary="List people with a level of their own on a project",
)
def list_roles(
    request: ApiRequest,
    response: HttpResponse,
    project: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """For those who administer it; the longest there first."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:read_access", found)  # names people: no service token has it
    rows = found.roles.select_related("user")
    page = page_of(rows, order=["id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _role(row, request.auth))


@router.get(
    "/projects/{project}/teams",
    response={200: Listed[TeamGrantOut], **refused(403, 404)},
    operation_id="list_team_grants",
    summary="List teams with a level on a project",
)
def list_grants(
    request: ApiRequest,
    response: HttpResponse,
    project: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """For those who administer it; the longest there first."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:read_access", found)
    rows = found.team_grants.select_related("team")
    page = page_of(rows, order=["id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _grant(row, found))


@router.get(
    "/organizations/{name}/teams/{team}/grants",
    response={200: Listed[TeamGrantOut], **refused(403, 404)},
    operation_id="list_grants_of_team",
    summary="List the projects on which a team has a level",
)
def list_grants_of_team(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    team: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """Those that you see, by name."""
    organization = organization_seen_by(request.auth, name)
    require(replace(request.auth, scopes=None), "teams:read", organization)
    require_scope(request.auth, "projects:read")  # it tells of projects
    found = team_named(organization, team)
    page = grants_of(found, seen_by_id=request.auth.user_id, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _granted(row, found))


@router.get(
    "/organizations/{name}/base-level",
    response={200: BaseLevelOut, **refused(403, 404)},
    operation_id="get_base_level",
    summary="Read what every member has on all projects",
)
def get_base_level(request: ApiRequest, name: PathName) -> BaseLevelOut:
    """For every member."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "organization:read", organization)
    level = organization.base_level
    return BaseLevelOut(level=Level(level).key if level is not None else None)


@router.put(
    "/projects/{project}/roles/{user_id}",
    response={200: RoleOut, **refused(402, 403, 404, 409)},
    operation_id="set_project_role",
    summary="Give a person a level of their own",
)
def set_role(request: ApiRequest, project: PathName, user_id: UUID, payload: LevelIn) -> RoleOut:
    """To members of the organization, and to those who have one already; others are invited."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:grant", found)
    role = set_project_role(
        project=found,
        user=_involved(found, user_id),
        level=level_called(payload.level),
        actor=request.auth,
    )
    return _role(role, request.auth)


@router.delete(
    "/projects/{project}/roles/{user_id}",
    response={204: None, **refused(403, 404)},
    operation_id="remove_project_role",
    summary="Take a person's own level away",
)
def remove_role(request: ApiRequest, project: PathName, user_id: UUID) -> Status[None]:
    """Never gated by standing. One's own can always be given up."""
    found = project_seen_by(request.auth, project)
    if not _is_oneself(request.auth, user_id):
        require(request.auth, "projects:revoke", found)
    user = _involved(found, user_id)
    remove_project_role(project=found, user=user, actor=request.auth)
    return Status(204, None)


@router.put(
    "/projects/{project}/teams/{team}",
    response={200: TeamGrantOut, **refused(402, 403, 404)},
    operation_id="grant_team",
    summary="Give a team a level on a project",
)
def grant(request: ApiRequest, project: PathName, team: PathName, payload: LevelIn) -> TeamGrantOut:
    """The team is one of the organization that owns the project."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:grant", found)
    [made] = grant_team(
        team=_team(found, team),
        projects=[found],
        level=level_called(payload.level),
        actor=request.auth,
    )
    return _grant(made, found)


@router.delete(
    "/projects/{project}/teams/{team}",
    response={204: None, **refused(403, 404)},
    operation_id="revoke_team_grant",
    summary="Take a team's level on a project away",
)
def revoke(request: ApiRequest, project: PathName, team: PathName) -> Status[None]:
    """Never gated by standing."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:revoke", found)
    revoke_team_grant(team=_team(found, team), project=found, actor=request.auth)
    return Status(204, None)


@router.post(
    "/organizations/{name}/teams/{team}/grants",
    response={200: TeamGrantsOut, **refused(402, 403, 404)},
    operation_id="grant_team_on_many",
    summary="Give a team a level on many projects",
)
def grant_many(
    request: ApiRequest, name: PathName, team: PathName, payload: TeamGrantsIn
) -> TeamGrantsOut:
    """On all of them or on none. `all` are those that are there now, and no later ones."""
    organization = organization_seen_by(request.auth, name)
    found = team_named(organization, team)
    level = level_called(payload.level)
    if payload.projects == "all":
        grants = grant_team_on_all_present(team=found, level=level, actor=request.auth)
    else:
        projects = [project_seen_by(request.auth, each) for each in payload.projects]
        grants = grant_team(team=found, projects=projects, level=level, actor=request.auth)
    return TeamGrantsOut(grants=[_grant(each, each.project) for each in grants])


@router.put(
    "/organizations/{name}/base-level",
    response={200: BaseLevelOut, **refused(402, 403, 404)},
    operation_id="set_base_level",
    summary="Say what every member has on all projects",
)
def base_level(request: ApiRequest, name: PathName, payload: BaseLevelIn) -> BaseLevelOut:
    """Owners only. Raising needs a standing that grows; lowering does not."""
    organization = set_base_level(
        organization=organization_seen_by(request.auth, name),
        level=level_called(payload.level) if payload.level is not None else None,
        actor=request.auth,
    )
    level = organization.base_level
    return BaseLevelOut(level=Level(level).key if level is not None else None)


def _role(role: ProjectRole, to: Actor) -> RoleOut:
    return RoleOut(user=shown_person(role.user, to), level=Level(role.level).key)


def _grant(grant: TeamGrant, project: Project) -> TeamGrantOut:
    return TeamGrantOut(project=project.name, team=grant.team.name, level=Level(grant.level).key)


def _granted(project: Project, team: Team) -> TeamGrantOut:
    level = Level(vars(project)["granted"])
    return TeamGrantOut(project=project.name, team=team.name, level=level.key)


def _after(cursor: UUID | None) -> int:
    """Return where a page begins: behind the person whom the last one ended with."""
    if cursor is None:
        return 0
    last = User.objects.filter(public_id=cursor).values_list("pk", flat=True).first()
    if last is None:
        raise CursorUnreadable
    return last


def _is_oneself(actor: Actor, user_id: UUID) -> bool:
    return (
        actor.user_id is not None
        and User.objects.filter(pk=actor.user_id, public_id=user_id).exists()
    )


def _involved(project: Project, user_id: UUID) -> User:
    """Return a person who is in the organization, or has a level; of others nothing is told."""
    known = User.objects.filter(public_id=user_id)
    found = (
        known.filter(memberships__organization=project.organization_id).first()
        or known.filter(project_roles__project=project).first()
    )
    if found is None:
        raise NotFound("This person is not involved in the project.")
    return found


def _team(project: Project, name: str) -> Team:
    if project.organization is None:
        raise NotFound
    return team_named(project.organization, name)
