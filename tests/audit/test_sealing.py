"""Sealing: after the transaction, once, in order, whoever comes at the same time."""

from collections.abc import Callable
from threading import Barrier, Thread
from time import monotonic
from typing import TypeVar

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEvent, AuditHead, AuditSeal, UnsealedEvent
from audit.record import record
from audit.sealing import seal_everything, seal_some
from audit.tasks import seal_log
from audit.verifying import verify
from kernel.actor import SYSTEM, Actor, ActorKind
from orgs.events import TeamCreated
from tests.audit.logs import Somewhere, a_person, run, superuser, written

pytestmark = pytest.mark.django_db(transaction=True)


Given = TypeVar("Given")


def elsewhere(act: Callable[[], Given]) -> Given:
    """Do something on another connection, and return what it gave."""
    found: list[Given] = []

    def go() -> None:
        try:
            found.append(act())
        finally:
            connection.close()

    thread = Thread(target=go)
    thread.start()
    thread.join(timeout=30)
    return found[0]


def test_events_get_a_position_and_the_number_of_their_stream() -> None:
    ada = a_person(7)
    [one] = written(organization=1, sealed=False)
    [two] = written(organization=2, sealed=False)
    [three] = written(organization=1, actor=ada, sealed=False)
    [four] = written(organization=None, actor=ada, sealed=False)
    [five] = written(organization=None, sealed=False)
    [six] = written(organization=None, actor=Actor(ActorKind.HOST, credential_id=3), sealed=False)

    assert seal_everything() == 6

    seals = AuditSeal.objects.order_by("position").values_list(
        "position", "event_id", "stream", "number"
    )
    assert list(seals) == [
        (1, one.pk, "organization:1", 1),
        (2, two.pk, "organization:2", 1),
        (3, three.pk, "organization:1", 2),
        (4, four.pk, "user:7", 1),
        (5, five.pk, "system", 1),
        (6, six.pk, "host:3", 1),
    ]
    assert AuditHead.objects.get(stream="*").number == 6
    assert verify().damage == []


def test_sealing_twice_is_sealing_once() -> None:
    written(3, sealed=False)

    assert (seal_log(), seal_log()) == (3, 0)

    assert AuditSeal.objects.count() == 3
    assert UnsealedEvent.objects.count() == 0


def test_the_chain_goes_on_from_batch_to_batch() -> None:
    written(7, sealed=False)

    assert seal_everything(batch=3) == 7

    assert [seal.number for seal in AuditSeal.objects.order_by("position")] == [*range(1, 8)]
    assert verify().damage == []


def test_an_event_of_an_open_transaction_is_not_overtaken() -> None:
    """Red without ``pg_snapshot_xmin`` in ``audit.sealing.RIPE``: what was written later, and
    committed first, would stand in front of it for ever.
    """
    with transaction.atomic():
        early = record(TeamCreated(team="early"), actor=SYSTEM, organization=Somewhere(1))
        [late] = elsewhere(lambda: written(sealed=False))

        assert elsewhere(seal_everything) == 0
        assert seal_everything() == 0, "nor its own, not yet committed"

    assert seal_everything() == 2
    order = AuditSeal.objects.order_by("position").values_list("event_id", flat=True)
    assert list(order) == [early.pk, late.pk]


def test_what_a_sealer_itself_has_not_committed_is_not_sealed() -> None:
    """Red without ``pg_current_xact_id_if_assigned`` in ``audit.sealing.RIPE``."""
    with transaction.atomic():
        record(TeamCreated(team="early"), actor=SYSTEM, organization=Somewhere(1))
        assert seal_everything() == 0

    assert seal_everything() == 1


def test_what_came_with_a_dump_of_another_server_is_sealed_too() -> None:
    """Red without the second half of ``audit.sealing.RIPE``."""
    written(2, sealed=False)
    UnsealedEvent.objects.update(xid=2**60)

    assert seal_everything() == 2


def test_two_sealers_at_once_seal_everything_once() -> None:
    """Red without ``pg_try_advisory_xact_lock`` in ``audit.sealing.seal_some``: both then give the
    same positions, and one dies of it.
    """
    for _ in range(6):
        written(40, sealed=False)
        start, faults = Barrier(2), list[Exception]()

        def seal(start: Barrier = start, faults: list[Exception] = faults) -> None:
            start.wait(timeout=10)
            end = monotonic() + 20
            try:
                while UnsealedEvent.objects.exists() and monotonic() < end:
                    seal_some(batch=7)
            except DatabaseError as fault:
                faults.append(fault)
            finally:
                connection.close()

        threads = [Thread(target=seal) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

        assert faults == []
    assert AuditSeal.objects.count() == AuditEvent.objects.count() == 240
    assert verify().damage == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditseal SET number = number + 1",
        "DELETE FROM audit_auditseal",
        "TRUNCATE audit_auditseal",
        "TRUNCATE audit_auditcheckpoint",
        "SET LOCAL audit.pruning = 'yes'; DELETE FROM audit_auditseal",
        "SET LOCAL audit.pruning = 'yes'; DELETE FROM audit_auditevent",
        "INSERT INTO audit_auditcheckpoint SELECT stream, number, hash, now() FROM audit_auditseal",
        "SET LOCAL audit.pruning = 'yes';"
        "INSERT INTO audit_auditcheckpoint SELECT stream, number, 'x', now() FROM audit_auditseal",
    ],
)
def test_the_database_refuses_to_change_seals(sql: str) -> None:
    written(2)

    with pytest.raises(DatabaseError, match=r"append-only|left by pruning"), transaction.atomic():
        run(sql)


def test_seals_are_told_apart_from_what_a_superuser_wrote() -> None:
    """Two events of one number cannot stand beside each other, even without the triggers."""
    written(2)

    with superuser(), pytest.raises(DatabaseError, match="seal_once_per_number"):
        run("UPDATE audit_auditseal SET number = 1")
