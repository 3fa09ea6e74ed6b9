"""An organization and what it says of itself."""

from datetime import datetime
from typing import Literal

from ninja import Field, Router, Schema
from pydantic import ConfigDict

from accounts.api.edge import ApiRequest, Input, Line, PathName, Text, WebAddress, refused
from orgs.actions.organizations import change_profile
from orgs.api.subjects import organization_seen_by, place_of
from orgs.entitlements import Standing
from orgs.models import Membership, Organization
from orgs.policy import require
from orgs.roles import Role

router = Router(tags=["organizations"])


class OrganizationOut(Schema):
    """An organization as its members see it."""

    name: str
    display_name: str
    kind: Literal["company", "community"]
    url: str
    description: str
    standing: Standing
    role: Role = Field(description="Yours.")
    created_at: datetime


class ProfileIn(Input):
    """What is to change; what is left out stays."""

    display_name: Line | None = Field(None, min_length=1)
    url: WebAddress | None = None
    description: Text | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"description": "We make tools for bakers."}]},
    )


@router.get(
    "/organizations/{name}",
    response={200: OrganizationOut, **refused(403, 404)},
    operation_id="get_organization",
    summary="Read an organization",
)
def get_organization(request: ApiRequest, name: PathName) -> OrganizationOut:
    """Any spelling of the name works, and so does a name it had before."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "organization:read", organization)
    return shown_organization(place_of(request.auth, organization), organization)


@router.patch(
    "/organizations/{name}",
    response={200: OrganizationOut, **refused(403, 404)},
    operation_id="change_organization",
    summary="Change what an organization says of itself",
)
def change_organization(request: ApiRequest, name: PathName, payload: ProfileIn) -> OrganizationOut:
    """Owners only."""
    organization = organization_seen_by(request.auth, name)
    changed = change_profile(
        organization=organization, actor=request.auth, **payload.model_dump(exclude_none=True)
    )
    return shown_organization(place_of(request.auth, changed), changed)


def shown_organization(place: Membership, organization: Organization) -> OrganizationOut:
    """Show an organization to somebody with a place in it."""
    return OrganizationOut(
        name=organization.name,
        display_name=organization.display_name,
        kind="company" if organization.is_company else "community",
        url=organization.url,
        description=organization.description,
        standing=organization.entitlements.holding().standing,
        role=Role(place.role),
        created_at=organization.created_at,
    )
