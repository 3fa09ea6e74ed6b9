"""Whether an organization demands a second factor, and who has none."""

from django.http import HttpResponse
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from accounts.api.edge import ApiRequest, Cursor, Input, Listed, PathName, Size, listed, refused
from accounts.api.people import PersonOut, shown_person
from kernel.pagination import page_of
from orgs.actions.second_factor import PERMISSION, demand_second_factor
from orgs.api.subjects import organization_seen_by
from orgs.models import Membership, Organization
from orgs.policy import require
from orgs.queries import without_second_factor
from orgs.roles import Role

router = Router(tags=["organizations"])


class SecondFactorOut(Schema):
    """What is demanded of the members."""

    required: bool
    without: int = Field(description="How many members have none.")


class SecondFactorIn(Input):
    """What is to be demanded."""

    required: bool

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"required": True}]})


class WithoutOut(Schema):
    """A member who has no second factor."""

    user: PersonOut
    role: Role


@router.get(
    "/organizations/{name}/second-factor",
    response={200: SecondFactorOut, **refused(403, 404)},
    operation_id="get_second_factor",
    summary="Read whether a second factor is demanded",
)
def get_second_factor(request: ApiRequest, name: PathName) -> SecondFactorOut:
    """Owners only."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, PERMISSION, organization)
    return _shown(organization)


@router.put(
    "/organizations/{name}/second-factor",
    response={200: SecondFactorOut, **refused(403, 404)},
    operation_id="demand_second_factor",
    summary="Demand a second factor of every member, or no more",
)
def put_second_factor(
    request: ApiRequest, name: PathName, payload: SecondFactorIn
) -> SecondFactorOut:
    """Who has none may do nothing there but leave, until there is one. You need one yourself.

    A demand is switched off on the pages, after a fresh sign-in, and never by token.
    """
    organization = organization_seen_by(request.auth, name)
    changed = demand_second_factor(
        organization=organization, demand=payload.required, actor=request.auth
    )
    return _shown(changed)


@router.get(
    "/organizations/{name}/second-factor/without",
    response={200: Listed[WithoutOut], **refused(403, 404)},
    operation_id="list_members_without_second_factor",
    summary="List who would be locked out",
)
def list_without(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """Members who have no second factor, the longest there first. Owners only."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, PERMISSION, organization)
    page = page_of(without_second_factor(organization), order=["id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _member(row, request))


def _member(row: Membership, request: ApiRequest) -> WithoutOut:
    return WithoutOut(user=shown_person(row.user, request.auth), role=Role(row.role))


def _shown(organization: Organization) -> SecondFactorOut:
    return SecondFactorOut(
        required=organization.requires_second_factor,
        without=without_second_factor(organization).count(),
    )
