"""Deciding an application, and carrying the decision out in one transaction."""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from audit.record import record
from community import events
from community.actions.applications import subjects
from community.actions.reviewing import refuse_if_decided
from community.models import Application, Decision
from community.models.decision import Outcome
from community.moves import check_move, move
from community.policy import (
    person_of,
    require_holder,
    require_no_stake,
    require_other_than_before,
    require_reviewer,
)
from community.reasons import REASONS, Reason
from community.refusals import ChangedMeanwhile, NameLost, ReasonUnknown, WordsMissing
from community.states import NAME_LOST, State
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.refusals import Remedy
from orgs.actions.organizations import create_organization
from orgs.models import Organization
from orgs.models.organization import Kind
from orgs.name_availability import lock_skeleton
from orgs.refusals import NameRefused
from subscriptions.actions.grants import give_community_grant

log = structlog.get_logger()


@transaction.atomic
def decide(
    *, application: Application, outcome: str, reason: str, words: str, actor: Actor
) -> Decision:
    """Approve or decline an application that this reviewer has claimed.

    It is carried out when the window to take it back is over: at once, when there is none. Locks
    the name (to approve), then the application and its rivals. Refuses with AlreadyDecided,
    IllegalTransition, HeldByAnother, NotHeld, InterestedReviewer, ReasonUnknown, WordsMissing or
    NameLost; then nothing was decided.
    """
    reviewer = require_reviewer(actor)
    outcome = Outcome(outcome)
    why = _reason(reason, outcome, words)
    application = _lock(application.pk, with_rivals=outcome == Outcome.APPROVED)
    refuse_if_decided(application)
    check_move(application, State(outcome))
    require_holder(actor, application)
    require_no_stake(actor, application)
    require_other_than_before(actor, application)
    decision = application.decisions.create(
        reviewer_id=person_of(reviewer),
        outcome=outcome,
        reason=why.code,
        words=words.strip(),
        effective_at=clock.now() + settings.REVIEW_UNDO_WINDOW,
    )
    _record_decided(application, decision, reviewer)
    if decision.effective_at <= clock.now():
        carry_out_decision(decision=decision, actor=reviewer)
        decision.refresh_from_db()
    return decision


@transaction.atomic
def carry_out_decision(*, decision: Decision, actor: Actor) -> bool:
    """Let a decision happen whose window is over; twice is once. Returns whether it happened now.

    Locks the name (to approve), then the application and its rivals. Refuses with NameLost.
    """
    to_approve = decision.outcome == Outcome.APPROVED
    application = _lock(decision.application_id, with_rivals=to_approve)
    decision = application.decisions.get(pk=decision.pk)
    if decision.carried_out_at is not None or decision.voided_at is not None:
        return False
    if to_approve:
        carry_out_approval(application=application, decision=decision, actor=actor)
    else:
        _decline(application, decision, actor=actor)
    return True


def carry_out_approval(
    *, application: Application, decision: Decision, actor: Actor
) -> Organization:
    """Make the organization with its owner and its grant, and decline every rival in its own words.

    Runs in the transaction that holds the name, the application and its rivals. The organization's
    own lock comes later, and nobody waits for it: no other transaction has seen the row.
    Refuses with NameLost, and then leaves nothing behind.
    """
    check_move(application, State.APPROVED)
    organization = _make_organization(application, actor)
    give_community_grant(
        organization=organization,
        reason=REASONS[decision.reason].label[:300],
        actor=actor,
    )
    rivals = list(Application.objects.rivals_of(application).order_by("pk"))
    application.organization = organization
    move(application, State.APPROVED, actor=actor)
    _carried_out(decision)
    record(
        events.ApplicationApproved(
            application_id=application.pk, community=str(application), decision_id=decision.pk
        ),
        actor=actor,
        organization=organization,
        about=subjects(application),
    )
    for rival in rivals:
        _decline_for_lost_name(rival, decision, actor=actor)
    return organization


