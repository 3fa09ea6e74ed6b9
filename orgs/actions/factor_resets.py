"""Staff's help for people who lost their second factor; it takes a day, and its person can object.

It stands on this floor because the rights of staff do.
"""

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import events
from accounts.actions.resets import WAITS, Outcome, end_reset, lock_person
from accounts.actors import has_second_factor
from accounts.models import SecondFactorReset, StaffRole, User
from accounts.refusals import (
    NothingToReset,
    NotYourself,
    ReasonMissing,
    ResetClosed,
    ResetUnderWay,
    StaffAccount,
)
from audit.record import record
from kernel import clock
from kernel.actor import Actor
from orgs.policy import require_staff

PERMISSION = "people:reset_second_factor"
LONGEST_REASON = 500
FACTORS = {
    Authenticator.Type.TOTP: "Authenticator app",
    Authenticator.Type.WEBAUTHN: "Passkey",
    Authenticator.Type.RECOVERY_CODES: "Recovery codes",
}


@transaction.atomic
def ask_second_factor_reset(*, user: User, reason: str, actor: Actor) -> SecondFactorReset:
    """Begin to take every factor off an account; it happens a day later, unless its person objects.

    Accounts of staff are reset by admins only. Locks the person. Refuses with NotYourself,
    ReasonMissing, StaffAccount, NothingToReset or ResetUnderWay.
    """
    require_staff(actor, PERMISSION)
    reason = reason.strip()
    if user.pk == actor.user_id:
        raise NotYourself
    if not reason or len(reason) > LONGEST_REASON or "\x00" in reason:
        raise ReasonMissing(field="reason")
    user = lock_person(user)
    if user.is_staff and actor.staff_role != StaffRole.ADMIN:
        raise StaffAccount("The second factor of somebody on the staff is reset by an admin.")
    if not user.is_active or not has_second_factor(user):
        raise NothingToReset
    if user.second_factor_resets.open().exists():
        raise ResetUnderWay
    reset = user.second_factor_resets.create(
        asked_by_id=actor.person_id, reason=reason, due_at=clock.wall() + WAITS
    )
    record(
        events.SecondFactorResetAsked(reset_id=reset.pk, person=str(user), reason=reason),
        actor=actor.as_staff(),
        about=[f"user:{user.pk}"],
    )
    return reset


@transaction.atomic
def withdraw_second_factor_reset(*, user: User, actor: Actor) -> None:
    """Stop a reset that staff asked for; nobody withdraws their own. Refuses with ResetClosed."""
    require_staff(actor, PERMISSION)
    if user.pk == actor.user_id:
        raise NotYourself
    reset = user.second_factor_resets.open().select_for_update().first()
    if reset is None:
        raise ResetClosed
    end_reset(reset, Outcome.WITHDRAWN, actor=actor.as_staff())


def factors_of(user: User) -> list[str]:
    """Return what second factors a person has, in words; never what is in them."""
    rows = Authenticator.objects.filter(user=user).order_by("type", "pk")
    return [FACTORS[row.type] for row in rows]
