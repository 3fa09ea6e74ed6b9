"""What becomes of a reset of somebody's second factor: stopped by them, or carried out a day later.

Asking for one is staff's, a floor above.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import events
from accounts.models import SecondFactorReset, User
from accounts.refusals import ResetClosed
from accounts.resets import reset_behind
from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor

WAITS = timedelta(hours=24)
"""How long a person can object; whoever took their password over meanwhile gets nowhere yet."""

Outcome = SecondFactorReset.Outcome


@transaction.atomic
def object_to_reset(*, token: str) -> SecondFactorReset:
    """Stop a reset; holding the link from the mail is the proof. Refuses with ResetClosed."""
    reset = _locked(reset_behind(token).pk)
    end_reset(reset, Outcome.OBJECTED, actor=SYSTEM)
    return reset


def carry_out_due_resets() -> int:
    """Carry out the resets to which nobody objected; returns how many."""
    done = 0
    for pk in SecondFactorReset.objects.due().order_by("due_at").values_list("pk", flat=True)[:100]:
        done += _carry_out(pk)
    return done


@transaction.atomic
def _carry_out(pk: int) -> bool:
    """Take every factor off the account; its recovery codes go with them."""
    reset = SecondFactorReset.objects.select_for_update().due().filter(pk=pk).first()
    if reset is None:
        return False
    Authenticator.objects.filter(user=reset.user_id).delete()
    _close(reset, Outcome.DONE)
    record(
        events.SecondFactorReset(reset_id=reset.pk, person=str(reset.user)),
        actor=SYSTEM,
        about=[f"user:{reset.user_id}"],
    )
    return True


def end_reset(reset: SecondFactorReset, outcome: Outcome, *, actor: Actor) -> None:
    """Close a locked reset that does not come about."""
    _close(reset, outcome)
    record(
        events.SecondFactorResetStopped(
            reset_id=reset.pk,
            person=str(reset.user),
            outcome="stopped by them" if outcome == Outcome.OBJECTED else "withdrawn",
        ),
        actor=actor,
        about=[f"user:{reset.user_id}"],
    )


def _locked(pk: int) -> SecondFactorReset:
    found = SecondFactorReset.objects.select_for_update().open().filter(pk=pk).first()
    if found is None:
        raise ResetClosed
    return found


def _close(reset: SecondFactorReset, outcome: Outcome) -> None:
    reset.outcome = outcome
    reset.answered_at = clock.wall()
    reset.save(update_fields=["outcome", "answered_at"])


def lock_person(user: User) -> User:
    """Return the person, locked: resets of one person are asked for one after the other."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)
