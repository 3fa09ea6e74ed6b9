"""Whether a name can be had: one answer for forms, API, approval and renaming."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from kernel import clock
from orgs.models import NameClaim, Organization, OrganizationName
from orgs.models.organization import State
from orgs.names import NAME_RULE, RESERVED, is_well_formed, normalized, skeleton
from orgs.prohibited import why_prohibited
from orgs.refusals import NameMalformed, NameRefused

LOCK_SPACE = 7_301
"""First key of the advisory locks on skeletons; no other lock uses it."""
OWN = "organization:"
RESERVED_LOOKS = {skeleton(name): name for name in sorted(RESERVED)}


@dataclass(frozen=True, slots=True)
class Availability:
    """``reason`` is ``ok``, ``malformed``, ``reserved``, ``prohibited``, ``taken``, ``burned``,
    ``confusable`` or ``competing``.
    """

    reason: str
    sentence: str

    @property
    def free(self) -> bool:
        """Whether the name can be had."""
        return self.reason == "ok"


def claimant_of(organization: Organization) -> str:
    """Return for whom a name is asked when an organization is to be renamed."""
    return f"{OWN}{organization.pk}"


def name_availability(name: str, *, for_whom: str = "") -> Availability:
    """Answer for ``name``; ``for_whom`` names a claimant whose own claims do not stand in its
    way, and for an organization neither do the names that it has or had.

    Look-alikes count against names that lead somewhere: those of organizations that live.
    """
    if not is_well_formed(name):
        return Availability("malformed", NAME_RULE)
    seen_as = skeleton(name)
    if answer := _never(name, seen_as):
        return answer
    held = OrganizationName.objects.held().select_related("organization")
    if own := for_whom.removeprefix(OWN) if for_whom.startswith(OWN) else "":
        held = held.exclude(organization_id=int(own))
    same = held.filter(normalized_name=normalized(name)).first()
    if same is not None and same.organization.state == State.CLOSED:
        return Availability("burned", f"“{same.name}” belonged to an organization that is gone.")
    if same is not None:
        return Availability("taken", f"“{same.name}” is taken.")
    alike = held.filter(skeleton=seen_as).exclude(organization__state=State.CLOSED).first()
    if alike is not None:
        return Availability("confusable", f"“{name}” looks like “{alike.name}”, which exists.")
    claims = NameClaim.objects.filter(skeleton=seen_as).filter(
        Q(until__isnull=True) | Q(until__gt=clock.now())
    )
    if claims.exclude(claimant=for_whom).exists():
        return Availability("competing", f"“{name}” is asked for in an application under review.")
    return Availability("ok", f"“{name}” can be had.")


def take_name(name: str, *, for_whom: str = "", contested: bool = False) -> None:
    """Hold the name's skeleton until the transaction ends, then refuse unless it can be had.

    Whoever founds, approves or renames comes through here first: the lock makes two of them stand
    in
    line. ``contested`` lets an approval win over the competing claims it is about to decline.
    Refuses with NameMalformed or NameRefused.
    """
    lock_skeleton(name)
    answer = name_availability(name, for_whom=for_whom)
    if answer.free or (contested and answer.reason == "competing"):
        return
    if answer.reason == "malformed":
        raise NameMalformed(answer.sentence, field="name")
    raise NameRefused(answer.sentence, reason=f"name_{answer.reason}", field="name")


def lock_skeleton(name: str) -> None:
    """Take the advisory lock on what the eye reads in ``name``; first in the order of locks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, skeleton(name)]
        )


def _never(name: str, seen_as: str) -> Availability | None:
    """Say why nobody can have ``name``, whoever else has it or not."""
    if kept := RESERVED_LOOKS.get(seen_as):
        if normalized(name) in RESERVED:
            return Availability("reserved", f"“{name}” is kept for the service itself.")
        return Availability(
            "reserved", f"“{name}” looks like “{kept}”, which is kept for the service itself."
        )
    if because := why_prohibited(name):
        return Availability("prohibited", f"“{name}” cannot be borne here. {because}")
    return None
