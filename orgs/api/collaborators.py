"""Levels on a project offered to people from outside."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from accounts.api.edge import (
    Address,
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
from kernel.pagination import page_of
from kernel.refusals import NotFound
from orgs.actions.access import level_called
from orgs.actions.collaborators import (
    invite_collaborator,
    resend_collaborator_invitation,
    revoke_collaborator_invitation,
)
from orgs.api.subjects import project_seen_by
from orgs.levels import Level, LevelKey
from orgs.models import CollaboratorInvitation, Project
from orgs.policy import require

router = Router(tags=["collaborators"])


class CollaboratorInvitationOut(Schema):
    """An open offer. The link itself goes to the address alone."""

    id: UUID
    email: str
    level: LevelKey
    invited_by: PersonOut
    sent_at: datetime
    expires_at: datetime


class CollaboratorIn(Input):
    """Whom to invite, and with which level."""

    email: Address
    level: LevelKey = "read"

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "kim@example.org", "level": "publish"}]},
    )


@router.get(
    "/projects/{project}/collaborator-invitations",
    response={200: Listed[CollaboratorInvitationOut], **refused(403, 404)},
    operation_id="list_collaborator_invitations",
    summary="List open offers to people from outside",
)
def list_invitations(
    request: ApiRequest,
    response: HttpResponse,
    project: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """For those who administer the project; the newest first."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:revoke", found)  # names people, so no service token has it
    rows = found.collaborator_invitations.open().select_related("invited_by")
    page = page_of(rows, order=["-id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _shown(row, request.auth))


@router.post(
    "/projects/{project}/collaborator-invitations",
    response={201: CollaboratorInvitationOut, **refused(402, 403, 404, 409)},
    operation_id="invite_collaborator",
    summary="Offer somebody from outside a level",
)
def invite(
    request: ApiRequest, project: PathName, payload: CollaboratorIn
) -> Status[CollaboratorInvitationOut]:
    """For seven days. On a private project the level takes a seat when it is accepted."""
    invitation = invite_collaborator(
        project=project_seen_by(request.auth, project),
        email=payload.email,
        level=level_called(payload.level),
        actor=request.auth,
    )
    return Status(201, _shown(invitation, request.auth))


@router.post(
    "/projects/{project}/collaborator-invitations/{invitation_id}/resend",
    response={200: CollaboratorInvitationOut, **refused(402, 403, 404, 409)},
    operation_id="resend_collaborator_invitation",
    summary="Send an offer again",
)
def resend(
    request: ApiRequest, project: PathName, invitation_id: UUID
) -> CollaboratorInvitationOut:
    """With a new link for seven days more; older links open nothing any more. It counts in a
    day's invitations.
    """
    found = project_seen_by(request.auth, project)
    require(request.auth, "collaborators:invite", found)
    sent = resend_collaborator_invitation(
        invitation=_invitation(found, invitation_id), actor=request.auth
    )
    return _shown(sent, request.auth)


@router.delete(
    "/projects/{project}/collaborator-invitations/{invitation_id}",
    response={204: None, **refused(403, 404, 409)},
    operation_id="revoke_collaborator_invitation",
    summary="Withdraw an offer",
)
def revoke(request: ApiRequest, project: PathName, invitation_id: UUID) -> Status[None]:
    """Never gated by standing."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:revoke", found)
    revoke_collaborator_invitation(invitation=_invitation(found, invitation_id), actor=request.auth)
    return Status(204, None)


def _invitation(project: Project, public_id: UUID) -> CollaboratorInvitation:
    found = project.collaborator_invitations.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    found.project = project
    return found


def _shown(invitation: CollaboratorInvitation, to: Actor) -> CollaboratorInvitationOut:
    return CollaboratorInvitationOut(
        id=invitation.public_id,
        email=invitation.email,
        level=Level(invitation.level).key,
        invited_by=shown_person(invitation.invited_by, to),
        sent_at=invitation.sent_at,
        expires_at=invitation.expires_at,
    )
