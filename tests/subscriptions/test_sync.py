"""Who looks, whose look counts, and what becomes of a target that cannot be looked at."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from kernel import clock
from kernel.refusals import Unavailable
from orgs.entitlements import Entitlements
from orgs.models import Organization
from subscriptions.checking_out import refresh
from subscriptions.looks import look_at_customer
from subscriptions.models import SyncTarget
from subscriptions.sync import (
    ATTEMPTS,
    CLAIMS,
    CUSTOMER,
    LEASE,
    Driven,
    drive_due,
    drive_now,
    mark_dirty,
    next_fence,
)
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import Company, a_paying_company, look, steal_leases

pytestmark = pytest.mark.django_db
KIND = "thing"


def the_target(object_id: str) -> SyncTarget:
    return SyncTarget.objects.get(kind=KIND, object_id=object_id)


def due_again() -> None:
    """Let the time that was waited for be over."""
    SyncTarget.objects.update(due=clock.wall() - timedelta(seconds=1))


class Lookout:
    """A look that notes what it saw, and does as it was told meanwhile."""

    def __init__(self, then: Callable[[str], object] = lambda _: None) -> None:
        self.seen: list[str] = []
        self.fences: list[int] = []
        self._then = then

    def __call__(self, object_id: str, fence: int) -> None:
        self.seen.append(object_id)
        self.fences.append(fence)
        self._then(object_id)


def raising(error: Exception) -> Callable[[str], None]:
    def fail(_: str) -> None:
        raise error

    return fail


# --- Looking ---


def test_a_target_is_looked_at_once_for_all_its_news() -> None:
    for _ in range(5):
        mark_dirty(KIND, "one")
    looking = Lookout()
    assert drive_due({KIND: looking}) == 1
    assert drive_due({KIND: looking}) == 0
    assert looking.seen == ["one"]
    assert (the_target("one").gen, the_target("one").done_gen) == (5, 5)


def test_news_that_comes_while_somebody_looks_is_looked_at_again() -> None:
    """Red when ``_drive`` sets ``done_gen`` to the newest ``gen`` and not to the one it claimed."""
    mark_dirty(KIND, "one")

    def news(object_id: str) -> None:
        if len(looking.seen) == 1:
            mark_dirty(KIND, object_id)

    looking = Lookout(news)
    drive_due({KIND: looking}, limit=1)
    assert the_target("one").is_dirty
    drive_due({KIND: looking}, limit=1)
    assert looking.seen == ["one", "one"]
    assert not the_target("one").is_dirty


def test_fences_rise_with_every_look() -> None:
    looking = Lookout()
    for number in range(5):
        mark_dirty(KIND, f"{number}")
    before = next_fence()
    drive_due({KIND: looking})
    assert looking.fences == sorted(set(looking.fences))
    assert before < looking.fences[0]
    assert looking.fences[-1] < next_fence()


def test_a_kind_that_nobody_asked_for_is_left_alone() -> None:
    mark_dirty("other", "one")
    assert drive_due({KIND: Lookout()}) == 0


def test_a_target_that_another_worker_holds_is_left_until_its_lease_ends() -> None:
    """Red without the question of ``lease_until`` in ``_claim``."""
    mark_dirty(KIND, "one")
    SyncTarget.objects.update(lease_until=clock.wall() + LEASE)
    looking = Lookout()
    assert drive_due({KIND: looking}) == 0
    assert drive_now(KIND, "one", looking) is Driven.TAKEN
    steal_leases()
    SyncTarget.objects.update(lease_until=clock.wall() - timedelta(seconds=1))
    assert drive_due({KIND: looking}) == 1


def test_each_target_has_its_lease_to_itself() -> None:
    """A lease begins when its own look begins, however many looks come before it.

    Red when ``drive_due`` claims all that it is going to look at in one go.
    """
    for number in range(3):
        mark_dirty(KIND, f"{number}")
    held: list[int] = []
    drive_due(
        {
            KIND: Lookout(
                lambda _: held.append(SyncTarget.objects.filter(lease_until__isnull=False).count())
            )
        }
    )
    assert held == [1, 1, 1]


# --- Failing ---


def test_a_poisoned_target_dies_after_twelve_looks_and_slows_nobody() -> None:
    """Red without the ``except Exception`` in ``_drive``: one target would end the round of all."""
    for object_id in ("poison", "a", "b"):
        mark_dirty(KIND, object_id)
    looking = Lookout(
        lambda object_id: raising(ValueError("bad"))("") if object_id == "poison" else None
    )

    drive_due({KIND: looking})
    assert sorted(looking.seen) == ["a", "b", "poison"]
    assert (the_target("poison").attempts, the_target("poison").dead) == (1, False)
    assert drive_due({KIND: looking}) == 0, "a failed look waits before it is tried again"
    for _ in range(ATTEMPTS):
        due_again()
        mark_dirty(KIND, "a")
        drive_due({KIND: looking})

    poison = the_target("poison")
    assert looking.seen.count("poison") == ATTEMPTS
    assert looking.seen.count("a") == ATTEMPTS + 1
    assert (poison.dead, poison.error) == (True, "ValueError: bad")


def test_the_wait_between_failed_looks_doubles_up_to_an_hour() -> None:
    mark_dirty(KIND, "one")
    waits = []
    for _ in range(ATTEMPTS - 1):
        due_again()
        before = clock.wall()
        drive_due({KIND: Lookout(raising(ValueError()))})
        waits.append(round((the_target("one").due - before).total_seconds()))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]


def test_a_dead_target_revives_at_its_next_news() -> None:
    """Red without ``dead = false`` in ``mark_dirty``."""
    mark_dirty(KIND, "one")
    SyncTarget.objects.update(dead=True, attempts=ATTEMPTS, claims=CLAIMS)
    assert drive_due({KIND: Lookout()}) == 0

    mark_dirty(KIND, "one")

    assert (the_target("one").dead, the_target("one").attempts) == (False, 0)
    assert drive_due({KIND: Lookout()}) == 1
    assert not the_target("one").is_dirty


def test_stripe_being_away_for_days_kills_nothing() -> None:
    """Red without ``except Unavailable`` in ``_drive``."""
    mark_dirty(KIND, "one")
    for _ in range(3 * CLAIMS):
        due_again()
        drive_due({KIND: Lookout(raising(Unavailable()))})
        assert the_target("one").due - clock.wall() <= timedelta(seconds=64)
    assert (the_target("one").attempts, the_target("one").dead) == (0, False)
    assert the_target("one").is_dirty


@pytest.mark.parametrize("silences", [CLAIMS - 2, CLAIMS - 1, CLAIMS, 2 * CLAIMS - 1])
def test_one_fault_after_a_long_silence_kills_nothing(silences: int) -> None:
    """Red when looks that Stripe did not answer count among the claims that tell a crasher."""
    mark_dirty(KIND, "one")
    for _ in range(silences):
        due_again()
        drive_due({KIND: Lookout(raising(Unavailable()))})
    due_again()
    drive_due({KIND: Lookout(raising(ValueError()))})
    assert (the_target("one").attempts, the_target("one").dead) == (1, False)


def test_a_target_that_kills_its_workers_dies_without_another_look() -> None:
    """A worker that dies writes nothing; its claim tells. Red without ``CLAIMS`` in ``_drive``."""
    mark_dirty(KIND, "one")
    looks = 0

    class Killed(BaseException):
        pass

    def kill(_: str) -> None:
        nonlocal looks
        looks += 1
        raise Killed

    for _ in range(CLAIMS + 5):
        SyncTarget.objects.update(lease_until=None)
        due_again()
        try:
            drive_due({KIND: Lookout(kill)})
        except Killed:
            continue

    assert the_target("one").dead
    assert looks <= CLAIMS
    assert "worker" in the_target("one").error


def test_news_during_the_last_look_keeps_a_target_alive() -> None:
    """Red when ``_failed`` writes ``dead`` whatever ``gen`` is by then."""
    mark_dirty(KIND, "one")
    SyncTarget.objects.update(attempts=ATTEMPTS - 1)

    def news_and_fail(object_id: str) -> None:
        mark_dirty(KIND, object_id)
        raise ValueError("bad")

    drive_due({KIND: Lookout(news_and_fail)})

    assert (the_target("one").dead, the_target("one").is_dirty) == (False, True)
    due_again()
    assert drive_due({KIND: Lookout()}) == 1
    assert (the_target("one").is_dirty, the_target("one").attempts) == (False, 0)


def test_who_waits_at_a_page_tries_a_poisoned_target_once(sandbox: Sandbox) -> None:
    """Twelve tries in three seconds would kill it. Red when ``refresh`` goes on after FAILED."""
    company = a_paying_company()
    kept = company.organization.entitlements.phases
    rows = Entitlements.objects.filter(organization=company.organization)
    rows.update(phases=[{"written": "by nobody"}])
    targets = SyncTarget.objects.filter(kind=CUSTOMER, object_id=company.customer_id)

    assert not refresh(company.customer_id)

    target = targets.get()
    assert (target.attempts, target.dead, target.is_dirty) == (1, False, True)
    assert "KeyError" in target.error
    rows.update(phases=kept)
    look(company)
    assert targets.get().attempts == 0


# --- Two workers ---


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_look_at_the_same_target() -> None:
    """Red without ``FOR UPDATE SKIP LOCKED`` in ``_claim``."""
    for number in range(40):
        mark_dirty(KIND, f"{number}")
    looking, start = Lookout(), threading.Barrier(3)

    def work() -> None:
        connection.ensure_connection()
        start.wait(timeout=10)
        while drive_due({KIND: looking}):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)

    assert sorted(looking.seen) == sorted(f"{number}" for number in range(40))
    assert len(set(looking.fences)) == 40
    assert not SyncTarget.objects.dirty().exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_what_another_is_claiming() -> None:
    """Red without ``SKIP LOCKED`` in ``_claim``."""
    mark_dirty(KIND, "held")
    mark_dirty(KIND, "free")
    looking = Lookout()

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        drive_due({KIND: looking})
        connection.close()

    with transaction.atomic():
        SyncTarget.objects.select_for_update().get(object_id="held")
        worker = threading.Thread(target=work)
        worker.start()
        worker.join(timeout=10)
        assert looking.seen == ["free"]


def written(company: Company) -> tuple[object, ...]:
    row = company.subscription
    return row.ends_at, row.fence, company.revision, company.phase.standing


@pytest.mark.django_db(transaction=True)
def test_of_two_looks_the_one_that_began_later_counts(sandbox: Sandbox) -> None:
    """The slow look was asked first and answers last, and its lease was stolen meanwhile.

    Red without ``row.fence >= fence`` in ``subscriptions.looks._write``.
    """
    company = a_paying_company()
    subscription_id = company.subscription.subscription_id
    stale = 0
    for turn in range(6):
        mark_dirty(CUSTOMER, company.customer_id)
        sandbox.faults({"path": "/v1/subscriptions", "hang": 0.7, "times": 1})
        slow = threading.Thread(target=_look_and_close, args=(company.customer_id,))
        slow.start()
        _wait_until(lambda: not sandbox.ask("faults")["answers"])
        time.sleep(0.1)  # the slow answer has been written, and is on its way
        sandbox.call(
            f"portal/{'cancel' if turn % 2 == 0 else 'resume'}", subscription=subscription_id
        )
        mark_dirty(CUSTOMER, company.customer_id)
        steal_leases()

        look(company)
        told = written(company)
        slow.join(timeout=20)

        stale += written(company) != told
        assert (company.subscription.ends_at is not None) == (turn % 2 == 0)
    assert stale == 0
    assert not SyncTarget.objects.dirty().filter(kind=CUSTOMER).exists()


def _look_and_close(customer_id: str) -> None:
    drive_now(CUSTOMER, customer_id, look_at_customer)
    connection.close()


def _wait_until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_older_look_writes_nothing(sandbox: Sandbox) -> None:
    """The same law, with the two looks one after the other."""
    company = a_paying_company()
    older = next_fence()
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    look_at_customer(company.customer_id, next_fence())
    told = written(company)
    sandbox.call("portal/resume", subscription=company.subscription.subscription_id)

    look_at_customer(company.customer_id, older)

    assert written(company) == told
    assert Organization.objects.get(pk=company.organization.pk).entitlements.revision == told[2]
