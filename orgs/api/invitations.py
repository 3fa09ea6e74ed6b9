"""Places offered to addresses."""

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
from orgs.actions.invitations import invite_member, resend_invitation, revoke_invitation
from orgs.api.subjects import organization_seen_by
from orgs.models import Invitation, Organization
from orgs.policy import require
from orgs.roles import Role

router = Router(tags=["invitations"])


class InvitationOut(Schema):
    """An open offer. The link itself goes to the address alone."""

    id: UUID
    email: str
    role: Role
    invited_by: PersonOut
    sent_at: datetime
    expires_at: datetime


class InvitationIn(Input):
    """Whom to invite, and as what."""

    email: Address
    role: Role = Role.MEMBER

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "rosa@example.org", "role": "member"}]},
    )


@router.get(
    "/organizations/{name}/invitations",
    response={200: Listed[InvitationOut], **refused(403, 404)},
    operation_id="list_invitations",
    summary="List open invitations",
)
def list_invitations(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The newest first."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "members:read", organization)
    rows = organization.invitations.open().select_related("invited_by")
    page = page_of(rows, order=["-id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _shown(row, request.auth))


@router.post(
    "/organizations/{name}/invitations",
    response={201: InvitationOut, **refused(402, 403, 404, 409)},
    operation_id="invite_member",
    summary="Invite an address",
)
def invite(request: ApiRequest, name: PathName, payload: InvitationIn) -> Status[InvitationOut]:
    """The place costs a seat only when it is accepted; the offer holds for seven days."""
    organization = organization_seen_by(request.auth, name)
    invitation = invite_member(
        organization=organization, email=payload.email, role=payload.role, actor=request.auth
    )
    return Status(201, _shown(invitation, request.auth))


@router.post(
    "/organizations/{name}/invitations/{invitation_id}/resend",
    response={200: InvitationOut, **refused(403, 404, 409)},
    operation_id="resend_invitation",
    summary="Send an invitation again",
)
def resend(request: ApiRequest, name: PathName, invitation_id: UUID) -> InvitationOut:
    """With a new link for seven days more; links sent before open nothing any more."""
    invitation = _invitation(organization_seen_by(request.auth, name), invitation_id)
    return _shown(resend_invitation(invitation=invitation, actor=request.auth), request.auth)


@router.delete(
    "/organizations/{name}/invitations/{invitation_id}",
    response={204: None, **refused(403, 404, 409)},
    operation_id="revoke_invitation",
    summary="Withdraw an invitation",
)
def revoke(request: ApiRequest, name: PathName, invitation_id: UUID) -> Status[None]:
    """Never gated by standing."""
    invitation = _invitation(organization_seen_by(request.auth, name), invitation_id)
    revoke_invitation(invitation=invitation, actor=request.auth)
    return Status(204, None)


def _invitation(organization: Organization, public_id: UUID) -> Invitation:
    found = (
        organization.invitations.filter(public_id=public_id).select_related("organization").first()
    )
    if found is None:
        raise NotFound
    return found


def _shown(invitation: Invitation, to: Actor) -> InvitationOut:
    return InvitationOut(
        id=invitation.public_id,
        email=invitation.email,
        role=Role(invitation.role),
        invited_by=shown_person(invitation.invited_by, to),
        sent_at=invitation.sent_at,
        expires_at=invitation.expires_at,
    )
