"""People of an organization and their roles."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, StrictBool

from accounts.api.edge import ApiRequest, Cursor, Input, Listed, PathName, Size, listed, refused
from accounts.api.people import PersonOut, shown_person
from kernel.actor import Actor
from orgs.actions.members import change_role, leave, remove_member, show_myself
from orgs.api.subjects import member_of, organization_seen_by
from orgs.models import Membership
from orgs.policy import require
from orgs.queries import people_of
from orgs.roles import Role

router = Router(tags=["members"])


class MemberOut(Schema):
    """A person's place in an organization."""

    user: PersonOut
    role: Role
    since: datetime


class RoleIn(Input):
    """The role a member is to have."""

    role: Role

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "manager"}]})


class PlaceIn(Input):
    """Whether the public profile shows you."""

    is_public: StrictBool

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"is_public": True}]})


class PlaceOut(Schema):
    """Your place in an organization, as its public profile tells it."""

    organization: str
    is_public: bool


@router.get(
    "/organizations/{name}/members",
    response={200: Listed[MemberOut], **refused(403, 404)},
    operation_id="list_members",
    summary="List members",
)
def list_members(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The longest there first."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "members:read", organization)
    page = people_of(organization, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: shown_member(row, request.auth))


@router.patch(
    "/organizations/{name}/members/{user_id}",
    response={200: MemberOut, **refused(402, 403, 404, 409)},
    operation_id="change_role",
    summary="Give a member another role",
)
def change_member(request: ApiRequest, name: PathName, user_id: UUID, payload: RoleIn) -> MemberOut:
    """Entering a role with a seat takes one. The last owner keeps the role."""
    organization = organization_seen_by(request.auth, name)
    place = change_role(
        organization=organization,
        user=member_of(organization, user_id).user,
        role=payload.role,
        actor=request.auth,
    )
    return shown_member(place, request.auth)


@router.delete(
    "/organizations/{name}/members/{user_id}",
    response={204: None, **refused(403, 404, 409)},
    operation_id="remove_member",
    summary="Remove a member",
)
def remove(request: ApiRequest, name: PathName, user_id: UUID) -> Status[None]:
    """With every right in its teams. Never gated by standing."""
    organization = organization_seen_by(request.auth, name)
    user = member_of(organization, user_id).user
    remove_member(organization=organization, user=user, actor=request.auth)
    return Status(204, None)


@router.delete(
    "/me/organizations/{name}",
    response={204: None, **refused(403, 404, 409)},
    operation_id="leave_organization",
    summary="Leave an organization",
)
def leave_organization(request: ApiRequest, name: PathName) -> Status[None]:
    """Everybody but the last owner can leave, in every standing."""
    leave(organization=organization_seen_by(request.auth, name), actor=request.auth)
    return Status(204, None)


@router.patch(
    "/me/organizations/{name}",
    response={200: PlaceOut, **refused(403, 404)},
    operation_id="show_myself",
    summary="Choose whether the public profile shows you",
)
def show(request: ApiRequest, name: PathName, payload: PlaceIn) -> PlaceOut:
    """For yourself; nobody chooses it for you."""
    organization = organization_seen_by(request.auth, name)
    place = show_myself(organization=organization, is_public=payload.is_public, actor=request.auth)
    return PlaceOut(organization=organization.name, is_public=place.is_public)


def shown_member(place: Membership, to: Actor) -> MemberOut:
    """Show a member to a fellow member."""
    return MemberOut(user=shown_person(place.user, to), role=Role(place.role), since=place.since)
