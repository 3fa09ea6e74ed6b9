"""What is offered to whoever asks: places in organizations, and levels on projects."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from accounts.api.edge import (
    ApiRequest,
    Cursor,
    Input,
    Listed,
    Size,
    listed,
    person_behind,
    refused,
)
from accounts.api.people import PersonOut, shown_person
from kernel.actor import Actor
from kernel.pagination import page_of
from kernel.refusals import NotFound
from orgs.actions.collaborators import accept_collaboration, decline_collaboration
from orgs.actions.invitations import MOST_WORDS, accept_invitation, decline_invitation
from orgs.levels import Level, LevelKey
from orgs.models import CollaboratorInvitation, Invitation
from orgs.queries import collaborator_invitations_to, invitations_to
from orgs.roles import Role

router = Router(tags=["me"])


class PlaceOfferedOut(Schema):
    """A place in an organization that is offered to you."""

    id: UUID
    organization: str
    display_name: str
    role: Role
    invited_by: PersonOut
    sent_at: datetime
    expires_at: datetime


class LevelOfferedOut(Schema):
    """A level on a project that is offered to you."""

    id: UUID
    project: str
    level: LevelKey
    invited_by: PersonOut
    sent_at: datetime
    expires_at: datetime


class DeclineIn(Input):
    """Why, for whoever invited you and the owners; it may be left out."""

    words: Annotated[str, StringConstraints(max_length=MOST_WORDS)] = ""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"words": "I have left the team."}]}
    )


class TakenPlaceOut(Schema):
    """A place that is yours now."""

    organization: str
    role: Role
    since: datetime


class TakenLevelOut(Schema):
    """A level that is yours now: as offered, or a higher one that you had."""

    project: str
    level: LevelKey


@router.get(
    "/me/invitations",
    response={200: Listed[PlaceOfferedOut], **refused(403)},
    operation_id="list_my_invitations",
    summary="List places that are offered to you",
)
def list_invitations(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = "", limit: Size = 50
) -> object:
    """To your account and its verified addresses; the newest first."""
    person = person_behind(request.auth, "members:read")
    page = page_of(invitations_to(person), order=["-id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _place_offered(row, request.auth))


@router.post(
    "/me/invitations/{invitation_id}/accept",
    response={200: TakenPlaceOut, **refused(402, 403, 404, 409)},
    operation_id="accept_invitation",
    summary="Take a place that is offered to you",
)
def accept(request: ApiRequest, invitation_id: UUID) -> TakenPlaceOut:
    """It takes a seat where its role does. Nobody becomes an owner by token: accept that on the
    page of the invitation.
    """
    person = person_behind(request.auth, "members:write")
    offer = invitations_to(person).filter(public_id=invitation_id).first()
    if offer is None:
        raise NotFound
    membership = accept_invitation(token=offer.token, user=person, actor=request.auth)
    return TakenPlaceOut(
        organization=offer.organization.name, role=Role(membership.role), since=membership.since
    )


@router.post(
    "/me/invitations/{invitation_id}/decline",
    response={204: None, **refused(403, 404, 409)},
    operation_id="decline_invitation",
    summary="Say no to a place that is offered to you",
)
def decline(request: ApiRequest, invitation_id: UUID, payload: DeclineIn) -> Status[None]:
    """The words go to whoever invited you and to the owners."""
    person = person_behind(request.auth, "members:write")
    offer = invitations_to(person).filter(public_id=invitation_id).first()
    if offer is None:
        raise NotFound
    decline_invitation(token=offer.token, actor=request.auth, words=payload.words)
    return Status(204, None)


@router.get(
    "/me/collaborator-invitations",
    response={200: Listed[LevelOfferedOut], **refused(403)},
    operation_id="list_my_collaborator_invitations",
    summary="List levels that are offered to you",
)
def list_levels(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = "", limit: Size = 50
) -> object:
    """To your verified addresses; the newest first."""
    person = person_behind(request.auth, "projects:read")
    page = page_of(collaborator_invitations_to(person), order=["-id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _level_offered(row, request.auth))


@router.post(
    "/me/collaborator-invitations/{invitation_id}/accept",
    response={200: TakenLevelOut, **refused(402, 403, 404, 409)},
    operation_id="accept_collaboration",
    summary="Take a level that is offered to you",
)
def accept_level(request: ApiRequest, invitation_id: UUID) -> TakenLevelOut:
    """On a private project of an organization it takes a seat there."""
    person = person_behind(request.auth, "projects:write")
    offer = collaborator_invitations_to(person).filter(public_id=invitation_id).first()
    if offer is None:
        raise NotFound
    role = accept_collaboration(token=offer.token, user=person, actor=request.auth)
    return TakenLevelOut(project=offer.project.name, level=Level(role.level).key)


@router.post(
    "/me/collaborator-invitations/{invitation_id}/decline",
    response={204: None, **refused(403, 404, 409)},
    operation_id="decline_collaboration",
    summary="Say no to a level that is offered to you",
)
def decline_level(request: ApiRequest, invitation_id: UUID) -> Status[None]:
    """Whoever invited you finds it in the project's log."""
    person = person_behind(request.auth, "projects:write")
    offer = collaborator_invitations_to(person).filter(public_id=invitation_id).first()
    if offer is None:
        raise NotFound
    decline_collaboration(token=offer.token, actor=request.auth)
    return Status(204, None)


def _place_offered(offer: Invitation, to: Actor) -> PlaceOfferedOut:
    return PlaceOfferedOut(
        id=offer.public_id,
        organization=offer.organization.name,
        display_name=offer.organization.display_name,
        role=Role(offer.role),
        invited_by=shown_person(offer.invited_by, to),
        sent_at=offer.sent_at,
        expires_at=offer.expires_at,
    )


def _level_offered(offer: CollaboratorInvitation, to: Actor) -> LevelOfferedOut:
    return LevelOfferedOut(
        id=offer.public_id,
        project=offer.project.name,
        level=Level(offer.level).key,
        invited_by=shown_person(offer.invited_by, to),
        sent_at=offer.sent_at,
        expires_at=offer.expires_at,
    )
