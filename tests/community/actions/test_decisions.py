"""Deciding: one outcome, carried out in one transaction, with words for each who asked."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from audit.models import AuditEvent
from community.actions import decisions
from community.actions.applications import withdraw_application
from community.actions.decisions import carry_out_due_decisions, decide
from community.actions.reviewing import claim_application
from community.models import Application, Decision
from community.refusals import (
    AlreadyDecided,
    HeldByAnother,
    IllegalTransition,
    InterestedReviewer,
    NameLost,
    NotHeld,
    ReasonUnknown,
    WordsMissing,
)
from community.states import UNDECIDED, State
from kernel import clock
from kernel.refusals import NotFound
from orgs.models import NameClaim, Organization
from orgs.policy import decide as may
from orgs.roles import Role
from subscriptions.models import Grant
from tests.builders import a_member, a_user, an_actor, an_organization
from tests.community.builders import a_reviewer, an_application, decided, reviewing

pytestmark = pytest.mark.django_db
At = Callable[[datetime], datetime]


@pytest.fixture
def window(settings: Settings) -> timedelta:
    """An hour in which a decision can be taken back."""
    settings.REVIEW_UNDO_WINDOW = timedelta(hours=1)
    return timedelta(hours=1)


def test_an_approval_makes_the_organization_its_owner_and_its_open_gates() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")

    decided(application, "approved", reviewing(reviewer), words="Welcome.")

    approved = Application.objects.get(pk=application.pk)
    organization = Organization.objects.get(name="orchard")
    assert approved.organization == organization
    assert (approved.state, organization.kind) == (State.APPROVED, "community")
    assert organization.description == application.description
    owner = organization.memberships.get()
    assert (owner.user, owner.role) == (application.applicant, Role.OWNER)
    assert not NameClaim.objects.exists()
    told = AuditEvent.objects.of_organization(organization.pk)
    assert {event.actor_kind for event in told} == {"staff"}
    assert {"organization.founded", "grant.given", "application.approved"} <= {
        event.name for event in told
    }
    decision = approved.decisions.get()
    assert (decision.reviewer, decision.words) == (reviewer, "Welcome.")
    assert decision.carried_out_at is not None


def test_what_was_approved_may_grow_until_its_term_ends(at: At) -> None:
    application = an_application(State.APPROVED)
    owner, organization = an_actor(application.applicant), application.organization
    assert organization is not None
    term = organization.grants.get()

    assert (term.until - term.since).days == 365
    answer = may(owner, "teams:grow", organization)
    assert (answer.allowed, answer.until) == (True, term.until)
    at(term.until + timedelta(days=15))  # grace is over
    assert may(owner, "teams:grow", organization).reason == "standing_restricted"


def test_every_rival_is_declined_in_its_own_words_wherever_it_stands() -> None:
    rivals = [an_application(state, name="Orchard") for state in sorted(UNDECIDED)]
    lookalike = an_application(name="0rchard")
    draft = an_application(State.DRAFT, name="orchard")
    other = an_application(name="vineyard")
    reviewer = a_reviewer()
    winner = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")

    decided(winner, "approved", reviewing(reviewer), words="Words for the winner.")

    for rival in [*rivals, lookalike]:
        rival.refresh_from_db()
        decision = rival.decisions.carried_out().order_by("-pk")[0]
        assert (rival.state, decision.reason) == (State.DECLINED, "name_given")
        assert f"“{rival.name}”" in decision.words
        assert "winner" not in decision.words
        assert rival.reviewer is None
    assert Application.objects.get(pk=draft.pk).state == State.DRAFT
    assert Application.objects.get(pk=other.pk).state == State.SUBMITTED
    assert list(NameClaim.objects.values_list("claimant", flat=True)) == [other.claimant]


def test_an_approval_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red without ``@transaction.atomic`` on ``community.actions.decisions.decide``."""
    reviewer = a_reviewer()
    rival = an_application(name="orchard")
    application = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")
    before = AuditEvent.objects.count()

    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(decisions, "_decline_for_lost_name", break_off)
    with pytest.raises(RuntimeError):
        decided(application, "approved", reviewing(reviewer))

    assert not Organization.objects.filter(name="orchard").exists()
    assert not Grant.objects.exists()
    assert not Decision.objects.exists()
    assert NameClaim.objects.count() == 2
    assert AuditEvent.objects.count() == before
    for row, state in ((application, State.CLAIMED), (rival, State.SUBMITTED)):
        assert Application.objects.get(pk=row.pk).state == state


