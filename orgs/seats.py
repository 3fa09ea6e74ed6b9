"""The one module that takes and gives back seats. It counts against the number, and knows no money.

Every call runs in the transaction that changes the member, with the organization locked: two who
come at once stand in line at that row, so a seat is never given twice.
"""

from django.db.models import F

from kernel.refusals import Remedy
from orgs.entitlements import UNLIMITED, Limit
from orgs.models import Entitlements, Organization
from orgs.refusals import NoSeatLeft
from orgs.roles import SEAT_ROLES, takes_seat

ASK_AN_OWNER = Remedy("Ask one of its owners to free or add a seat", "owner")


def claim_seat(organization: Organization, *, role: str) -> None:
    """Take a seat for somebody entering ``role``; the caller holds the organization's lock.

    Roles without a seat take none. A limit that is not known leaves nothing, and where growth is
    closed no seat is open. Refuses with NoSeatLeft, which tells an invited stranger no more.
    """
    if not takes_seat(role):
        return
    row = Entitlements.objects.filter(organization=organization).first()
    if row is None or not row.holding().grows():
        raise NoSeatLeft(f"{organization} has no open seat at the moment.", remedy=ASK_AN_OWNER)
    limit = _allowed(row)
    if limit is not None and organization.seats_taken >= limit:
        raise NoSeatLeft(f"All {limit} seats of {organization} are taken.", remedy=ASK_AN_OWNER)
    _count(organization, 1)


def take_first_seat(organization: Organization) -> None:
    """Seat the founder, before any number can be known."""
    if organization.memberships.exists():
        raise ValueError(f"{organization} has members already")
    _count(organization, 1)


def take_over_seat(organization: Organization, *, role: str) -> None:
    """Take for ``role`` the seat that its holder gives back in the same transaction.

    As many are taken as before: that is no growth, and works in every standing. The caller holds
    the organization's lock, and has released the other.
    """
    if takes_seat(role):
        _count(organization, 1)


def release_seat(organization: Organization, *, role: str) -> None:
    """Give back the seat of somebody leaving ``role``; the caller holds the organization's lock."""
    if takes_seat(role):
        _count(organization, -1)


def seat_limit(organization: Organization) -> int | None:
    """Return how many seats there are; ``None`` is no limit."""
    row = Entitlements.objects.filter(organization=organization).first()
    return _allowed(row) if row is not None else 0


def seats_offered(organization: Organization) -> int:
    """Return how many seats open invitations would take."""
    return organization.invitations.open().filter(role__in=SEAT_ROLES).count()


def recount(organization: Organization) -> bool:
    """Set the counter to what is true, under the lock the caller holds; returns whether it was
    off.
    """
    holders = organization.memberships.in_seats().count()
    if holders == organization.seats_taken:
        return False
    organization.seats_taken = holders
    organization.save(update_fields=["seats_taken"])
    return True


def _allowed(row: Entitlements) -> int | None:
    allowed = row.holding().limits.get(Limit.SEATS, 0)
    return None if allowed == UNLIMITED else allowed


def _count(organization: Organization, by: int) -> None:
    Organization.objects.filter(pk=organization.pk).update(seats_taken=F("seats_taken") + by)
    organization.seats_taken += by
