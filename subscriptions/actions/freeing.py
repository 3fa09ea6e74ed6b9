"""Names of companies that never lived: their owners are warned, then the names are free."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM
from orgs.events import NEVER_LIVED, NameLossWarned
from orgs.models import Organization
from orgs.name_availability import lock_skeleton
from orgs.names import skeleton
from subscriptions.actions.closing import tear_down
from subscriptions.unpaid import never_lived

KEPT_FOR = timedelta(days=60)
"""How long a company may stay unpaid and empty."""
WARNED_FOR = timedelta(days=14)
"""How long before the end its owner is warned; nobody has less, whenever the warning went out."""
log = structlog.get_logger()


def free_names_of_the_unpaid(limit: int = 500) -> int:
    """Warn and close what never lived; returns how many companies were closed.

    Whatever came to life meanwhile is forgotten, and is warned anew should it fall silent again.
    """
    now = clock.now()
    idle = never_lived().order_by("pk")
    _forget_warnings()
    unwarned = idle.filter(name_warned_at=None, created_at__lte=now - (KEPT_FOR - WARNED_FOR))
    for pk in list(unwarned.values_list("pk", flat=True)[:limit]):
        _one_at_a_time(pk, _warn)
    due = idle.filter(name_warned_at__lte=now - WARNED_FOR, created_at__lte=now - KEPT_FOR)
    return sum(_one_at_a_time(pk, _free) for pk in list(due.values_list("pk", flat=True)[:limit]))


def _one_at_a_time(pk: int, act: Callable[[int], bool]) -> bool:
    try:
        return act(pk)
    except Exception as error:  # it stays due; the others must not wait for it
        log.error("name not freed", organization_id=pk, exc_info=error)
        return False


@transaction.atomic
def _warn(pk: int) -> bool:
    organization = Organization.objects.lock(pk)
    if organization.name_warned_at is not None or not _never_lived(pk):
        return False
    now = clock.now()
    organization.name_warned_at = now
    organization.save(update_fields=["name_warned_at"])
    frees_at = max(organization.created_at + KEPT_FOR, now + WARNED_FOR)
    record(
        NameLossWarned(organization=organization.name, frees_at=frees_at.isoformat()),
        actor=SYSTEM,
        organization=organization,
    )
    return True


@transaction.atomic
def _free(pk: int) -> bool:
    """Close a company and let go of every name it had. Locks the names, then the organization."""
    seen = [each.name for each in Organization.objects.get(pk=pk).names.held()]
    for name in sorted(seen, key=skeleton):
        lock_skeleton(name)
    organization = Organization.objects.lock(pk)
    held = list(organization.names.held())
    if not _never_lived(pk) or {each.name for each in held} != set(seen):
        return False
    warned = organization.name_warned_at
    if warned is None or clock.now() < warned + WARNED_FOR:
        return False
    tear_down(organization, why=NEVER_LIVED)
    for each in held:
        each.release(f"The company was {NEVER_LIVED} for {KEPT_FOR.days} days.")
    return True


def _forget_warnings() -> None:
    warned = Organization.objects.exclude(name_warned_at=None)
    warned.exclude(pk__in=never_lived().values("pk")).filter(closed_at=None).update(
        name_warned_at=None
    )


def _never_lived(pk: int) -> bool:
    return never_lived().filter(pk=pk).exists()