def test_a_name_lost_meanwhile_is_told_and_the_application_stays_with_its_reviewer() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")
    NameClaim.objects.all().delete()  # as if an operator had released the claim
    an_organization("orchard")

    with pytest.raises(NameLost) as refused:
        decided(application, "approved", reviewing(reviewer))

    assert "is taken" in refused.value.sentence
    assert "Nothing was decided" in refused.value.sentence
    after = Application.objects.get(pk=application.pk)
    assert (after.state, after.reviewer) == (State.CLAIMED, reviewer)
    assert not Decision.objects.exists()
    decided(application, "declined", reviewing(reviewer))


def test_declining_needs_a_reason_of_the_table_and_words() -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)
    by = reviewing(reviewer)

    for reason in ("open_project", "name_given", "made_up"):
        with pytest.raises(ReasonUnknown):
            decide(application=application, outcome="declined", reason=reason, words="x", actor=by)
    with pytest.raises(WordsMissing):
        decide(application=application, outcome="declined", reason="other", words=" ", actor=by)
    decide(application=application, outcome="declined", reason="other", words="Sorry.", actor=by)

    assert Application.objects.get(pk=application.pk).state == State.DECLINED
    event = AuditEvent.objects.get(name="application.decided")
    assert event.words["words"] == "Sorry."
    assert "Sorry." not in str(event.facts)


@pytest.mark.parametrize("second", ["approved", "declined"])
@pytest.mark.parametrize("first", ["approved", "declined"])
def test_who_comes_second_reads_who_decided_what(first: str, second: str) -> None:
    reviewer = a_user(name="Rana", staff_role="reviewer")
    application = an_application(State.CLAIMED, reviewer=reviewer)
    decided(application, first, reviewing(reviewer))

    for late in (reviewer, a_reviewer()):
        with pytest.raises(AlreadyDecided, match=f"Rana {first} this application on"):
            decided(application, second, reviewing(late))
    assert application.decisions.count() == 1


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "needs_information", "deferred", "withdrawn"]
)
def test_what_nobody_reads_is_not_decided(state: str) -> None:
    reviewer = a_reviewer()
    application = an_application(state, reviewer=reviewer)

    for outcome in ("approved", "declined"):
        with pytest.raises(IllegalTransition):
            decided(application, outcome, reviewing(reviewer))
    assert not Decision.objects.exists()


def test_only_the_reviewer_who_claimed_it_decides() -> None:
    application = an_application(State.CLAIMED)

    with pytest.raises(HeldByAnother):
        decided(application, "approved", reviewing(a_reviewer()))
    with pytest.raises((NotHeld, IllegalTransition)):
        decided(an_application(), "approved", reviewing(a_reviewer()))


@pytest.mark.parametrize("outcome", ["approved", "declined"])
def test_to_people_without_the_role_and_the_factor_deciding_does_not_exist(outcome: str) -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)

    for actor in (
        an_actor(reviewer),
        an_actor(application.applicant),
        reviewing(a_reviewer("billing")),
    ):
        with pytest.raises(NotFound):
            decided(application, outcome, actor)


@pytest.mark.parametrize("stake", ["own", "rival", "colleague"])
@pytest.mark.parametrize("outcome", ["approved", "declined"])
def test_a_stake_that_came_after_the_claim_still_keeps_a_reviewer_from_deciding(
    stake: str, outcome: str
) -> None:
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")
    if stake == "own":
        Application.objects.filter(pk=application.pk).update(applicant=reviewer)
    if stake == "rival":
        an_application(applicant=reviewer, name="orchard")
    if stake == "colleague":
        a_member(an_organization(owner=application.applicant), user=reviewer)

    with pytest.raises(InterestedReviewer):
        decided(application, outcome, reviewing(reviewer))
    assert not Decision.objects.exists()


