"""What travels upward: every listener hears, at least once, whatever fails between."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from structlog.testing import capture_logs

import saas.listeners
from audit import outbox
from audit.models import AuditEvent, Delivery
from audit.outbox import ATTEMPTS, LEASE, Table
from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM
from orgs.events import OrganizationFounded

FOUNDED = OrganizationFounded(organization="acme", kind="company")


class Ears:
    """Listeners that note what they hear."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.faults = 0

    def listen(self, event: AuditEvent) -> None:
        """Hear."""
        self.heard.append(event.pk)

    def stumble(self, event: AuditEvent) -> None:  # noqa: ARG002 -- a listener
        """Fail."""
        self.faults += 1
        raise ValueError("not today")

    def stumble_once(self, event: AuditEvent) -> None:
        """Fail the first time, then hear."""
        if not self.faults:
            self.stumble(event)
        self.listen(event)


@pytest.fixture
def ears() -> Iterator[Ears]:
    yield Ears()
    saas.listeners.install()


def install(*listeners: Callable[[AuditEvent], None], wake: Callable[[int], None]) -> None:
    table: Table = {FOUNDED.name: listeners}
    outbox.install([table], wake=wake)


def asleep(_event_id: int) -> None:
    """Be a broker that is gone, or a process that died after its commit."""


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_listener_hears_after_commit_and_not_before(ears: Ears) -> None:
    install(ears.listen, wake=outbox.deliver)

    with transaction.atomic():
        event = record(FOUNDED, actor=SYSTEM)
        assert ears.heard == []

    assert ears.heard == [event.pk]
    assert states() == {"heard"}


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_heard_by_nobody(ears: Ears) -> None:
    install(ears.listen, wake=outbox.deliver)

    with transaction.atomic():
        record(FOUNDED, actor=SYSTEM)
        transaction.set_rollback(True)

    outbox.sweep()
    assert ears.heard == []


@pytest.mark.django_db
def test_the_sweep_finds_what_was_never_announced(ears: Ears) -> None:
    install(ears.listen, wake=asleep)
    event = record(FOUNDED, actor=SYSTEM)

    assert outbox.sweep() == 1
    assert outbox.sweep() == 0

    assert ears.heard == [event.pk]


@pytest.mark.django_db
def test_announcing_twice_is_hearing_once(ears: Ears) -> None:
    install(ears.listen, wake=asleep)
    event = record(FOUNDED, actor=SYSTEM)

    outbox.deliver(event.pk)
    outbox.deliver(event.pk)

    assert ears.heard == [event.pk]


@pytest.mark.django_db
def test_a_failing_listener_does_not_silence_the_others(ears: Ears) -> None:
    """Red without the ``except Exception`` in ``audit.outbox._drive``."""
    install(ears.stumble, ears.listen, wake=asleep)
    event = record(FOUNDED, actor=SYSTEM)

    with capture_logs() as lines:
        outbox.deliver(event.pk)

    assert ears.heard == [event.pk]
    assert [line["listener"].split(".")[-1] for line in lines] == ["stumble"]
    assert states() == {"heard", "waiting"}
    assert Delivery.objects.get(state="waiting").error == "ValueError"  # its words may name people


@pytest.mark.django_db
def test_what_failed_is_tried_again_later(ears: Ears) -> None:
    install(ears.stumble_once, wake=asleep)
    event = record(FOUNDED, actor=SYSTEM)
    outbox.sweep()
    assert ears.heard == []
    assert outbox.sweep() == 0, "not at once"

    with time_machine.travel(clock.wall() + timedelta(minutes=1)):
        outbox.sweep()

    assert ears.heard == [event.pk]
    assert states() == {"heard"}


@pytest.mark.django_db
def test_a_listener_that_always_fails_is_given_up_and_kept_to_look_at(ears: Ears) -> None:
    install(ears.stumble, wake=asleep)
    record(FOUNDED, actor=SYSTEM)

    for hours in range(3 * ATTEMPTS):
        with time_machine.travel(clock.wall() + timedelta(hours=2 * hours)):
            outbox.sweep()

    assert ears.faults == ATTEMPTS
    assert states() == {"dead"}


@pytest.mark.django_db
def test_a_worker_that_died_while_listening_is_followed_by_another(ears: Ears) -> None:
    install(ears.listen, wake=asleep)
    event = record(FOUNDED, actor=SYSTEM)
    Delivery.objects.create(
        event=event,
        listener=f"{__name__}.Ears.listen",
        due=clock.wall() + LEASE,  # claimed by one that is gone
        attempts=1,
    )
    assert outbox.sweep() == 0

    with time_machine.travel(clock.wall() + LEASE + timedelta(seconds=1)):
        outbox.sweep()

    assert ears.heard == [event.pk]


@pytest.mark.django_db
def test_a_delivery_that_another_worker_took_meanwhile_is_left_to_them(ears: Ears) -> None:
    """Red without ``if not claimed`` in ``audit.outbox._drive``."""

    def be_overtaken(_event: AuditEvent) -> None:
        outbox.sweep()  # another worker, while this one has both deliveries on its list

    install(be_overtaken, ears.listen, wake=asleep)
    event = record(FOUNDED, actor=SYSTEM)

    outbox.sweep()

    assert ears.heard == [event.pk]


@pytest.mark.django_db
def test_a_listener_that_is_gone_from_the_release_is_not_waited_for(ears: Ears) -> None:
    install(ears.listen, wake=asleep)
    event = record(FOUNDED, actor=SYSTEM)
    Delivery.objects.create(event=event, listener="orgs.old.listener", due=clock.wall())

    outbox.sweep()

    assert states() == {"heard"}


@pytest.mark.django_db
def test_nobody_listens_to_what_nobody_asked_for(ears: Ears) -> None:
    outbox.install([], wake=asleep)

    record(FOUNDED, actor=SYSTEM)

    assert outbox.sweep() == 0
    assert Delivery.objects.count() == 0