def carry_out_due_decisions(limit: int = 100) -> int:
    """Carry out every decision whose window is over; one whose name is gone is void, with why."""
    carried_out = 0
    due = Decision.objects.due().select_related("application").order_by("effective_at", "pk")
    for decision in due[:limit]:
        try:
            carried_out += carry_out_decision(decision=decision, actor=SYSTEM)
        except NameLost as refusal:
            _void(decision, refusal.sentence)
        except Exception as error:  # it stays due and is tried again; the others must not wait
            log.error("decision not carried out", decision_id=decision.pk, exc_info=error)
    return carried_out


def _lock(pk: int, *, with_rivals: bool) -> Application:
    """Lock the application; to approve, first its name, and with it all that compete for it."""
    seen = Application.objects.get(pk=pk)
    if not with_rivals:
        return Application.objects.lock(pk)
    lock_skeleton(seen.name)
    rivals = Application.objects.rivals_of(seen).values_list("pk", flat=True)
    found = {row.pk: row for row in Application.objects.lock_each([pk, *rivals])}
    if found[pk].skeleton != seen.skeleton:
        raise ChangedMeanwhile
    return found[pk]


def _make_organization(application: Application, actor: Actor) -> Organization:
    try:
        return create_organization(
            name=application.name,
            display_name=application.display_name,
            kind=Kind.COMMUNITY,
            owner=application.applicant,
            actor=actor,
            url=application.url,
            description=application.description,
            claimant=application.claimant,
            contested=True,
        )
    except NameRefused as refusal:
        raise NameLost(
            f"{refusal.sentence} Nothing was decided: the application is still under review.",
            remedy=Remedy(
                "Ask the applicant for another name, or decline", "the reviewer who holds it"
            ),
        ) from refusal


def _decline(application: Application, decision: Decision, *, actor: Actor) -> None:
    move(application, State.DECLINED, actor=actor)
    _carried_out(decision)
    _record_declined(application, decision, actor)


def _decline_for_lost_name(rival: Application, winner: Decision, *, actor: Actor) -> None:
    """Tell a rival, in words about its own name, that the name is gone; never in the winner's."""
    rival.decisions.pending().update(
        voided_at=clock.now(), void_because="The name went to another application."
    )
    decision = rival.decisions.create(
        reviewer_id=winner.reviewer_id,
        outcome=Outcome.DECLINED,
        reason="name_given",
        words=f"You asked for the name “{rival.name}”, and it cannot be had any more.",
        effective_at=clock.now(),
        carried_out_at=clock.now(),
    )
    move(rival, State.DECLINED, actor=actor, table=NAME_LOST)
    _record_declined(rival, decision, actor)


def _record_decided(application: Application, decision: Decision, reviewer: Actor) -> None:
    record(
        events.DecisionRecorded(
            application_id=application.pk,
            community=str(application),
            decision_id=decision.pk,
            outcome=decision.outcome,
            reason=decision.reason,
            words=decision.words,
            effective_at=decision.effective_at.isoformat(),
        ),
        actor=reviewer,
        about=subjects(application),
    )


def _record_declined(application: Application, decision: Decision, actor: Actor) -> None:
    record(
        events.ApplicationDeclined(
            application_id=application.pk,
            community=str(application),
            decision_id=decision.pk,
            reason=decision.reason,
        ),
        actor=actor,
        about=subjects(application),
    )


def _carried_out(decision: Decision) -> None:
    decision.carried_out_at = clock.now()
    decision.save(update_fields=["carried_out_at"])


@transaction.atomic
def _void(decision: Decision, because: str) -> None:
    application = Application.objects.lock(decision.application_id)
    now: datetime = clock.now()
    voided = application.decisions.pending().filter(pk=decision.pk)
    if not voided.update(voided_at=now, void_because=because[:300]):
        return
    record(
        events.DecisionVoided(
            application_id=application.pk,
            community=str(application),
            decision_id=decision.pk,
            outcome=decision.outcome,
            because=because,
        ),
        actor=SYSTEM,
        about=subjects(application),
    )


def _reason(code: str, outcome: Outcome, words: str) -> Reason:
    why = REASONS.get(code)
    if why is None or why.outcome != outcome or not why.is_offered:
        raise ReasonUnknown(field="reason")
    if outcome == Outcome.DECLINED and not words.strip():
        raise WordsMissing("Tell the applicant why, in your own words.", field="words")
    return why
