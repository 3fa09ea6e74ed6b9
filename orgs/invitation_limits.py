"""How many invitations a day sends: of one person, and of one organization.

Offers of levels to people from outside count too; those of a person's own project count for the
person alone.

They are counted in PostgreSQL, by the world's clock, over the last 24 hours; sending again counts.
The caller holds the lock of the organization, or of a person's own project, and ``lock_sender``
makes one person's sending from several places stand in line behind it: so nobody passes a limit by
coming twice at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from kernel import clock
from kernel.actor import Actor
from orgs.entitlements import UNLIMITED, Entitlements, Limit
from orgs.models import InvitationMail, Organization
from orgs.refusals import TooManyInvitations

OF_A_PERSON = 20
OF_AN_ORGANIZATION = 200
WITHOUT_SEAT_LIMIT = 1_000
"""What a company sends whose plan knows no number of seats."""
DAY = timedelta(hours=24)
LOCK_SPACE = 7_302
"""First key of the advisory locks on senders; no other lock uses it."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many invitations can go now; when none can, ``again_at`` and ``sentence`` say more."""

    left: int
    again_at: datetime
    sentence: str


def lock_sender(actor: Actor) -> None:
    """Hold one person's sending until the transaction ends; behind the organization's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, str(actor.person_id)]
        )


def room_today(organization: Organization | None, actor: Actor) -> Room:
    """Return how many invitations ``actor`` can send from ``organization`` now."""
    since = clock.wall() - DAY
    raised = _paid_for(organization) if organization is not None else 0
    lately = InvitationMail.objects.filter(at__gt=since)
    rooms = [
        _room(
            lately.filter(sent_by_id=actor.person_id),
            max(OF_A_PERSON, raised),
            "You have sent {most} invitations within a day, and one person may send no more.",
        )
    ]
    if organization is not None:
        rooms.append(
            _room(
                lately.filter(organization=organization),
                max(OF_AN_ORGANIZATION, raised),
                f"{organization} has sent {{most}} invitations within a day, and may send no more.",
            )
        )
    return min(rooms, key=lambda room: (room.left, -room.again_at.timestamp()))


def note_sent(organization: Organization | None, actor: Actor, *, number: int = 1) -> None:
    """Count ``number`` links as sent now, and forget what no limit counts any more."""
    past = InvitationMail.objects.filter(at__lte=clock.wall() - DAY)
    if organization is not None:
        past.filter(organization=organization).delete()
    else:
        past.filter(organization=None, sent_by_id=actor.person_id).delete()
    InvitationMail.objects.bulk_create(
        InvitationMail(organization=organization, sent_by_id=actor.person_id) for _ in range(number)
    )


def spend_one(organization: Organization | None, actor: Actor, *, field: str = "") -> None:
    """Count one link as sent now; ``None`` is a person's own project. The caller holds its lock.

    Refuses with TooManyInvitations.
    """
    lock_sender(actor)
    room = room_today(organization, actor)
    if room.left < 1:
        raise TooManyInvitations(room.sentence, again_at=room.again_at, field=field)
    note_sent(organization, actor)


def _paid_for(organization: Organization) -> int:
    """Return how many seats a paying company has that no member holds; to fill them takes a day.

    Offers that are open are not taken off: they are what the day's sending made of these seats.
    """
    row = Entitlements.objects.filter(organization=organization).first()
    if row is None or not organization.is_company or not row.holding().grows():
        return 0
    seats = row.holding().limits.get(Limit.SEATS, 0)
    return WITHOUT_SEAT_LIMIT if seats == UNLIMITED else max(0, seats - organization.seats_taken)


def _room(sent: QuerySet[InvitationMail], most: int, words: str) -> Room:
    times = list(sent.order_by("at").values_list("at", flat=True))
    over = len(times) - most
    again_at = times[over] + DAY if over >= 0 else clock.wall()
    sentence = (
        f"{words.format(most=most)} The next can go at {again_at:%H:%M} UTC on {again_at:%-d %B}."
    )
    return Room(max(0, -over), again_at, sentence)
