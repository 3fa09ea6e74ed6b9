"""Projects on offer to another owner: read and answered. Offering needs a person at the pages."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status

from accounts.api.edge import (
    ApiRequest,
    Cursor,
    Listed,
    PathName,
    Size,
    listed,
    person_behind,
    refused,
)
from accounts.api.people import PersonOut, shown_person
from kernel.actor import Actor
from kernel.pagination import Page, page_of
from kernel.refusals import NotFound
from orgs.actions.transfers import accept_transfer, decline_transfer
from orgs.api.projects import ProjectOut, shown_project
from orgs.api.subjects import organization_seen_by
from orgs.models import ProjectTransfer
from orgs.policy import require
from orgs.transfer_queries import still_standing

router = Router(tags=["transfers"])


class TransferOut(Schema):
    """An open offer."""

    id: UUID
    project: str
    from_organization: str | None
    to_organization: str | None = Field(description="Null: it is offered to you.")
    proposed_by: PersonOut
    proposed_at: datetime
    expires_at: datetime


@router.get(
    "/organizations/{name}/transfers",
    response={200: Listed[TransferOut], **refused(403, 404)},
    operation_id="list_transfers",
    summary="List projects that are offered to an organization",
)
def list_transfers(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """For those who may answer; the newest first. A page may be short: offers that hold no longer
    are left out.
    """
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "projects:decline_transfer", organization)
    rows = organization.transfers_in.open().select_related(*SHOWN)
    page = _standing(page_of(rows, order=["-id"], cursor=cursor, size=limit))
    return listed(request, response, page, lambda row: _shown(row, request.auth))


@router.get(
    "/me/transfers",
    response={200: Listed[TransferOut], **refused(403)},
    operation_id="list_my_transfers",
    summary="List projects that are offered to you",
)
def list_mine(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = "", limit: Size = 50
) -> object:
    """As a person, not through an organization; the newest first."""
    person = person_behind(request.auth, "projects:write")
    rows = ProjectTransfer.objects.open().filter(to_user=person).select_related(*SHOWN)
    page = _standing(page_of(rows, order=["-id"], cursor=cursor, size=limit))
    return listed(request, response, page, lambda row: _shown(row, request.auth))


@router.post(
    "/transfers/{transfer_id}/accept",
    response={200: ProjectOut, **refused(402, 403, 404, 409)},
    operation_id="accept_transfer",
    summary="Take an offered project over",
)
def accept(request: ApiRequest, transfer_id: UUID) -> ProjectOut:
    """Levels under the old owner end with it."""
    person_behind(request.auth, "projects:write")
    project = accept_transfer(transfer=_offered(transfer_id), actor=request.auth)
    return shown_project(project, request.auth)


@router.post(
    "/transfers/{transfer_id}/decline",
    response={204: None, **refused(403, 404, 409)},
    operation_id="decline_transfer",
    summary="Say no to an offered project",
)
def decline(request: ApiRequest, transfer_id: UUID) -> Status[None]:
    """Never gated by standing."""
    person_behind(request.auth, "projects:write")
    decline_transfer(transfer=_offered(transfer_id), actor=request.auth)
    return Status(204, None)


SHOWN = ("project", "from_organization", "to_organization", "proposed_by")


def _standing(page: Page[ProjectTransfer]) -> Page[ProjectTransfer]:
    return replace(page, rows=still_standing(page.rows))


def _offered(public_id: UUID) -> ProjectTransfer:
    found = (
        ProjectTransfer.objects.filter(public_id=public_id)
        .select_related("project", "to_organization")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _shown(transfer: ProjectTransfer, to: Actor) -> TransferOut:
    giver, receiver = transfer.from_organization, transfer.to_organization
    return TransferOut(
        id=transfer.public_id,
        project=transfer.project.name,
        from_organization=giver.name if giver else None,
        to_organization=receiver.name if receiver else None,
        proposed_by=shown_person(transfer.proposed_by, to),
        proposed_at=transfer.proposed_at,
        expires_at=transfer.expires_at,
    )
