"""Automatic seats that have to wait: whom it concerns, for how long, and that nobody else does."""

from datetime import timedelta
from typing import Any

import pytest

from kernel import clock
from subscriptions import following as following_driver
from subscriptions import intents
from subscriptions.actions.following import BACKING_OFF, QUIET
from subscriptions.following import follow_seats
from subscriptions.gateway.changes import SubscriptionNow, fetch_subscription
from subscriptions.gateway.client import StripeRefused
from subscriptions.models import SubscriptionChange
from tests.sandbox_control import Sandbox
from tests.subscriptions.changes import asked, confirmed
from tests.subscriptions.stage import a_paying_company, drive_everything, sandbox
from tests.subscriptions.test_following import after_quiet, at_stripe, following, join
from tests.subscriptions.test_interrupted import Killed, die_before

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db


def refused(*_: Any, **__: Any) -> None:
    raise StripeRefused("Not like this.")


def test_stripe_is_asked_only_of_those_that_need_not_wait(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when the subscription is fetched first: those who wait would be asked for each time."""
    waiting, ready = (following(a_paying_company(name)) for name in ("anvils", "bellows"))
    moment = clock.now() + timedelta(hours=1)
    with clock.held_at(moment):
        for _ in range(3):
            join(waiting)
    fetched = []

    def fetch(key: str) -> SubscriptionNow:
        fetched.append(key)
        return fetch_subscription(key)

    monkeypatch.setattr(following_driver, "fetch_subscription", fetch)

    with clock.held_at(moment):
        assert follow_seats(limit=1) == 1, "who waits is not counted"
        assert follow_seats(limit=1) == 0

    assert fetched == [ready.subscription.subscription_id]
    assert waiting.subscription.quantity == 3


def test_no_more_than_so_many_are_changed_at_once(sandbox: Sandbox) -> None:
    """Red without ``limit``."""
    for name in ("anvils", "bellows"):
        following(a_paying_company(name))

    with clock.held_at(clock.now() + QUIET):
        assert [follow_seats(limit=1) for _ in range(3)] == [1, 1, 0]


def test_while_one_change_is_on_its_way_no_other_is_begun(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without ``changes.open()`` in ``unfollowed``: the second would break the constraint."""
    company = following(a_paying_company())
    with monkeypatch.context() as patched:
        die_before(patched, following_driver, "carry_out")
        with pytest.raises(Killed):
            after_quiet()
    join(company)

    with clock.held_at(clock.now() + timedelta(minutes=2)):
        assert follow_seats() == 0
        intents.sweep(age=timedelta(0))
        drive_everything()
        assert follow_seats() == 1
    assert at_stripe(sandbox) == 2


def test_whoever_comes_while_stripe_is_asked_is_waited_for(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without ``has_to_wait`` in ``begin_following``: it is asked again under the lock."""
    company = following(a_paying_company())

    def somebody_comes(key: str) -> SubscriptionNow:
        join(company)
        return fetch_subscription(key)

    with monkeypatch.context() as patched:
        patched.setattr(following_driver, "fetch_subscription", somebody_comes)
        assert after_quiet() == 0
    with clock.held_at(clock.now() + 3 * QUIET):
        assert follow_seats() == 1
    assert at_stripe(sandbox) == 2


def test_what_a_person_asked_in_vain_holds_up_no_seats(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without ``asked_by`` in ``came_to_nothing``."""
    company = following(a_paying_company())
    quote = asked(company, 7, plan="business")
    with monkeypatch.context() as patched:
        patched.setattr(intents, "change_subscription", refused)
        with pytest.raises(StripeRefused):
            confirmed(company, quote)

    assert after_quiet() == 1
    assert at_stripe(sandbox) == 1


def test_what_stripe_refused_is_not_tried_again_within_the_hour(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without ``came_to_nothing``: every ten seconds a change, and a line in the log."""
    following(a_paying_company())
    begun = clock.now()

    with monkeypatch.context() as patched:
        patched.setattr(intents, "change_subscription", refused)
        for second in (10, 20, 30, 3000):
            with clock.held_at(begun + timedelta(seconds=second)):
                assert follow_seats() == 0

    [change] = SubscriptionChange.objects.all()
    assert change.state == SubscriptionChange.State.REFUSED
    with clock.held_at(begun + 2 * BACKING_OFF):
        assert follow_seats() == 1
    assert at_stripe(sandbox) == 1
