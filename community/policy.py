"""Who may act on an application: its applicant, and reviewers without a stake in it."""

from accounts.scopes import Scope
from community.models import Application
from community.refusals import HeldByAnother, InterestedReviewer, NotHeld
from community.states import State
from kernel.actor import Actor
from kernel.refusals import Forbidden, NotFound, Remedy
from orgs.models import Membership
from orgs.policy import require_staff

REVIEW = "applications:review"


def require_applicant(actor: Actor, application: Application | None = None) -> None:
    """Let a person through to their own application; to all others it does not exist.

    Without ``application``, whether this actor may apply at all. Refuses with NotFound, or with
    Forbidden when a token lacks the scope.
    """
    applicant_id = person_of(actor)
    if application is not None and application.applicant_id != applicant_id:
        raise NotFound
    if actor.scopes is not None and Scope.APPLICATIONS_WRITE not in actor.scopes:
        raise Forbidden(
            f"This token cannot do that; it needs the scope {Scope.APPLICATIONS_WRITE}.",
            reason="scope_missing",
            remedy=Remedy("Make a token with that scope", "you", "/account/tokens/"),
        )


def require_reviewer(actor: Actor) -> Actor:
    """Return the reviewer acting in their staff role; to all others the place does not exist."""
    require_staff(actor, REVIEW)
    return actor.as_staff()


def person_of(actor: Actor) -> int:
    """Return who acts, by id; what is no person may do nothing here."""
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def require_no_stake(actor: Actor, application: Application) -> None:
    """Refuse reviewers who applied, compete for the name, or share an organization with who did."""
    reviewer_id = person_of(actor)
    if application.applicant_id == reviewer_id:
        raise InterestedReviewer("This is your own application; another reviewer decides it.")
    if Application.objects.rivals_of(application).filter(applicant_id=reviewer_id).exists():
        raise InterestedReviewer("You applied for the same name; another reviewer decides this.")
    shared = (
        Membership.objects.filter(user_id=reviewer_id)
        .filter(organization__memberships__user_id=application.applicant_id)
        .select_related("organization")
        .first()
    )
    if shared is not None:
        raise InterestedReviewer(
            f"You and the applicant are both in {shared.organization};"
            " another reviewer decides this."
        )


def require_other_than_before(actor: Actor, application: Application) -> None:
    """Refuse reviewers who decided it before: an appeal is looked at by somebody else."""
    if application.decisions.carried_out().filter(reviewer_id=actor.user_id).exists():
        raise InterestedReviewer("You decided this before; an appeal is for another reviewer.")


def require_holder(actor: Actor, application: Application) -> None:
    """Refuse reviewers who did not claim it, telling who did.

    A claim whose time is over still counts for its reviewer, until another one takes it.
    """
    if application.reviewer_id == actor.user_id and application.state == State.CLAIMED:
        return
    if application.reviewer_id == actor.user_id:
        raise NotHeld(
            "It waits for the applicant's answers, and comes back to you with the last one.",
            reason="waits_for_answers",
        )
    if application.reviewer is not None:
        raise HeldByAnother(f"{application.reviewer} has this application.")
    raise NotHeld
