"""Reading the log: what the filters mean, and that long logs are read through an index."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from audit.models import AuditEvent
from audit.queries import LogFilter, account_log, organization_log, subject_log
from kernel import clock
from tests.audit.logs import a_person, joined, written

pytestmark = pytest.mark.django_db

LONG = """
INSERT INTO audit_auditevent (name, actor_kind, actor_id, organization_id, subjects, facts,
                              request_id, at, recorded_at)
SELECT (ARRAY['team.created','team.changed','member.joined','portal.opened'])[1 + n % 4],
       'person', 1 + n % 50, 1,
       ARRAY['organization:1', 'user:' || 1 + n % 50, 'team:' || n % 200], '{}', '',
       now() - n * interval '1 hour', now()
FROM generate_series(1, 20000) AS n
"""


@pytest.fixture
def _a_long_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LONG)
        # What autovacuum does in a running service.
        cursor.execute("SELECT gin_clean_pending_list('audit_subjects')")
        cursor.execute("ANALYZE audit_auditevent")


def plan_of(rows: QuerySet[AuditEvent]) -> str:
    return str(rows.explain())


NOW = clock.wall()
FILTERS: dict[str, LogFilter] = {
    "nothing": LogFilter(),
    "kind": LogFilter(kind="portal.opened"),
    "kind that never was": LogFilter(kind="team.deleted"),
    "first word": LogFilter(kind="team"),
    "actor": LogFilter(actor_id=7),
    "actor who did nothing": LogFilter(actor_id=0),
    "subject": LogFilter(subject="team:7"),
    "a day long ago": LogFilter(since=NOW - timedelta(days=700), until=NOW - timedelta(days=699)),
    "everything": LogFilter(
        kind="member",
        actor_id=7,
        subject="team:7",
        since=NOW - timedelta(days=90),
        until=NOW - timedelta(days=30),
    ),
}


@pytest.mark.usefixtures("_a_long_log")
@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_a_page_of_a_long_log_reads_no_whole_table(wanted: LogFilter) -> None:
    """Red without ``audit_organization_newest`` and its sisters."""
    rows = wanted.of(AuditEvent.objects.of_organization(1)).select_related("detail")
    last = AuditEvent.objects.order_by("-pk")[0].pk

    for asked in (rows, rows.filter(pk__lt=last - 10_000)):
        plan = plan_of(asked.order_by("-id")[:51])
        assert "Seq Scan on audit_auditevent" not in plan, plan


@pytest.mark.usefixtures("_a_long_log")
def test_the_logs_of_subjects_and_of_people_read_no_whole_table() -> None:
    rows = AuditEvent.objects.about("project", 7).select_related("detail")

    plan = plan_of(rows.order_by("-id")[:51])

    assert "Seq Scan on audit_auditevent" not in plan, plan
    assert subject_log("project", 7).rows == []


def test_all_filters_hold_at_once() -> None:
    ada, ben = a_person(7, "Ada"), a_person(8, "Ben")
    [early] = written(actor=ada, sealed=False)
    [by_ben] = written(actor=ben, sealed=False)
    about_ben = joined(8, "Ben", by=ada)
    joined(8, "Ben", by=ada, organization=2)

    def found(**asked: Any) -> list[int]:
        return [row.pk for row in organization_log(1, LogFilter(**asked)).rows]

    assert found() == [about_ben.pk, by_ben.pk, early.pk]
    assert found(kind="team") == [by_ben.pk, early.pk]
    assert found(kind="team", actor_id=7) == [early.pk]
    assert found(subject="user:8") == [about_ben.pk, by_ben.pk]
    assert found(subject="user:8", actor_id=7) == [about_ben.pk]
    assert found(since=by_ben.at) == [about_ben.pk, by_ben.pk]
    assert found(until=by_ben.at) == [early.pk]
    assert found(kind="made.up") == []


def test_a_subject_is_followed_from_one_organization_to_another() -> None:
    here = joined(8, "Ben", by=a_person(7), organization=1)
    there = joined(8, "Ben", by=a_person(7), organization=2)

    assert [row.pk for row in subject_log("user", 8).rows] == [there.pk, here.pk]


def test_a_person_is_told_of_others_acts_only_where_they_are_now() -> None:
    ada = a_person(7)
    mine = joined(8, "Ben", by=ada, organization=1)
    here = joined(7, "Ada", by=a_person(8), organization=2)
    joined(7, "Ada", by=a_person(8), organization=3)

    page = account_log(7, organizations=[2])

    assert [row.pk for row in page.rows] == [here.pk, mine.pk]
