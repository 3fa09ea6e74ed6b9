"""Pruning: the oldest part, through one function, and what stays is still verified."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditCheckpoint, AuditDetail, AuditEvent, AuditSeal, Delivery
from audit.pruning import prune
from audit.verifying import verify
from kernel import clock
from tests.audit.logs import run, superuser, written

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "organization:1"
DAY = timedelta(days=1)


def a_log_of(days: int) -> list[AuditEvent]:
    """Return one event a day, the last of them today, and one of another organization."""
    start = clock.wall() - DAY * (days - 1)
    events = []
    for day in range(days):
        with clock.held_at(start + DAY * day):
            events += written(organization=1)
            written(organization=2)
    return events


def test_the_oldest_part_goes_and_the_rest_is_verified_from_the_checkpoint() -> None:
    events = a_log_of(10)
    Delivery.objects.create(event=events[0], listener="somebody", due=clock.wall())
    seventh = AuditSeal.objects.get(stream=STREAM, number=6).hash

    assert prune(STREAM, before=clock.wall() - DAY * 3.5) == 6
    assert prune(STREAM, before=clock.wall() - DAY * 3.5) == 0

    left = AuditEvent.objects.of_organization(1).order_by("pk")
    assert [event.pk for event in left] == [event.pk for event in events[6:]]
    assert AuditEvent.objects.of_organization(2).count() == 10
    assert Delivery.objects.count() == 0
    assert AuditDetail.objects.count() == 14
    checkpoint = AuditCheckpoint.objects.get()
    assert (checkpoint.stream, checkpoint.number, checkpoint.hash) == (STREAM, 6, seventh)
    verdict = verify()
    assert verdict.damage == []
    assert (verdict.pruned, verdict.checked) == (6, 14)


def test_pruning_goes_on_in_batches_and_the_log_goes_on_after_it() -> None:
    a_log_of(7)

    assert prune(STREAM, before=clock.wall() + DAY, batch=2) == 7
    written(2, organization=1)

    assert list(AuditSeal.objects.filter(stream=STREAM).values_list("number", flat=True)) == [8, 9]
    assert verify().damage == []
    assert prune(STREAM, before=clock.wall() + DAY) == 2
    assert verify().damage == []


def test_what_is_not_sealed_is_not_pruned() -> None:
    written(2, sealed=False)

    assert prune(STREAM, before=clock.wall() + DAY) == 0
    assert AuditEvent.objects.count() == 2


def test_a_damaged_part_is_not_swept_under_the_checkpoint() -> None:
    """Red without the comparison of ROW_COUNT in ``audit_prune``."""
    events = a_log_of(5)
    with superuser():
        run("DELETE FROM audit_auditevent WHERE id = %s", events[1].pk)

    with pytest.raises(DatabaseError, match="damaged"):
        prune(STREAM, before=clock.wall() + DAY)

    assert AuditCheckpoint.objects.count() == 0
    assert AuditEvent.objects.of_organization(1).count() == 4


def test_behind_the_checkpoint_nothing_else_can_be_deleted() -> None:
    """Red without the EXISTS in ``audit_refuse_change``."""
    a_log_of(4)
    prune(STREAM, before=clock.wall() - DAY * 1.5)

    for table in ("audit_auditevent", "audit_auditseal", "audit_auditcheckpoint"):
        for words in ("", "SET LOCAL audit.pruning = 'yes';"):
            sql = f"{words} DELETE FROM {table}"  # noqa: S608 -- the words of this test
            with pytest.raises(DatabaseError, match=r"refused"), transaction.atomic():
                run(sql)

    assert verify().damage == []


def test_the_way_is_closed_again_after_the_function() -> None:
    a_log_of(2)
    with transaction.atomic():
        prune(STREAM, before=clock.wall() + DAY)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('audit.pruning', true)")
            assert cursor.fetchone()[0] in (None, "")


def test_nobody_but_the_owner_may_call_the_function() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosecdef, proacl::text FROM pg_proc WHERE proname = 'audit_prune'")
        is_definer, rights = cursor.fetchone()
    assert is_definer
    assert "{=X" not in rights
    assert ",=X" not in rights
