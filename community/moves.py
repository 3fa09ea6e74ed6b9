"""Moving an application: from one state to another, under its lock, by the table."""

from datetime import timedelta

from accounts.models import User
from community.models import Application
from community.refusals import IllegalTransition, TooManyUndecided
from community.states import TRANSITIONS, State, Table
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Remedy
from orgs.models import NameClaim
from orgs.name_availability import lock_skeleton, name_availability
from orgs.refusals import NameMalformed, NameRefused

MOST_UNDECIDED = 3
"""As many applications as a person may have under way."""

CLAIM_LASTS = timedelta(hours=4)
"""Wall time for which a reviewer holds an application without acting on it."""


def check_move(application: Application, after: State, *, table: Table = TRANSITIONS) -> None:
    """Refuse with IllegalTransition, which names both states, unless the table has the move."""
    if after not in table.get(State(application.state), frozenset()):
        raise IllegalTransition(application.state, after)


def move(
    application: Application,
    after: State,
    *,
    actor: Actor,
    reviewer_id: int | None = None,
    table: Table = TRANSITIONS,
) -> None:
    """Bring ``application`` into ``after`` and write the step; the caller holds its lock.

    ``reviewer_id`` is who holds it from now on. Entering an end gives the name claim back; nothing
    else does. Other fields set by the caller are saved too. Refuses with IllegalTransition.
    """
    check_move(application, after, table=table)
    before = State(application.state)
    application.state = after
    application.reviewer_id = reviewer_id
    application.held_until = clock.wall() + CLAIM_LASTS if after == State.CLAIMED else None
    application.save()
    application.steps.create(before=before, after=after, by_id=actor.user_id)
    if not application.is_undecided:
        NameClaim.objects.filter(claimant=application.claimant).delete()


def hold_longer(application: Application) -> None:
    """Begin a reviewer's time anew; the caller holds the lock."""
    application.held_until = clock.wall() + CLAIM_LASTS
    application.save(update_fields=["held_until"])


def hold_name(application: Application, name: str) -> None:
    """Lock the name's skeleton, and refuse unless the name can be had or contested.

    First in the order of locks. Refuses with NameMalformed or NameRefused, at the field ``name``.
    """
    lock_skeleton(name)
    answer = name_availability(name, for_whom=application.claimant)
    if answer.reason == "malformed":
        raise NameMalformed(answer.sentence, field="name")
    if not answer.free and answer.reason != "competing":
        raise NameRefused(answer.sentence, reason=f"name_{answer.reason}", field="name")


def claim_name(application: Application) -> None:
    """Write what the application claims: nobody else founds under it while it is undecided."""
    NameClaim.objects.update_or_create(
        claimant=application.claimant,
        defaults={
            "normalized_name": application.normalized_name,
            "skeleton": application.skeleton,
            "user_id": application.applicant_id,
        },
    )


def require_room(applicant_id: int) -> None:
    """Refuse a person's fourth undecided application.

    Locks the person, so that two submissions of theirs are counted one after the other.
    Refuses with TooManyUndecided.
    """
    User.objects.select_for_update(no_key=True).get(pk=applicant_id)
    under_way = Application.objects.undecided().filter(applicant_id=applicant_id).count()
    if under_way >= MOST_UNDECIDED:
        raise TooManyUndecided(remedy=Remedy("Look at your applications", "you", "/applications/"))
