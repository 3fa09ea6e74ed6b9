"""The one module that counts private projects against their limit.

Every call runs in the transaction that changes the project, with the organization locked.
"""

from django.db.models import F

from kernel.refusals import Remedy
from orgs.entitlements import UNLIMITED, Feature, Limit
from orgs.models import Entitlements, Organization
from orgs.refusals import StandingWithholds


def claim_private_project(organization: Organization) -> None:
    """Take a place among the private projects. What is not known leaves nothing.

    Refuses with StandingWithholds.
    """
    row = Entitlements.objects.filter(organization=organization).first()
    phase = row.holding() if row is not None else None
    remedy = Remedy(
        "Look at the plans", "owner or billing manager", f"/orgs/{organization.name}/billing/"
    )
    if phase is None or not phase.grows() or Feature.PRIVATE_PROJECTS not in phase.features:
        raise StandingWithholds(
            f"What {organization} has now does not include private projects.",
            reason="feature_missing",
            remedy=remedy,
        )
    allowed = phase.limits.get(Limit.PRIVATE_PROJECTS, 0)
    if allowed != UNLIMITED and organization.private_projects >= allowed:
        raise StandingWithholds(
            f"{organization} has used all {allowed} of its private projects.",
            reason="limit_reached",
            remedy=remedy,
        )
    _count(organization, 1)


def release_private_project(organization: Organization) -> None:
    """Give a place back."""
    _count(organization, -1)


def recount_private_projects(organization: Organization) -> bool:
    """Set the counter to what is true, under the lock the caller holds; returns whether it was
    off.
    """
    found = organization.projects.private().count()
    if found == organization.private_projects:
        return False
    organization.private_projects = found
    organization.save(update_fields=["private_projects"])
    return True


def _count(organization: Organization, by: int) -> None:
    Organization.objects.filter(pk=organization.pk).update(
        private_projects=F("private_projects") + by
    )
    organization.private_projects += by
