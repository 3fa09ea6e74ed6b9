"""Erasing what the log says about a person: the words go, the facts and the chain stay."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from audit.events import PersonErased, people_named
from audit.models import AuditDetail, AuditEvent
from audit.record import record
from kernel.actor import Actor

BATCH = 500
OF_WHO_ACTED = frozenset({"actor", "address"})
OFFERS = ("invitation:", "collaboration:")
ACCEPTED = Q(name="member.joined") | Q(
    name="collaborator.invitation_closed", facts__outcome="accepted"
)
"""What names, beside whoever acted, the offer that was accepted: to whichever address it went, it
became theirs.
"""


@transaction.atomic
def erase_person_from_log(*, user_id: int, actor: Actor, also_about: Iterable[str] = ()) -> int:
    """Erase names, addresses and words about a person, in every log; returns from how many events.

    Of what they did, their name and address go; of what was done to them, everything but the name
    and address of who did it. Offers that became theirs are followed by themselves; the caller
    knows of others, and names them in ``also_about`` as ``kind:id``. Never gated. Twice is once.
    """
    theirs = f"user:{user_id}"
    record(PersonErased(), actor=actor, about=[theirs])
    about = {*also_about, *_offers_to(user_id)}
    rows = AuditDetail.objects.filter(event__subjects__overlap=[theirs, *about]).select_related(
        "event"
    )
    changed, last = 0, 0
    while batch := list(
        rows.filter(pk__gt=last).order_by("pk")[:BATCH].select_for_update(of=("self",))
    ):
        gone = [row for row in batch if row.erase(_words_about(row, user_id, {theirs, *about}))]
        AuditDetail.objects.bulk_update(gone, ["words", "salts", "erased"])
        changed, last = changed + len(gone), batch[-1].pk
    return changed


def _offers_to(user_id: int) -> set[str]:
    accepted = AuditEvent.objects.filter(
        ACCEPTED, subjects__contains=[f"user:{user_id}"], actor_id=user_id
    )
    found = accepted.values_list("subjects", flat=True)
    return {subject for each in found for subject in each if subject.startswith(OFFERS)}


def _words_about(row: AuditDetail, user_id: int, theirs: set[str]) -> list[str]:
    """Return which words of one event are this person's: those that name them, and of the others
    what is left when those are set aside that name somebody else.
    """
    named = people_named(row.event.name, row.event.facts)
    own = [key for key in row.words if key in named and named[key] == user_id]
    rest = [key for key in row.words if key not in named]
    if row.event.actor_id != user_id:
        return own + [key for key in rest if key not in OF_WHO_ACTED]
    of_others = {each for each in row.event.subjects if each.startswith(("user:", *OFFERS))}
    if of_others - theirs:
        return own + [key for key in rest if key in OF_WHO_ACTED]
    return own + rest
