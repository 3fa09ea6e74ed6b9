"""The one module that takes and gives back seats. It counts against the number, and knows no money.

Every call runs in the transaction that changes the member, with the organization locked: two who
come at once stand in line at that row, so a seat is never given twice. Whoever takes one, or gives
one back, gets a line in the ledger; what is only counted here, ``recount`` writes down.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models import User
from kernel import clock
from kernel.refusals import Remedy
from orgs.entitlements import UNLIMITED, Limit
from orgs.models import (
    CollaboratorInvitation,
    Entitlements,
    Organization,
    ProjectRole,
    SeatEntry,
)
from orgs.refusals import NoSeatLeft
from orgs.roles import SEAT_ROLES, Role, takes_seat

ASK_AN_OWNER = Remedy("Ask one of its owners to free or add a seat", "owner")


def claim_seat(organization: Organization, *, role: str, user_id: int) -> None:
    """Take a seat for a person entering ``role``; the caller holds the organization's lock.

    Roles without a seat take none. A limit that is not known leaves nothing, and where growth is
    closed no seat is open. Refuses with NoSeatLeft, which tells an invited stranger no more.
    """
    if not takes_seat(role):
        return
    limit = _allowed(_growing(organization))
    if limit is not None and organization.seats_taken >= limit:
        raise NoSeatLeft(f"All {limit} seats of {organization} are taken.", remedy=ASK_AN_OWNER)
    _take(organization, user_id)


def claim_seat_for_joiner(organization: Organization, *, role: str, user_id: int) -> None:
    """Take a seat for somebody who becomes a member; an outsider brings the one they have along.

    Where growth is closed they do not become one all the same. The caller holds the organization's
    lock. Refuses with NoSeatLeft.
    """
    if user_id not in outsiders(organization):
        claim_seat(organization, role=role, user_id=user_id)
    elif takes_seat(role):
        _growing(organization)


def take_first_seat(organization: Organization, *, user_id: int) -> None:
    """Seat the founder, before any number can be known."""
    if organization.memberships.exists():
        raise ValueError(f"{organization} has members already")
    _take(organization, user_id)


def claim_seat_for_outsider(organization: Organization, *, user_id: int) -> None:
    """Take a seat for somebody from outside who gets a level on a private project.

    Members who take a seat, and outsiders who have one already, take no second. The caller holds
    the organization's lock. Refuses with NoSeatLeft.
    """
    if user_id not in outsiders(organization) and not _is_seated(organization, user_id):
        claim_seat(organization, role=Role.MEMBER, user_id=user_id)


def claim_seats_for_outsiders(organization: Organization, users: Iterable[int]) -> None:
    """Take a seat for each of several: a project with outsiders moves in, or becomes private."""
    for user_id in sorted(set(users) - outsiders(organization)):
        if not _is_seated(organization, user_id):
            claim_seat(organization, role=Role.MEMBER, user_id=user_id)


def take_over_seat(organization: Organization, *, role: str) -> None:
    """Take for ``role`` the seat that its holder gives back in the same transaction.

    As many are taken as before: that is no growth, and works in every standing. The caller holds
    the organization's lock, has released the other, and recounts at the end.
    """
    if takes_seat(role):
        _count(organization, 1)


def release_seat(organization: Organization, *, role: str) -> None:
    """Give back the seat of somebody leaving ``role``.

    The caller holds the organization's lock, and recounts once the right is gone: then it is known
    who has it no more.
    """
    if takes_seat(role):
        _count(organization, -1)


def seat_limit(organization: Organization) -> int | None:
    """Return how many seats there are; ``None`` is no limit."""
    row = Entitlements.objects.filter(organization=organization).first()
    return _allowed(row) if row is not None else 0


def seats_offered(organization: Organization) -> int:
    """Return how many seats open offers would take, to members and to people from outside.

    ``facts.OFFERED`` counts the same.
    """
    to_outsiders = CollaboratorInvitation.objects.open().filter(
        project__organization=organization, project__is_private=True
    )
    to_members = organization.invitations.open().filter(role__in=SEAT_ROLES)
    return to_members.count() + to_outsiders.count()


def outsiders(organization: Organization) -> frozenset[int]:
    """Return who takes a seat without being a member in a role that does: people with a level on
    a private project.
    """
    return frozenset(
        ProjectRole.objects.filter(project__organization=organization, project__is_private=True)
        .exclude(user__in=organization.memberships.in_seats().values("user"))
        .values_list("user_id", flat=True)
        .distinct()
    )


def seated_addresses(organization: Organization, addresses: Iterable[str]) -> frozenset[str]:
    """Return those of some addresses, in lower case, whose account has a seat already."""
    return frozenset(
        User.objects.alias(address=Lower("email"))
        .filter(address__in=[address.lower() for address in addresses])
        .filter(
            Q(pk__in=organization.memberships.in_seats().values("user"))
            | Q(pk__in=outsiders(organization))
        )
        .values_list(Lower("email"), flat=True)
    )


def require_room_for_offer(organization: Organization, *, to: str, instead_of: int = 0) -> None:
    """Refuse to offer a seat that would not be there: holders and offers never pass the limit.

    Whoever is seated under the address ``to`` needs none. ``instead_of`` so many open offers this
    one is made. The caller holds the organization's lock. Refuses with NoSeatLeft.
    """
    if seated_addresses(organization, [to]):
        return
    limit = seat_limit(organization)
    taken = organization.seats_taken + seats_offered(organization) - instead_of
    if limit is not None and taken >= limit:
        raise NoSeatLeft(f"All {limit} seats of {organization} are taken or offered.")


def recount(organization: Organization) -> bool:
    """Set the counter and the ledger to what is true, under the lock the caller holds; returns
    whether the counter was off.

    Whatever ends rights in bulk gives seats back through here.
    """
    _write_down(organization)
    holders = organization.memberships.in_seats().count() + len(outsiders(organization))
    if holders == organization.seats_taken:
        return False
    organization.seats_taken = holders
    organization.save(update_fields=["seats_taken"])
    return True


def _write_down(organization: Organization) -> None:
    """Append a line to the ledger for everybody of whom it does not tell the truth."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH holders AS (
                 SELECT user_id FROM orgs_membership
                  WHERE organization_id = %(organization)s AND role = ANY(%(roles)s)
                  UNION
                 SELECT role.user_id FROM orgs_projectrole role
                   JOIN orgs_project project ON project.id = role.project_id
                  WHERE project.organization_id = %(organization)s AND project.is_private),
                 told AS (
                 SELECT DISTINCT ON (user_id) user_id, number, is_taken FROM orgs_seatentry
                  WHERE organization_id = %(organization)s ORDER BY user_id, number DESC)
            INSERT INTO orgs_seatentry (organization_id, user_id, number, is_taken, at)
            SELECT %(organization)s, user_id, coalesce(told.number, 0) + 1,
                   holders.user_id IS NOT NULL, %(now)s
              FROM holders FULL JOIN told USING (user_id)
             WHERE (holders.user_id IS NOT NULL) <> coalesce(told.is_taken, false)
             ORDER BY user_id
            """,
            {
                "organization": organization.pk,
                "roles": [str(role) for role in SEAT_ROLES],
                "now": clock.now(),
            },
        )


def _growing(organization: Organization) -> Entitlements:
    """Return what holds for an organization that grows; elsewhere no seat is open."""
    row = Entitlements.objects.filter(organization=organization).first()
    if row is None or not row.holding().grows():
        raise NoSeatLeft(f"{organization} has no open seat at the moment.", remedy=ASK_AN_OWNER)
    return row


def _is_seated(organization: Organization, user_id: int) -> bool:
    return organization.memberships.in_seats().filter(user_id=user_id).exists()


def _allowed(row: Entitlements) -> int | None:
    allowed = row.holding().limits.get(Limit.SEATS, 0)
    return None if allowed == UNLIMITED else allowed


def _take(organization: Organization, user_id: int) -> None:
    _count(organization, 1)
    told = SeatEntry.objects.filter(organization=organization, user_id=user_id)
    last = told.order_by("-number").first()
    if last is None or not last.is_taken:
        number = last.number + 1 if last is not None else 1
        SeatEntry.objects.create(
            organization=organization, user_id=user_id, number=number, is_taken=True
        )


def _count(organization: Organization, by: int) -> None:
    Organization.objects.filter(pk=organization.pk).update(seats_taken=F("seats_taken") + by)
    organization.seats_taken += by
