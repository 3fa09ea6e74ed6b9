"""An organization's beginning, what it says of itself, and to whom."""

from django.db import transaction

from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from orgs.events import (
    MemberJoined,
    OrganizationFounded,
    ProfileChanged,
    ProfileVisibilitySet,
)
from orgs.models import Organization
from orgs.name_availability import take_name
from orgs.names import normalized, skeleton
from orgs.policy import require
from orgs.refusals import NameMalformed
from orgs.roles import Role
from orgs.seats import take_first_seat

PROFILE = {
    "display_name": "the display name",
    "url": "the address",
    "description": "the description",
}


@transaction.atomic
def create_organization(
    *,
    name: str,
    display_name: str,
    kind: str,
    owner: User,
    actor: Actor,
    url: str = "",
    description: str = "",
    claimant: str = "",
    contested: bool = False,
) -> Organization:
    """Make an organization with its name and first owner; nothing is open yet, until it is settled.

    Called by the use cases that found (a company pays, an application is approved); they ask who
    may.
    Locks the name. Refuses with NameMalformed or NameRefused.
    """
    take_name(name, for_whom=claimant, contested=contested)
    if not display_name.strip():
        raise NameMalformed(
            "Give the organization a name for people to read.", field="display_name"
        )
    organization = Organization.objects.create(
        name=name,
        normalized_name=normalized(name),
        skeleton=skeleton(name),
        display_name=display_name.strip(),
        kind=kind,
        url=url,
        description=description,
    )
    organization.names.create(name=name, normalized_name=normalized(name), skeleton=skeleton(name))
    take_first_seat(organization, user_id=owner.pk)
    organization.memberships.create(user=owner, role=Role.OWNER)
    record(
        OrganizationFounded(organization=name, kind=kind), actor=actor, organization=organization
    )
    record(
        MemberJoined(user_id=owner.pk, member=str(owner), role=Role.OWNER),
        actor=actor,
        organization=organization,
        about=[f"user:{owner.pk}"],
    )
    return organization


@transaction.atomic
def change_profile(*, organization: Organization, actor: Actor, **profile: str) -> Organization:
    """Change the display name, ``url`` or ``description``; one event for each field that
    changed.
    """
    require(actor, "organization:update", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "organization:update", organization)
    for field, words in PROFILE.items():
        if field not in profile or (after := profile[field].strip()) == getattr(
            organization, field
        ):
            continue
        before = getattr(organization, field)
        setattr(organization, field, after)
        record(
            ProfileChanged(field=words, before=before, after=after),
            actor=actor,
            organization=organization,
        )
    if not organization.display_name:
        raise NameMalformed(
            "Give the organization a name for people to read.", field="display_name"
        )
    organization.save(update_fields=[*PROFILE])
    return organization


@transaction.atomic
def set_profile_visibility(
    *, organization: Organization, is_public: bool, actor: Actor
) -> Organization:
    """Show the profile to everybody, or to members only; twice is once. Locks the organization."""
    require(actor, "organization:update", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "organization:update", organization)
    if organization.profile_is_public == is_public:
        return organization
    organization.profile_is_public = is_public
    organization.save(update_fields=["profile_is_public"])
    record(
        ProfileVisibilitySet(
            organization=organization.name,
            visibility="public" if is_public else "visible to members only",
        ),
        actor=actor,
        organization=organization,
    )
    return organization
