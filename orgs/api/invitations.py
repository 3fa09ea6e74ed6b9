"""Places offered to addresses."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict, StrictBool, StringConstraints, model_validator

from accounts.api.edge import (
    ONE_LINE,
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
from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs.actions.bulk_invitations import Fate, invite_many, preview_invitations
from orgs.actions.invitations import invite_member, resend_invitation, revoke_invitation
from orgs.api.subjects import organization_seen_by
from orgs.bulk import LONGEST, MOST_LINES, Entry, role_named
from orgs.models import Invitation, Organization
from orgs.policy import require
from orgs.queries import open_invitations_of
from orgs.refusals import AccountUnknown
from orgs.roles import Role

router = Router(tags=["invitations"])

Word = Annotated[str, StringConstraints(max_length=LONGEST, pattern=ONE_LINE)]


class InvitedOut(Schema):
    """An account that was invited; its address is not told."""

    id: UUID
    name: str


class InvitationOut(Schema):
    """An open offer. The link itself goes to the address, or to the account's own, alone."""

    id: UUID
    email: str | None = Field(description="Null when an account was invited by its id.")
    user: InvitedOut | None = Field(description="The account that was invited by its id.")
    role: Role
    invited_by: PersonOut
    sent_at: datetime
    expires_at: datetime


class InvitationIn(Input):
    """Whom to invite, and as what: an address, or the id of an account."""

    email: Address | None = None
    user: UUID | None = None
    role: Role = Role.MEMBER

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        """Ask for exactly one of the two."""
        if (self.email is None) == (self.user is None):
            raise ValueError("Name either an address or an account.")
        return self

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "rosa@example.org", "role": "member"}]},
    )


class BulkLineIn(Input):
    """One line: an address, and a role in any spelling; an empty one is the plain member's."""

    email: Word
    role: Word = ""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "rosa@example.org", "role": "manager"}]},
    )


class BulkIn(Input):
    """Many to invite at once, each with an outcome of its own."""

    invitations: list[BulkLineIn] = Field(min_length=1, max_length=MOST_LINES)
    dry_run: StrictBool = False

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "invitations": [{"email": "rosa@example.org", "role": "manager"}],
                    "dry_run": True,
                }
            ]
        },
    )


class BulkLineOut(Schema):
    """What one line came to, or would come to."""

    line: int = Field(description="Its place in the list, from 1.")
    email: str
    role: Role | None = Field(description="Null where the word is none of the roles.")
    outcome: Fate
    sentence: str
    invitation: UUID | None = Field(description="The invitation, once it was sent.")


class BulkOut(Schema):
    """What became of all lines."""

    dry_run: bool
    invited: int
    lines: list[BulkLineOut]


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
    page = open_invitations_of(organization, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _shown(row, request.auth))


@router.post(
    "/organizations/{name}/invitations",
    response={201: InvitationOut, **refused(402, 403, 404, 409)},
    operation_id="invite_member",
    summary="Invite an address or an account",
)
def invite(request: ApiRequest, name: PathName, payload: InvitationIn) -> Status[InvitationOut]:
    """The place costs a seat only when it is accepted; the offer holds for seven days.

    Owners are invited on the pages, after a fresh sign-in, and never by token.
    """
    organization = organization_seen_by(request.auth, name)
    invitation = invite_member(
        organization=organization,
        email=payload.email or "",
        user=_account(organization, payload, request.auth),
        role=payload.role,
        actor=request.auth,
    )
    return Status(201, _shown(invitation, request.auth))


@router.post(
    "/organizations/{name}/invitations/bulk",
    response={200: BulkOut, **refused(403, 404)},
    operation_id="invite_many",
    summary="Invite many addresses",
)
def invite_all(request: ApiRequest, name: PathName, payload: BulkIn) -> BulkOut:
    """Each line has its own outcome; with `dry_run` nobody is invited, and it is only told."""
    organization = organization_seen_by(request.auth, name)
    entries = [
        Entry(number, line.email.strip(), line.role, role_named(line.role, Role.MEMBER))
        for number, line in enumerate(payload.invitations, start=1)
    ]
    act = preview_invitations if payload.dry_run else invite_many
    lines = act(organization=organization, entries=entries, actor=request.auth)
    return BulkOut(
        dry_run=payload.dry_run,
        invited=sum(line.is_invited for line in lines),
        lines=[
            BulkLineOut(
                line=line.number,
                email=line.address,
                role=line.role,
                outcome=line.fate,
                sentence=line.sentence,
                invitation=line.invitation.public_id if line.invitation else None,
            )
            for line in lines
        ],
    )


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


def _account(organization: Organization, payload: InvitationIn, actor: Actor) -> User | None:
    """Return the account that is named by its id; who may not invite learns nothing of it."""
    if payload.user is None:
        return None
    require(actor, "members:invite_many", organization)
    user = User.objects.filter(public_id=payload.user, is_active=True).first()
    if user is None:
        raise AccountUnknown(field="user")
    return user


def _invitation(organization: Organization, public_id: UUID) -> Invitation:
    found = (
        organization.invitations.filter(public_id=public_id)
        .select_related("organization", "user")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _shown(invitation: Invitation, to: Actor) -> InvitationOut:
    return InvitationOut(
        id=invitation.public_id,
        email=invitation.email or None,
        user=InvitedOut(id=invitation.user.public_id, name=invitation.user.name)
        if invitation.user
        else None,
        role=Role(invitation.role),
        invited_by=shown_person(invitation.invited_by, to),
        sent_at=invitation.sent_at,
        expires_at=invitation.expires_at,
    )
