"""Teams and who is in them."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict, StrictBool

from accounts.api.edge import (
    ApiRequest,
    Cursor,
    Input,
    Listed,
    Name,
    PathName,
    Size,
    Text,
    listed,
    refused,
)
from accounts.api.people import PersonOut, shown_person
from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs.actions import teams as actions
from orgs.api.members import Search
from orgs.api.subjects import member_of, organization_seen_by, team_named
from orgs.models import Team, TeamMembership
from orgs.people import team_page
from orgs.policy import require
from orgs.queries import teams_page

router = Router(tags=["teams"])


class TeamOut(Schema):
    """A group of members."""

    name: str
    description: str
    people: int = Field(description="How many are in it.")
    created_at: datetime


class TeamIn(Input):
    """A team to make."""

    name: Name
    description: Text = Field("", max_length=300)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "core", "description": "Keeps the lights on."}]},
    )


class TeamChangeIn(Input):
    """What is to change; what is left out stays."""

    name: Name | None = None
    description: Text | None = Field(None, max_length=300)

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "core-team"}]}
    )


class TeamPersonOut(Schema):
    """A member in a team."""

    user: PersonOut
    is_maintainer: bool
    since: datetime


class TeamPersonIn(Input):
    """Whether the member maintains the team: adds and removes its people."""

    is_maintainer: StrictBool = False

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"is_maintainer": False}]}
    )


class TeamPeopleIn(Input):
    """Members to put into a team, by their ids."""

    users: list[UUID] = Field(min_length=1, max_length=100)
    is_maintainer: StrictBool = False

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"users": ["6b2f1b0e-4b5c-4f5e-9d53-0c1b6a1d2e3f"]}]},
    )


class TeamPeopleOut(Schema):
    """Where those who were named stand in the team now."""

    items: list[TeamPersonOut]


@router.get(
    "/organizations/{name}/teams",
    response={200: Listed[TeamOut], **refused(403, 404)},
    operation_id="list_teams",
    summary="List teams",
)
def list_teams(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """By name."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "teams:read", organization)
    page = teams_page(organization, cursor=cursor, size=limit)
    return listed(request, response, page, _shown)


@router.post(
    "/organizations/{name}/teams",
    response={201: TeamOut, **refused(402, 403, 404, 409)},
    operation_id="create_team",
    summary="Make a team",
)
def create(request: ApiRequest, name: PathName, payload: TeamIn) -> Status[TeamOut]:
    """Empty to begin with."""
    organization = organization_seen_by(request.auth, name)
    team = actions.create_team(
        organization=organization,
        name=payload.name,
        description=payload.description,
        actor=request.auth,
    )
    return Status(201, _shown(team))


@router.get(
    "/organizations/{name}/teams/{team}",
    response={200: TeamOut, **refused(403, 404)},
    operation_id="get_team",
    summary="Read a team",
)
def read(request: ApiRequest, name: PathName, team: PathName) -> TeamOut:
    """Any spelling of its name works."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "teams:read", organization)
    return _shown(team_named(organization, team))


@router.patch(
    "/organizations/{name}/teams/{team}",
    response={200: TeamOut, **refused(403, 404, 409)},
    operation_id="change_team",
    summary="Rename or describe a team",
)
def change(request: ApiRequest, name: PathName, team: PathName, payload: TeamChangeIn) -> TeamOut:
    """Never gated by standing."""
    found = _team(request, name, team)
    changed = actions.change_team(
        team=found,
        actor=request.auth,
        name=payload.name if payload.name is not None else found.name,
        description=found.description if payload.description is None else payload.description,
    )
    return _shown(changed)


@router.delete(
    "/organizations/{name}/teams/{team}",
    response={204: None, **refused(403, 404)},
    operation_id="delete_team",
    summary="Delete a team",
)
def delete(request: ApiRequest, name: PathName, team: PathName) -> Status[None]:
    """With everything that hangs on it. Never gated by standing."""
    found = _team(request, name, team)
    actions.delete_team(team=found, actor=request.auth, confirmation=found.name)
    return Status(204, None)


@router.get(
    "/organizations/{name}/teams/{team}/members",
    response={200: Listed[TeamPersonOut], **refused(403, 404)},
    operation_id="list_team_members",
    summary="List who is in a team",
)
def list_people(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    team: PathName,
    q: Search = "",
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The longest in it first."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "teams:read", organization)
    page = team_page(team_named(organization, team), text=q, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _shown_place(row, request.auth))


@router.post(
    "/organizations/{name}/teams/{team}/members",
    response={200: TeamPeopleOut, **refused(402, 403, 404, 409)},
    operation_id="add_team_members",
    summary="Put several members into a team",
)
def add_people(
    request: ApiRequest, name: PathName, team: PathName, payload: TeamPeopleIn
) -> TeamPeopleOut:
    """All or none of them; who is in it already stays as they are."""
    organization = organization_seen_by(request.auth, name)
    found = team_named(organization, team)
    require(request.auth, "teams:grow" if payload.is_maintainer else "teams:add_members", found)
    places = organization.memberships.filter(user__public_id__in=payload.users)
    users = [place.user for place in places.select_related("user").order_by("id")]
    if len(users) < len(set(payload.users)):
        raise NotFound("This person is not a member of the organization.", field="users")
    added = actions.add_team_members(
        team=found, users=users, actor=request.auth, is_maintainer=payload.is_maintainer
    )
    return TeamPeopleOut(items=[_shown_place(place, request.auth) for place in added])


@router.put(
    "/organizations/{name}/teams/{team}/members/{user_id}",
    response={200: TeamPersonOut, **refused(402, 403, 404, 409)},
    operation_id="put_team_member",
    summary="Put a member into a team",
)
def put_person(
    request: ApiRequest, name: PathName, team: PathName, user_id: UUID, payload: TeamPersonIn
) -> TeamPersonOut:
    """Whoever is in it already becomes its maintainer, or a plain member again."""
    found, user = _team(request, name, team), _user(request, name, user_id)
    is_in = found.team_memberships.filter(membership__user=user).exists()
    act = actions.set_maintainer if is_in else actions.add_team_member
    place = act(team=found, user=user, actor=request.auth, is_maintainer=payload.is_maintainer)
    return _shown_place(place, request.auth)


@router.delete(
    "/organizations/{name}/teams/{team}/members/{user_id}",
    response={204: None, **refused(403, 404)},
    operation_id="remove_team_member",
    summary="Take a member out of a team",
)
def remove_person(
    request: ApiRequest, name: PathName, team: PathName, user_id: UUID
) -> Status[None]:
    """Never gated by standing."""
    found, user = _team(request, name, team), _user(request, name, user_id)
    actions.remove_team_member(team=found, user=user, actor=request.auth)
    return Status(204, None)


def _team(request: ApiRequest, name: str, team: str) -> Team:
    return team_named(organization_seen_by(request.auth, name), team)


def _user(request: ApiRequest, name: str, user_id: UUID) -> User:
    return member_of(organization_seen_by(request.auth, name), user_id).user


def _shown(team: Team) -> TeamOut:
    people = getattr(team, "people", None)
    if people is None:
        people = team.team_memberships.aggregate(number=Count("pk"))["number"]
    return TeamOut(
        name=team.name, description=team.description, people=people, created_at=team.created_at
    )


def _shown_place(place: TeamMembership, to: Actor) -> TeamPersonOut:
    return TeamPersonOut(
        user=shown_person(place.membership.user, to),
        is_maintainer=place.is_maintainer,
        since=place.since,
    )
