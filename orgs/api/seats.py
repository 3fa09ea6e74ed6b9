"""Who takes a seat of an organization, and the ledger that tells it."""

from datetime import datetime

from django.http import HttpResponse
from ninja import Field, Router, Schema

from accounts.api.edge import ApiRequest, Cursor, Listed, PathName, Size, listed, refused
from accounts.api.people import PersonOut, shown_person
from kernel.actor import Actor
from orgs.api.subjects import organization_seen_by
from orgs.models import SeatEntry
from orgs.policy import require
from orgs.roles import Role
from orgs.seat_ledger import Holder, seat_history, seat_holders

router = Router(tags=["billing"])


class SeatOut(Schema):
    """Somebody in a seat: by their role, or by a level on private projects."""

    user: PersonOut
    since: datetime
    role: Role | None = Field(description="Null for people from outside.")
    projects: list[str] = Field(description="By which somebody from outside takes it.")


class SeatEntryOut(Schema):
    """One line of the ledger."""

    user: PersonOut
    taken: bool = Field(description="Or given back.")
    at: datetime


@router.get(
    "/organizations/{name}/seats",
    response={200: Listed[SeatOut], **refused(403, 404)},
    operation_id="list_seats",
    summary="List who takes a seat",
)
def list_seats(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """Who came first at the top. For owners and billing managers."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "billing:read", organization)
    page = seat_holders(organization, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _holder(row, request.auth))


@router.get(
    "/organizations/{name}/seats/history",
    response={200: Listed[SeatEntryOut], **refused(403, 404)},
    operation_id="list_seat_history",
    summary="List seats taken and given back",
)
def list_seat_history(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The latest first; no line is ever changed or taken away. For owners and billing managers."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "billing:read", organization)
    page = seat_history(organization, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _entry(row, request.auth))


def _holder(holder: Holder, actor: Actor) -> SeatOut:
    return SeatOut(
        user=shown_person(holder.user, to=actor),
        since=holder.since,
        role=holder.role,
        projects=list(holder.projects),
    )


def _entry(entry: SeatEntry, actor: Actor) -> SeatEntryOut:
    return SeatEntryOut(user=shown_person(entry.user, to=actor), taken=entry.is_taken, at=entry.at)
