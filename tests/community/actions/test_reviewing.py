"""What a reviewer can do short of deciding, when, and what stands against it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from audit.models import AuditEvent
from community.actions.questions import answer_question, ask_question
from community.actions.reviewing import (
    add_note,
    claim_application,
    defer_application,
    release_application,
    release_stale_claims,
    resume_application,
)
from community.models import Application, Question
from community.refusals import (
    AlreadyAnswered,
    AlreadyDecided,
    HeldByAnother,
    IllegalTransition,
    InterestedReviewer,
    NotHeld,
    WordsMissing,
)
from community.states import State
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import NotFound, Refusal
from orgs.models import NameClaim
from tests.builders import a_member, a_user, an_actor, an_organization
from tests.community.builders import a_reviewer, an_application, decided, reviewing

pytestmark = pytest.mark.django_db


def lapse(application: Application) -> None:
    """Let the reviewer's time be over."""
    long_ago = clock.wall() - timedelta(minutes=1)
    Application.objects.filter(pk=application.pk).update(held_until=long_ago)


def test_a_claim_names_its_reviewer_for_a_time_and_is_an_act_of_staff() -> None:
    reviewer = a_reviewer()
    application = an_application()

    claimed = claim_application(application=application, actor=reviewing(reviewer))

    assert claimed.reviewer == reviewer
    assert claimed.is_held
    event = AuditEvent.objects.get(name="application.claimed")
    assert (event.actor_kind, event.actor_id) == ("staff", reviewer.pk)


def test_a_second_reviewer_reads_who_has_it() -> None:
    application = an_application(State.CLAIMED, reviewer=a_user(name="Rana", staff_role="reviewer"))

    with pytest.raises(HeldByAnother, match="Rana has this application"):
        claim_application(application=application, actor=reviewing(a_reviewer()))


def test_claiming_again_begins_the_time_anew_and_tells_nothing() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)
    lapse(application)

    again = claim_application(application=application, actor=reviewing(reviewer))

    assert again.is_held
    assert AuditEvent.objects.filter(name="application.claimed").count() == 1


def test_a_claim_whose_time_is_over_gives_way_before_any_worker_ran() -> None:
    first, second = a_reviewer(), a_reviewer()
    application = an_application(State.CLAIMED, reviewer=first)
    lapse(application)

    claimed = claim_application(application=application, actor=reviewing(second))

    assert claimed.reviewer == second
    with pytest.raises(HeldByAnother):
        release_application(application=application, actor=reviewing(first))


def test_stale_claims_go_back_to_their_old_place_and_fresh_ones_stay() -> None:
    stale, fresh = an_application(State.CLAIMED), an_application(State.CLAIMED)
    lapse(stale)

    assert release_stale_claims() == 1
    assert release_stale_claims() == 0

    released = Application.objects.get(pk=stale.pk)
    assert (released.state, released.queued_at) == (State.SUBMITTED, stale.queued_at)
    assert released.reviewer is None
    assert Application.objects.get(pk=fresh.pk).state == State.CLAIMED
    event = AuditEvent.objects.get(name="application.released")
    assert (event.actor_kind, event.facts["how"]) == ("system", "timed out")


def test_letting_go_twice_is_once() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)

    release_application(application=application, actor=reviewing(reviewer))
    release_application(application=application, actor=reviewing(reviewer))

    assert AuditEvent.objects.filter(name="application.released").count() == 1


def test_what_was_set_aside_keeps_its_name_and_its_place() -> None:
    application = an_application(State.DEFERRED)

    resumed = resume_application(application=application, actor=reviewing(a_reviewer()))

    assert (resumed.state, resumed.queued_at) == (State.SUBMITTED, application.queued_at)
    assert NameClaim.objects.filter(claimant=application.claimant).exists()


def test_setting_aside_needs_words() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)

    with pytest.raises(WordsMissing):
        defer_application(application=application, words=" ", actor=reviewing(reviewer))


def test_a_question_waits_for_its_answer_and_comes_back_to_its_reviewer() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)
    one = ask_question(application=application, text="One?", actor=reviewing(reviewer))
    two = ask_question(application=application, text="Two?", actor=reviewing(reviewer))
    owner = an_actor(application.applicant)

    assert answer_question(question=two, text="2", actor=owner).state == State.NEEDS_INFORMATION
    after = answer_question(question=one, text="1", actor=owner)

    assert (after.state, after.reviewer) == (State.CLAIMED, reviewer)
    assert after.is_held


def test_while_one_reviewer_waits_for_an_answer_no_other_asks() -> None:
    """Red without the holder's check in ``ask_question``."""
    application = an_application(State.NEEDS_INFORMATION, reviewer=a_reviewer())

    with pytest.raises(HeldByAnother):
        ask_question(application=application, text="And?", actor=reviewing(a_reviewer()))

    assert application.questions.count() == 1


