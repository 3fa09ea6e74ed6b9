"""What an organization shows to everybody."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Router, Schema

from accounts.api.edge import ApiRequest, PathName, refused
from kernel.refusals import NotFound
from orgs.api.subjects import organization_named, organization_seen_by, require_present_name
from orgs.policy import require
from orgs.profiles import Profile, profile_of

router = Router(tags=["organizations"])


class ShownPersonOut(Schema):
    """A member who chose to be seen; the address is never told."""

    id: UUID
    name: str


class ProfileOut(Schema):
    """An organization as everybody may see it."""

    name: str
    display_name: str
    kind: Literal["company", "community"]
    url: str
    description: str
    since: datetime
    projects: list[str]
    people: list[ShownPersonOut]
    is_public: bool


@router.get(
    "/organizations/{name}/profile",
    response={200: ProfileOut, **refused(403, 404)},
    operation_id="get_profile",
    summary="Read the public profile of an organization",
)
def get_profile(request: ApiRequest, name: PathName) -> ProfileOut:
    """A public one for every token. Members read theirs before it is public, too."""
    organization = organization_named(name)
    shown = profile_of(organization)
    if shown is None or not shown.is_public:
        organization = organization_seen_by(request.auth, name)
        require(request.auth, "organization:read", organization)
    require_present_name(organization, name)
    if shown is None:
        raise NotFound
    return _shown(shown)


def _shown(profile: Profile) -> ProfileOut:
    organization = profile.organization
    return ProfileOut(
        name=organization.name,
        display_name=organization.display_name,
        kind="company" if organization.is_company else "community",
        url=organization.url,
        description=organization.description,
        since=organization.created_at,
        projects=list(profile.projects),
        people=[ShownPersonOut(id=each.public_id, name=each.name) for each in profile.people],
        is_public=profile.is_public,
    )
