"""Who has a level on a project, and why; giving levels and taking them away."""

from typing import Literal
from uuid import UUID

from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from accounts.api.edge import ApiRequest, Input, Name, PathName, Size, refused
from accounts.api.people import PersonOut, shown_person
from accounts.models import User
from kernel.actor import Actor
from kernel.pagination import CursorUnreadable
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
from orgs.models import Project, Team
from orgs.policy import require

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
    return RoleOut(user=shown_person(role.user, request.auth), level=Level(role.level).key)


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
    return TeamGrantOut(project=found.name, team=made.team.name, level=Level(made.level).key)


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
    return TeamGrantsOut(
        grants=[
            TeamGrantOut(project=each.project.name, team=found.name, level=Level(each.level).key)
            for each in grants
        ]
    )


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