def test_who_decided_before_does_not_decide_the_appeal_either_however_they_came_to_it() -> None:
    """Red without ``require_other_than_before`` in ``decide``; claiming refuses it as well."""
    reviewer = a_reviewer()
    appeal = an_application(State.APPEALED, reviewer=reviewer)
    Application.objects.filter(pk=appeal.pk).update(
        state=State.CLAIMED, reviewer=reviewer, held_until=appeal.submitted_at
    )

    with pytest.raises(InterestedReviewer):
        decided(appeal, "declined", reviewing(reviewer))
    assert Decision.objects.count() == 1


def test_until_its_window_is_over_nothing_has_happened(window: timedelta, at: At) -> None:
    now = at(clock.now())
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")
    decided(application, "approved", reviewing(reviewer))

    assert carry_out_due_decisions() == 0
    assert Application.objects.get(pk=application.pk).state == State.CLAIMED
    assert not Organization.objects.exists()

    at(now + window)
    assert carry_out_due_decisions() == 1
    assert carry_out_due_decisions() == 0
    assert Organization.objects.get().name == "orchard"
    event = AuditEvent.objects.get(name="application.approved")
    assert event.actor_kind == "system"


def test_a_decision_whose_name_was_lost_in_its_window_is_void_and_says_why(
    window: timedelta, at: At
) -> None:
    now = at(clock.now())
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")
    decided(application, "approved", reviewing(reviewer))
    NameClaim.objects.all().delete()
    an_organization("orchard")
    at(now + window)

    assert carry_out_due_decisions() == 0
    assert carry_out_due_decisions() == 0

    decision = application.decisions.get()
    assert "is taken" in decision.void_because
    assert Application.objects.get(pk=application.pk).state == State.CLAIMED
    assert AuditEvent.objects.filter(name="application.decision_voided").count() == 1
    decided(application, "declined", reviewing(reviewer))


def test_a_decision_that_fails_unexpectedly_holds_up_no_other(window: timedelta, at: At) -> None:
    """Red without the last ``except`` in ``carry_out_due_decisions``."""
    reviewer = a_reviewer()
    stuck = an_application(State.CLAIMED, reviewer=reviewer)
    sound = an_application(State.CLAIMED, reviewer=reviewer)
    for application in (stuck, sound):
        decided(application, "approved", reviewing(reviewer), words="Welcome.")
    Application.objects.filter(pk=stuck.pk).update(display_name="  ")  # no form lets this in
    at(clock.now() + window)

    assert carry_out_due_decisions() == 1

    sound.refresh_from_db()
    assert sound.state == State.APPROVED
    assert Decision.objects.due().get().application_id == stuck.pk


def test_withdrawing_in_the_window_voids_the_decision(window: timedelta, at: At) -> None:
    now = at(clock.now())
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)
    decided(application, "approved", reviewing(reviewer))
    withdraw_application(application=application, actor=an_actor(application.applicant))
    at(now + window)

    assert carry_out_due_decisions() == 0
    assert not Organization.objects.exists()
    assert Application.objects.get(pk=application.pk).state == State.WITHDRAWN


def test_of_two_rivals_approved_in_their_windows_the_first_wins(window: timedelta, at: At) -> None:
    now = at(clock.now())
    one, two = a_reviewer(), a_reviewer()
    first = an_application(State.CLAIMED, reviewer=one, name="orchard")
    second = an_application(State.CLAIMED, reviewer=two, name="orchard")
    decided(first, "approved", reviewing(one))
    decided(second, "approved", reviewing(two))
    at(now + window)

    assert carry_out_due_decisions() == 1
    assert Application.objects.get(pk=first.pk).state == State.APPROVED
    assert Application.objects.get(pk=second.pk).state == State.DECLINED
    assert Organization.objects.count() == 1


def test_an_appeal_can_win() -> None:
    another = a_reviewer()
    application = an_application(State.APPEALED, name="orchard")
    claim_application(application=application, actor=reviewing(another))

    decided(application, "approved", reviewing(another))

    assert Organization.objects.get().name == "orchard"
