"""What becomes of a name: an organization takes another, staff release one that is burned."""

from datetime import datetime, timedelta

from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import Actor
from orgs.events import NameReleased, OrganizationRenamed
from orgs.models import Organization, OrganizationName
from orgs.models.organization import State
from orgs.name_availability import claimant_of, lock_skeleton, take_name
from orgs.names import normalized, skeleton
from orgs.policy import require, require_staff
from orgs.refusals import (
    ConfirmationWrong,
    NameInUse,
    NameNotHeld,
    ReasonMissing,
    RenamedLately,
)

KEPT_FOR = timedelta(days=30)
"""How long a name is kept before it may be changed again."""
LONGEST_REASON = 300


@transaction.atomic
def rename_organization(
    *, organization: Organization, name: str, confirmation: str, actor: Actor
) -> Organization:
    """Give the organization another name, once its present one was typed; the old one leads to it.

    Twice is once. Another spelling of the same name waits for nothing and makes nobody wait, since
    addresses do not tell the two apart. An earlier name of its own may be had back. Locks the name,
    then the organization, and asks policy again. Refuses with NameMalformed, NameRefused,
    ConfirmationWrong or RenamedLately.
    """
    require(actor, "organization:rename", organization)
    take_name(name, for_whom=claimant_of(organization))
    organization = Organization.objects.lock(organization.pk)
    require(actor, "organization:rename", organization)
    before = organization.name
    if before == name:
        return organization
    if confirmation != before:
        raise ConfirmationWrong(field="confirmation")
    is_another = normalized(name) != organization.normalized_name
    if is_another:
        _require_kept_long_enough(organization)
        organization.renamed_at = clock.now()
    organization.name, organization.normalized_name = name, normalized(name)
    organization.skeleton = skeleton(name)
    organization.save(update_fields=["name", "normalized_name", "skeleton", "renamed_at"])
    organization.names.get_or_create(
        normalized_name=normalized(name),
        released_at=None,
        defaults={"name": name, "skeleton": skeleton(name)},
    )
    record(OrganizationRenamed(before=before, after=name), actor=actor, organization=organization)
    return organization


def may_be_renamed_from(organization: Organization) -> datetime | None:
    """Return when the name may be changed again; ``None`` is now."""
    if organization.renamed_at is None:
        return None
    free_again = organization.renamed_at + KEPT_FOR
    return free_again if clock.now() < free_again else None


@transaction.atomic
def release_name(*, name: str, because: str, actor: Actor) -> OrganizationName:
    """Let everybody found a name that was burned, or that only led to an organization.

    An act of staff, with a reason for the log. From then on the name leads nowhere. Locks the name.
    Refuses with ReasonMissing, NameNotHeld or NameInUse.
    """
    require_staff(actor, "names:release")
    because = required_reason(because)
    lock_skeleton(name)
    held = (
        OrganizationName.objects.held()
        .filter(normalized_name=normalized(name))
        .select_related("organization")
        .first()
    )
    if held is None:
        raise NameNotHeld
    organization = held.organization
    if organization.state != State.CLOSED and organization.normalized_name == held.normalized_name:
        raise NameInUse
    held.release(because)
    record(
        NameReleased(released=held.name, because=because),
        actor=actor.as_staff(),
        organization=organization,
        about=[f"name:{held.normalized_name}"],
    )
    return held


def required_reason(because: str) -> str:
    """Return the reason for a release as it is kept. Refuses with ReasonMissing."""
    because = because.strip()
    if not because or len(because) > LONGEST_REASON:
        raise ReasonMissing(field="because")
    return because


def _require_kept_long_enough(organization: Organization) -> None:
    until = may_be_renamed_from(organization)
    if until is not None:
        raise RenamedLately(
            f"{organization.name} has had its name for less than {KEPT_FOR.days} days."
            f" It can be renamed again from {until:%-d %B %Y}."
        )
