"""An organization and what it says of itself."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from ninja import Field, Router, Schema
from pydantic import ConfigDict, StrictBool

from accounts.api.edge import ApiRequest, Input, Line, Name, PathName, Text, WebAddress, refused
from orgs.actions.names import rename_organization
from orgs.actions.organizations import change_profile, set_profile_visibility
from orgs.api.subjects import is_token_of, organization_seen_by, place_of
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
    profile_is_public: bool = Field(description="Whether everybody may see its profile.")
    standing: Standing
    closes_at: datetime | None = Field(description="When it is gone, while it is being closed.")
    role: Role | None = Field(description="Yours; null for a token of the organization.")
    created_at: datetime


class ProfileIn(Input):
    """What is to change; what is left out stays."""

    display_name: Line | None = Field(None, min_length=1)
    url: WebAddress | None = None
    description: Text | None = None
    profile_is_public: StrictBool | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"description": "We make tools for bakers."}]},
    )


class RenameIn(Input):
    """The name that it is to have, and its present one typed to confirm."""

    name: Name
    confirmation: Name

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "bakers-guild", "confirmation": "guild"}]},
    )


@router.get(
    "/organizations/{name}",
    response={200: OrganizationOut, **refused(403, 404)},
    operation_id="get_organization",
    summary="Read an organization",
)
def get_organization(request: ApiRequest, name: PathName) -> OrganizationOut:
    """Any spelling of the name works; a name it had before leads to the present one."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "organization:read", organization)
    return _shown(request, organization)


@router.patch(
    "/organizations/{name}",
    response={200: OrganizationOut, **refused(403, 404, 409)},
    operation_id="change_organization",
    summary="Change what an organization says of itself",
)
def change_organization(request: ApiRequest, name: PathName, payload: ProfileIn) -> OrganizationOut:
    """Owners only."""
    organization = organization_seen_by(request.auth, name)
    words = payload.model_dump(exclude_none=True, exclude={"profile_is_public"})
    with transaction.atomic():
        changed = change_profile(organization=organization, actor=request.auth, **words)
        if payload.profile_is_public is not None:
            changed = set_profile_visibility(
                organization=changed, is_public=payload.profile_is_public, actor=request.auth
            )
    return _shown(request, changed)


@router.post(
    "/organizations/{name}/rename",
    response={200: OrganizationOut, **refused(403, 404, 409)},
    operation_id="rename_organization",
    summary="Give an organization another name",
)
def rename(request: ApiRequest, name: PathName, payload: RenameIn) -> OrganizationOut:
    """Owners only, once in thirty days. The old name leads to the new one, for ever.

    `confirmation` is the present name, exactly as it is spelled.
    """
    organization = organization_seen_by(request.auth, name)
    renamed = rename_organization(
        organization=organization,
        name=payload.name,
        confirmation=payload.confirmation,
        actor=request.auth,
    )
    return _shown(request, renamed)


def _shown(request: ApiRequest, organization: Organization) -> OrganizationOut:
    if is_token_of(request.auth, organization):
        return shown_organization(None, organization)
    return shown_organization(place_of(request.auth, organization), organization)


def shown_organization(place: Membership | None, organization: Organization) -> OrganizationOut:
    """Show an organization to somebody with a place in it, or to a token of its own."""
    return OrganizationOut(
        name=organization.name,
        display_name=organization.display_name,
        kind="company" if organization.is_company else "community",
        url=organization.url,
        description=organization.description,
        profile_is_public=organization.profile_is_public,
        closes_at=organization.closes_at,
        standing=organization.entitlements.holding().standing,
        role=Role(place.role) if place is not None else None,
        created_at=organization.created_at,
    )
