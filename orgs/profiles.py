"""What an organization shows to everybody, once its owners decided so."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Lower

from accounts.models import User
from orgs.models import Organization

MOST_SHOWN = 500
"""As many people, and as many projects, as a profile shows."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An organization as strangers see it. ``is_public`` says whether they do."""

    organization: Organization
    projects: Sequence[str]
    people: Sequence[User]

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it, and not only members who look how it would be."""
        return self.organization.profile_is_public


def profile_of(organization: Organization) -> Profile | None:
    """Return the profile; an organization that is being closed, or is gone, has none."""
    if not organization.is_open:
        return None
    return Profile(organization, public_projects_of(organization), _people(organization))


def public_profile_at(name: str) -> Profile | None:
    """Return the profile that everybody may see at a name in any spelling, present or earlier."""
    organization = Organization.objects.named(name).filter(profile_is_public=True).first()
    return profile_of(organization) if organization is not None else None


def public_projects_of(organization: Organization) -> Sequence[str]:
    """Return the names of projects that everybody may see; archived ones are not shown off."""
    shown = organization.projects.public().present().order_by("normalized_name")
    return list(shown.values_list("name", flat=True)[:MOST_SHOWN])


def _people(organization: Organization) -> Sequence[User]:
    """Return who chose to be seen and has a name to be seen by; an address is never shown."""
    return list(
        User.objects.filter(
            memberships__organization=organization, memberships__is_public=True, is_active=True
        )
        .exclude(name="")
        .order_by(Lower("name"), "pk")[:MOST_SHOWN]
    )
