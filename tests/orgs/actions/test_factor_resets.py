"""Staff and lost second factors: asked with a reason, open to objection for a day."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.actions.resets import carry_out_due_resets
from accounts.actors import has_second_factor
from accounts.models import SecondFactorReset, User
from accounts.refusals import (
    NothingToReset,
    NotYourself,
    ReasonMissing,
    ResetClosed,
    ResetUnderWay,
    StaffAccount,
)
from audit.models import AuditEvent
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs.actions.factor_resets import ask_second_factor_reset, withdraw_second_factor_reset
from tests.builders import a_second_factor, a_user, an_actor, deliver_all

pytestmark = pytest.mark.django_db
REASON = "They answered from their address and knew the last invoice."


def helping(role: str = "support") -> Actor:
    """A member of staff with a second factor in their session."""
    return replace(an_actor(a_user(staff_role=role)), staff_role=role)


def a_locked_out(staff_role: str = "") -> User:
    user = a_user(staff_role=staff_role)
    a_second_factor(user)
    return user


def asked(user: User, actor: Actor | None = None) -> SecondFactorReset:
    return ask_second_factor_reset(user=user, reason=REASON, actor=actor or helping())


def a_day_passes() -> None:
    """Wall time passes for everybody, so the rows are made older."""
    SecondFactorReset.objects.update(due_at=clock.wall() - timedelta(seconds=1))


def link_in(body: object) -> str:
    found = re.search(r"http://[^/]+(/account/second-factor/keep/\S+)", str(body))
    assert found is not None
    return found.group(1)


def test_nothing_happens_before_a_day_is_over() -> None:
    """Red without ``due()`` in ``carry_out_due_resets`` and ``_carry_out``."""
    user = a_locked_out()
    reset = asked(user)

    assert carry_out_due_resets() == 0

    assert has_second_factor(user)
    assert timedelta(hours=23) < reset.due_at - clock.wall() <= timedelta(hours=24)


def test_after_a_day_every_factor_is_gone_and_the_person_is_told() -> None:
    user = a_locked_out()
    asked(user)
    deliver_all()
    a_day_passes()
    mail.outbox.clear()

    assert carry_out_due_resets() == 1
    assert carry_out_due_resets() == 0
    deliver_all()

    assert not Authenticator.objects.filter(user=user).exists()
    assert [(each.to, each.subject) for each in mail.outbox] == [
        ([user.email], "Your second factor was reset")
    ]
    assert AuditEvent.objects.get(name="second_factor.reset").actor_kind == "system"


def test_the_person_is_told_at_once_and_stops_it_without_signing_in() -> None:
    """Red without ``end_reset`` in ``object_to_reset``."""
    user = a_locked_out()
    asked(user)
    deliver_all()
    (message,) = mail.outbox
    assert message.to == [user.email]
    link = link_in(message.body)

    looked = Client().get(link)
    assert SecondFactorReset.objects.open().exists()
    stopped = Client().post(link)
    a_day_passes()
    carry_out_due_resets()

    assert "Stop the reset" in looked.content.decode()
    assert "The reset is stopped" in stopped.content.decode()
    assert has_second_factor(user)
    assert Client().get(link).status_code == 409


def test_a_link_that_was_made_up_opens_nothing() -> None:
    asked(a_locked_out())

    assert Client().post("/account/second-factor/keep/1:abc/").status_code == 409
    assert SecondFactorReset.objects.open().exists()


def test_the_log_says_who_asked_and_why() -> None:
    user = a_locked_out()

    asked(user)

    event = AuditEvent.objects.get(name="second_factor.reset_asked")
    assert (event.actor_kind, event.words["reason"]) == ("staff", REASON)
    assert f"user:{user.pk}" in event.subjects


def test_staff_can_withdraw_what_was_asked() -> None:
    user = a_locked_out()
    asked(user)

    withdraw_second_factor_reset(user=user, actor=helping("admin"))

    assert not SecondFactorReset.objects.open().exists()
    with pytest.raises(ResetClosed):
        withdraw_second_factor_reset(user=user, actor=helping("admin"))


@pytest.mark.parametrize("role", ["", "reviewer", "billing"])
def test_to_others_there_is_nothing(role: str) -> None:
    with pytest.raises(NotFound):
        asked(a_locked_out(), helping(role))


def test_none_of_them_withdraws_a_reset() -> None:
    """Red without ``require_staff`` in ``withdraw_second_factor_reset``."""
    user = a_locked_out()
    asked(user)

    for role in ("", "reviewer"):
        with pytest.raises(NotFound):
            withdraw_second_factor_reset(user=user, actor=helping(role))

    assert user.second_factor_resets.open().exists()


def test_nobody_resets_their_own() -> None:
    """Red without ``NotYourself``; the database refuses it as well."""
    user = a_locked_out("admin")

    with pytest.raises(NotYourself):
        asked(user, replace(an_actor(user), staff_role="admin"))
    asked(user, helping("admin"))
    with pytest.raises(NotYourself):
        withdraw_second_factor_reset(user=user, actor=replace(an_actor(user), staff_role="admin"))


def test_that_of_staff_is_for_admins() -> None:
    colleague = a_locked_out("reviewer")

    with pytest.raises(StaffAccount):
        asked(colleague)
    assert asked(colleague, helping("admin")).outcome == ""


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\x00b"])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(ReasonMissing):
        ask_second_factor_reset(user=a_locked_out(), reason=reason, actor=helping())


def test_there_is_one_at_a_time_and_none_for_nothing() -> None:
    user = a_locked_out()
    asked(user)

    with pytest.raises(ResetUnderWay):
        asked(user)
    with pytest.raises(NothingToReset):
        asked(a_user())
