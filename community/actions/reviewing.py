"""What reviewers do short of deciding: take an application up, let it go, set it aside, note."""

from django.db import transaction

from audit.record import record
from community import events
from community.actions.applications import subjects
from community.models import Application, Note
from community.moves import check_move, hold_longer, move
from community.policy import (
    person_of,
    require_holder,
    require_no_stake,
    require_other_than_before,
    require_reviewer,
)
from community.refusals import AlreadyDecided, HeldByAnother, IllegalTransition, WordsMissing
from community.states import QUEUED, State
from kernel import clock
from kernel.actor import SYSTEM, Actor


@transaction.atomic
def claim_application(*, application: Application, actor: Actor) -> Application:
    """Take an application up, for a time; again by the same reviewer begins the time anew.

    A claim whose time is over gives way. Locks the application. Refuses with HeldByAnother,
    InterestedReviewer or IllegalTransition.
    """
    reviewer = require_reviewer(actor)
    application = Application.objects.lock(application.pk)
    if application.state != State.CLAIMED:
        check_move(application, State.CLAIMED)
    require_no_stake(actor, application)
    require_other_than_before(actor, application)
    if application.state == State.CLAIMED:
        refuse_if_decided(application)
        if application.reviewer_id == actor.user_id:
            hold_longer(application)
            return application
        if application.is_held:
            raise HeldByAnother(f"{application.reviewer} has this application.")
        _release(application, "timed out", reviewer)
    move(application, State.CLAIMED, actor=reviewer, reviewer_id=reviewer.user_id)
    record(
        events.ApplicationClaimed(application_id=application.pk, community=str(application)),
        actor=reviewer,
        about=subjects(application),
    )
    return application


@transaction.atomic
def release_application(*, application: Application, actor: Actor) -> Application:
    """Let go of an application, so that it takes its old place in the queue; twice is once.

    Locks the application. Refuses with HeldByAnother, NotHeld or AlreadyDecided.
    """
    reviewer = require_reviewer(actor)
    application = Application.objects.lock(application.pk)
    if application.state in QUEUED:
        return application
    require_holder(actor, application)
    refuse_if_decided(application)
    _release(application, "let go", reviewer)
    return application


def release_stale_claims(limit: int = 200) -> int:
    """Put back into the queue what reviewers held too long; returns how many."""
    stale = Application.objects.filter(state=State.CLAIMED, held_until__lte=clock.wall())
    released = 0
    for pk in stale.order_by("pk").values_list("pk", flat=True)[:limit]:
        released += _release_stale(pk)
    return released


@transaction.atomic
def defer_application(*, application: Application, words: str, actor: Actor) -> Application:
    """Set an application aside, and tell the applicant why.

    Locks the application. Refuses with WordsMissing, HeldByAnother, NotHeld or AlreadyDecided.
    """
    reviewer = require_reviewer(actor)
    if not words.strip():
        raise WordsMissing("Tell the applicant why it is set aside.", field="words")
    application = Application.objects.lock(application.pk)
    require_holder(actor, application)
    refuse_if_decided(application)
    move(application, State.DEFERRED, actor=reviewer)
    record(
        events.ApplicationDeferred(
            application_id=application.pk, community=str(application), words=words.strip()
        ),
        actor=reviewer,
        about=subjects(application),
    )
    return application


@transaction.atomic
def resume_application(*, application: Application, actor: Actor) -> Application:
    """Put an application that was set aside back into its place in the queue; twice is once.

    Locks the application. Refuses with IllegalTransition.
    """
    reviewer = require_reviewer(actor)
    application = Application.objects.lock(application.pk)
    if application.state == State.SUBMITTED:
        return application
    if application.state != State.DEFERRED:
        raise IllegalTransition(application.state, State.SUBMITTED)
    _release(application, "taken up again", reviewer)
    return application


@transaction.atomic
def add_note(*, application: Application, text: str, actor: Actor) -> Note:
    """Leave words for other reviewers. Refuses with WordsMissing."""
    reviewer = require_reviewer(actor)
    if not text.strip():
        raise WordsMissing(field="text")
    note = application.notes.create(author_id=person_of(reviewer), text=text.strip())
    record(
        events.NoteAdded(
            application_id=application.pk, community=str(application), words=note.text
        ),
        actor=reviewer,
        about=subjects(application),
    )
    return note


def refuse_if_decided(application: Application) -> None:
    """Refuse with AlreadyDecided, telling who decided what; a pending decision is one."""
    if application.state not in (State.APPROVED, State.DECLINED, State.CLAIMED):
        return
    counting = application.decisions.filter(voided_at__isnull=True).select_related("reviewer")
    if application.state == State.CLAIMED:
        counting = counting.pending()
    decision = counting.order_by("-pk").first()
    if decision is not None:
        raise AlreadyDecided(
            f"{decision.reviewer} {decision.outcome} this application on"
            f" {decision.recorded_at:%-d %B %Y at %H:%M} UTC."
        )


@transaction.atomic
def _release_stale(pk: int) -> bool:
    application = Application.objects.lock(pk)
    if application.state != State.CLAIMED or application.is_held:
        return False
    if application.decisions.pending().exists():
        return False
    _release(application, "timed out", SYSTEM)
    return True


def _release(application: Application, how: str, actor: Actor) -> None:
    move(application, State.SUBMITTED, actor=actor)
    record(
        events.ApplicationReleased(
            application_id=application.pk, community=str(application), how=how
        ),
        actor=actor,
        about=subjects(application),
    )
