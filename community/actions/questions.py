"""Asking and answering: what a reviewer wants to know before deciding."""

from django.db import transaction

from accounts.models import User
from audit.record import record
from community import events
from community.actions.applications import subjects
from community.actions.reviewing import refuse_if_decided
from community.models import Application, Question
from community.moves import check_move, move
from community.policy import REVIEW, person_of, require_applicant, require_holder, require_reviewer
from community.refusals import AlreadyAnswered, HeldByAnother, WordsMissing
from community.states import State
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs.matrix import STAFF_MATRIX


@transaction.atomic
def ask_question(*, application: Application, text: str, actor: Actor) -> Question:
    """Ask the applicant something; the application waits for the answer, and stays this reviewer's.

    Further questions may follow while it waits; the same words, still open, are one question.
    Locks the application. Refuses with WordsMissing, HeldByAnother, NotHeld or AlreadyDecided.
    """
    reviewer = require_reviewer(actor)
    text = text.strip()
    if not text:
        raise WordsMissing("Write your question.", field="text")
    application = Application.objects.lock(application.pk)
    if application.state == State.NEEDS_INFORMATION:
        if application.reviewer_id != actor.user_id:
            raise HeldByAnother(f"{application.reviewer} has this application.")
        if (asked := application.questions.open().filter(text=text).first()) is not None:
            return asked
    else:
        require_holder(actor, application)
        refuse_if_decided(application)
        move(application, State.NEEDS_INFORMATION, actor=reviewer, reviewer_id=reviewer.user_id)
    question = application.questions.create(asked_by_id=person_of(reviewer), text=text)
    record(
        events.QuestionAsked(
            application_id=application.pk,
            community=str(application),
            question_id=question.pk,
            words=text,
        ),
        actor=reviewer,
        about=subjects(application),
    )
    return question


@transaction.atomic
def answer_question(*, question: Question, text: str, actor: Actor) -> Application:
    """Answer one question; when the last is answered, the application is its reviewer's again.

    If that reviewer does not review any more, it goes back to the queue. The same answer twice is
    once. Locks the application. Refuses with WordsMissing, AlreadyAnswered or IllegalTransition.
    """
    require_applicant(actor, question.application)
    text = text.strip()
    if not text:
        raise WordsMissing("Write your answer.", field="text")
    application = Application.objects.lock(question.application_id)
    asked = application.questions.filter(pk=question.pk).first()
    if asked is None:
        raise NotFound
    if asked.answered_at is not None:
        if asked.answer == text:
            return application
        raise AlreadyAnswered
    if application.state != State.NEEDS_INFORMATION:
        check_move(application, State.CLAIMED)  # an old page must not bring an ended one back
        raise AlreadyAnswered
    asked.answer, asked.answered_at = text, clock.now()
    asked.save(update_fields=["answer", "answered_at"])
    remaining = application.questions.open().count()
    if remaining == 0:
        _give_back(application, actor)
    record(
        events.QuestionAnswered(
            application_id=application.pk,
            community=str(application),
            question_id=asked.pk,
            remaining=remaining,
            words=text,
        ),
        actor=actor,
        about=subjects(application),
    )
    return application


def _give_back(application: Application, actor: Actor) -> None:
    reviewer = application.reviewer
    if reviewer is not None and _still_reviews(reviewer):
        move(application, State.CLAIMED, actor=actor, reviewer_id=reviewer.pk)
    else:
        move(application, State.SUBMITTED, actor=actor)


def _still_reviews(reviewer: User) -> bool:
    return reviewer.is_active and reviewer.staff_role in STAFF_MATRIX[REVIEW]
