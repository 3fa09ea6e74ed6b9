"""People of an organization and their roles."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict, StrictBool

from accounts.api.edge import (
    NO_NUL,
    ApiRequest,
    Cursor,
    Input,
    Listed,
    PathName,
    Size,
    listed,
    refused,
)
from accounts.api.people import PersonOut, shown_person
from kernel.actor import Actor
from orgs.actions.members import change_role, leave, remove_member, show_myself
from orgs.api.subjects import member_of, organization_seen_by
from orgs.models import Membership
from orgs.offboarding import lasting_of, losses_of
from orgs.people import LONGEST, Sought, people_page
from orgs.policy import decide, require
from orgs.roles import Role

router = Router(tags=["members"])

Search = Annotated[
    str,
    Query(
        "",
        max_length=LONGEST,
        pattern=NO_NUL,
        description="How a name or an address begins; two characters at least.",
    ),
]


class MemberOut(Schema):
    """A person's place in an organization."""

    user: PersonOut
    role: Role
    since: datetime
    second_factor: bool | None = Field(
        description="Told in lists, to owners and managers; else null."
    )


class LossOut(Schema):
    """One right that ends with a place."""

    kind: str = Field(description="Such as `role`, `team`, `team_maintainer`, `invitations`.")
    words: str


class OffboardingOut(Schema):
    """What somebody would lose; removing them ends exactly this."""

    user: PersonOut
    role: Role
    losses: list[LossOut]
    lasting: list[str] = Field(
        description="What they made that goes on working: tokens act for the organization."
    )


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
    q: Search = "",
    role: Annotated[Role | None, Query(None)] = None,
    second_factor: Annotated[
        bool | None, Query(None, description="For owners and managers.")
    ] = None,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The longest there first; those found by `q` by name, and then whom only the address finds."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "members:read", organization)
    if second_factor is not None:
        require(request.auth, "members:read_security", organization)
    sought = Sought(text=q, role=role or "", second_factor=second_factor)
    page = people_page(organization, sought, cursor=cursor, size=limit)
    told = decide(request.auth, "members:read_security", organization).allowed
    return listed(request, response, page, lambda row: shown_member(row, request.auth, told=told))


@router.patch(
    "/organizations/{name}/members/{user_id}",
    response={200: MemberOut, **refused(402, 403, 404, 409)},
    operation_id="change_role",
    summary="Give a member another role",
)
def change_member(request: ApiRequest, name: PathName, user_id: UUID, payload: RoleIn) -> MemberOut:
    """Entering a role with a seat takes one. The last owner keeps the role.

    Becoming an owner, or one no more, needs a fresh sign-in on the pages, and no token does it.
    """
    organization = organization_seen_by(request.auth, name)
    place = change_role(
        organization=organization,
        user=member_of(organization, user_id).user,
        role=payload.role,
        actor=request.auth,
    )
    return shown_member(place, request.auth)


@router.get(
    "/organizations/{name}/members/{user_id}/offboarding",
    response={200: OffboardingOut, **refused(403, 404)},
    operation_id="preview_offboarding",
    summary="What removing a member would end",
)
def preview(request: ApiRequest, name: PathName, user_id: UUID) -> OffboardingOut:
    """Every right the person has here, for whoever may remove them."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "members:remove_member", organization)
    place = member_of(organization, user_id)
    if place.role != Role.MEMBER:
        require(request.auth, "members:remove", organization)
    return OffboardingOut(
        user=shown_person(place.user, request.auth),
        role=Role(place.role),
        losses=[LossOut(kind=loss.kind, words=loss.words) for loss in losses_of(place)],
        lasting=lasting_of(place),
    )


@router.delete(
    "/organizations/{name}/members/{user_id}",
    response={204: None, **refused(403, 404, 409)},
    operation_id="remove_member",
    summary="Remove a member",
)
def remove(request: ApiRequest, name: PathName, user_id: UUID) -> Status[None]:
    """With every right in its teams. Never gated by standing; of another owner never by token."""
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


def shown_member(place: Membership, to: Actor, *, told: bool = False) -> MemberOut:
    """Show a member to a fellow member; the second factor to those who are ``told`` of it."""
    return MemberOut(
        user=shown_person(place.user, to),
        role=Role(place.role),
        since=place.since,
        second_factor=bool(getattr(place, "has_second_factor", False)) if told else None,
    )
