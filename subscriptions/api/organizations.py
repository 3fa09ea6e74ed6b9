"""One's organizations: the list, and founding a company."""

from django.http import HttpResponse
from ninja import Field, Router, Status
from pydantic import ConfigDict

from accounts.api.edge import (
    ApiRequest,
    Cursor,
    Input,
    Line,
    Listed,
    Name,
    Size,
    Text,
    WebAddress,
    listed,
    person_behind,
    refused,
    require_scope,
)
from kernel.actor import ActorKind
from kernel.pagination import page_of
from orgs.api.organizations import OrganizationOut, shown_organization
from orgs.models import Membership, Organization
from subscriptions.actions.founding import found_company

router = Router(tags=["organizations"])


class CompanyIn(Input):
    """A company to found."""

    name: Name
    display_name: Line = Field(min_length=1)
    url: WebAddress = ""
    description: Text = ""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "guild", "display_name": "The Guild"}]},
    )


@router.get(
    "/organizations",
    response={200: Listed[OrganizationOut], **refused(403)},
    operation_id="list_organizations",
    summary="List your organizations",
)
def list_organizations(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = "", limit: Size = 50
) -> object:
    """In the order you joined them; a token of an organization lists that one."""
    if request.auth.kind is ActorKind.SERVICE_TOKEN:
        require_scope(request.auth, "organizations:read")
        own = Organization.objects.live().filter(pk__in=[request.auth.organization_id])
        found = page_of(own.select_related("entitlements"), order=["id"], cursor=cursor, size=limit)
        return listed(request, response, found, lambda row: shown_organization(None, row))
    user = person_behind(request.auth, "organizations:read")
    rows = Membership.objects.filter(user=user, organization__in=Organization.objects.live())
    page = page_of(
        rows.select_related("organization__entitlements"), order=["id"], cursor=cursor, size=limit
    )
    return listed(
        request, response, page, lambda place: shown_organization(place, place.organization)
    )


@router.post(
    "/organizations",
    response={201: OrganizationOut, **refused(403, 409)},
    operation_id="found_company",
    summary="Found a company",
)
def found(request: ApiRequest, payload: CompanyIn) -> Status[OrganizationOut]:
    """You become its owner; it stands restricted until it subscribes."""
    owner = person_behind(request.auth, "organizations:write")
    organization = found_company(owner=owner, actor=request.auth, **payload.model_dump())
    place = organization.memberships.select_related("organization__entitlements").get(user=owner)
    return Status(201, shown_organization(place, place.organization))