@pytest.mark.parametrize("gone", [{"is_active": False}, {"staff_role": "support"}])
def test_answers_for_a_reviewer_who_reviews_no_more_go_back_to_the_queue(
    gone: dict[str, object],
) -> None:
    reviewer = a_reviewer()
    application = an_application(State.NEEDS_INFORMATION, reviewer=reviewer)
    type(reviewer).objects.filter(pk=reviewer.pk).update(**gone)

    after = answer_question(
        question=application.questions.get(), text="1", actor=an_actor(application.applicant)
    )

    assert (after.state, after.reviewer) == (State.SUBMITTED, None)


def test_asking_and_answering_the_same_twice_is_once() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)
    question = ask_question(application=application, text="One?", actor=reviewing(reviewer))
    assert ask_question(application=application, text="One?", actor=reviewing(reviewer)) == question
    owner = an_actor(application.applicant)

    answer_question(question=question, text="1", actor=owner)
    answer_question(question=question, text="1", actor=owner)

    assert AuditEvent.objects.filter(name="application.question_answered").count() == 1
    with pytest.raises(AlreadyAnswered):
        answer_question(question=question, text="another", actor=owner)


@pytest.mark.parametrize("end", [State.DECLINED, State.WITHDRAWN])
def test_an_old_page_s_answer_does_not_bring_an_ended_application_back(end: str) -> None:
    application = an_application(end)
    question = Question.objects.create(
        application=application, asked_by=a_reviewer(), text="Left open?"
    )

    with pytest.raises(IllegalTransition):
        answer_question(question=question, text="1", actor=an_actor(application.applicant))

    assert Application.objects.get(pk=application.pk).state == end
    question.refresh_from_db()
    assert question.answer == ""


def test_only_the_applicant_answers() -> None:
    application = an_application(State.NEEDS_INFORMATION)

    for other in (an_actor(a_user()), reviewing(a_reviewer("admin"))):
        with pytest.raises(NotFound):
            answer_question(question=application.questions.get(), text="1", actor=other)


Act = Callable[[Application, Actor], object]
ACTS: dict[str, Act] = {
    "claim": lambda it, by: claim_application(application=it, actor=by),
    "release": lambda it, by: release_application(application=it, actor=by),
    "defer": lambda it, by: defer_application(application=it, words="Later.", actor=by),
    "resume": lambda it, by: resume_application(application=it, actor=by),
    "ask": lambda it, by: ask_question(application=it, text="More?", actor=by),
}
EVERY: dict[str, Act] = {
    **ACTS,
    "note": lambda it, by: add_note(application=it, text="Hm.", actor=by),
}
ENDED = ["approved", "declined", "withdrawn"]
REFUSED: dict[str, dict[str, type[Refusal]]] = {
    "claim": {
        **dict.fromkeys(["draft", "deferred", *ENDED], IllegalTransition),
        "appealed": InterestedReviewer,  # this very reviewer declined it
    },
    "release": {
        **dict.fromkeys(["draft", "deferred", *ENDED], NotHeld),
        "needs_information": NotHeld,
    },
    "defer": dict.fromkeys(
        ["draft", "submitted", "needs_information", "deferred", "appealed", *ENDED], NotHeld
    ),
    "resume": dict.fromkeys(
        ["draft", "claimed", "needs_information", "appealed", *ENDED], IllegalTransition
    ),
    "ask": dict.fromkeys(["draft", "submitted", "deferred", "appealed", *ENDED], NotHeld),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", State.values)
def test_each_act_in_each_state_does_what_it_should_or_changes_nothing(
    act: str, state: str
) -> None:
    reviewer = a_reviewer()
    application = an_application(state, reviewer=reviewer)
    refusal = REFUSED[act].get(state)

    if refusal is None:
        ACTS[act](application, reviewing(reviewer))
        return
    with pytest.raises(refusal):
        ACTS[act](application, reviewing(reviewer))
    assert Application.objects.get(pk=application.pk).state == state


@pytest.mark.parametrize("act", EVERY)
def test_without_the_role_and_a_second_factor_these_acts_do_not_exist(act: str) -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)

    for actor in (
        an_actor(reviewer),  # signed in without the second factor: no staff role
        an_actor(application.applicant),
        reviewing(a_reviewer("support")),
    ):
        with pytest.raises(NotFound):
            EVERY[act](application, actor)


def test_a_reviewer_takes_up_nothing_in_which_they_have_a_stake() -> None:
    reviewer, applicant = a_reviewer(), a_user()
    shared = an_organization(owner=applicant)
    a_member(shared, user=reviewer)
    own = an_application(applicant=reviewer, name="orchard")
    rival = an_application(name="Orchard")
    colleague = an_application(applicant=applicant)

    for application in (own, rival, colleague):
        with pytest.raises(InterestedReviewer):
            claim_application(application=application, actor=reviewing(reviewer))


def test_what_was_decided_is_not_let_go_asked_about_or_set_aside(
    settings: Settings,
) -> None:
    settings.REVIEW_UNDO_WINDOW = timedelta(hours=1)
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)
    decided(application, "approved", reviewing(reviewer))

    for act in ("claim", "release", "defer", "ask"):
        with pytest.raises(AlreadyDecided):
            ACTS[act](application, reviewing(reviewer))
    lapse(application)
    assert release_stale_claims() == 0
