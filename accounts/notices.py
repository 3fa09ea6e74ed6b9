"""Which event of an account mails whom. One function for each mail; each may run twice."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import PersonalToken, SecondFactorReset
from accounts.resets import objection_token
from audit.erasing import erase_person_from_log
from audit.mail import send_once
from audit.models import AuditEvent
from kernel import clock
from kernel.actor import SYSTEM


def tell_of_reported_token(event: AuditEvent) -> None:
    """Tell whose token was found where others can read it that it opens nothing any more."""
    token = PersonalToken.objects.select_related("user").get(pk=event.facts["token_id"])
    if not token.user.is_active:
        return
    context = {
        "token": token,
        "found_at": event.words.get("url", ""),
        "at": event.recorded_at,
        "url": _address("accounts:tokens"),
    }
    send_once(f"{event.pk}:user:{token.user_id}", token.user.email, "token_reported", context)


LONGEST_FAREWELL = timedelta(hours=1)
"""A mailbox that takes nothing for so long is not asked again: less than all tries of a delivery,
which would keep the address for ever.
"""


def say_farewell(event: AuditEvent) -> None:
    """Tell the address of a deleted account that it is gone, then forget the address too."""
    email = event.words.get("email", "")
    if not email or event.actor_id is None:
        return
    try:
        send_once(f"{event.pk}:user:{event.actor_id}", email, "account_deleted", {"at": event.at})
    except OSError:  # what a mailbox or the way to it answers
        if clock.wall() - event.recorded_at < LONGEST_FAREWELL:
            raise
    erase_person_from_log(user_id=event.actor_id, actor=SYSTEM)


def tell_of_asked_reset(event: AuditEvent) -> None:
    """Tell a person that their second factor will be taken off, and how to stop it."""
    reset = _open_reset(event)
    if reset is None:
        return
    context = {
        "reset": reset,
        "url": _address("accounts:object_to_reset", token=objection_token(reset)),
    }
    send_once(
        f"{event.pk}:user:{reset.user_id}", reset.user.email, "second_factor_reset_asked", context
    )


def tell_of_reset(event: AuditEvent) -> None:
    """Tell a person that their password alone opens their account now."""
    reset = SecondFactorReset.objects.select_related("user").get(pk=event.facts["reset_id"])
    if not reset.user.is_active:
        return
    send_once(
        f"{event.pk}:user:{reset.user_id}",
        reset.user.email,
        "second_factor_reset_done",
        {"url": _address("mfa_index")},
    )


def _open_reset(event: AuditEvent) -> SecondFactorReset | None:
    return (
        SecondFactorReset.objects.open()
        .filter(pk=event.facts["reset_id"], user__is_active=True)
        .select_related("user")
        .first()
    )


def _address(route: str, **names: Any) -> str:
    return f"{settings.BASE_URL}{reverse(route, kwargs=names or None)}"
