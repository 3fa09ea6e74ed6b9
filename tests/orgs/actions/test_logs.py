"""Taking the log out, and keeping it as long as the plan says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from audit.export import Form, lines_of
from audit.models import AuditEvent
from audit.queries import BATCH, LogFilter
from audit.sealing import seal_everything
from audit.verifying import verify
from kernel import clock
from kernel.refusals import Forbidden, Unpaid
from orgs.actions.logs import SECOND_THOUGHTS, export_log
from orgs.entitlements import UNLIMITED, Feature, Limit, Standing
from orgs.models import Organization
from orgs.roles import Role
from orgs.tasks import prune_logs
from tests.audit.logs import run, superuser
from tests.builders import (
    a_member,
    a_phase,
    an_actor,
    an_organization,
    entitle,
    the_owner,
)

DAY = timedelta(days=1)


def a_long_log(organization: Organization, number: int) -> None:
    """Write many events at once, as a year would leave them."""
    moment = clock.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            name="team.created",
            actor_kind="system",
            organization_id=organization.pk,
            facts={"team": f"team-{count}"},
            at=moment,
            recorded_at=moment,
        )
        for count in range(number)
    )


@pytest.mark.django_db
def test_a_long_log_is_read_batch_by_batch_while_it_is_sent() -> None:
    """Red without ``[:batch]`` in ``audit.queries.organization_log_whole``."""
    organization = an_organization()
    a_long_log(organization, 3000)
    before = AuditEvent.objects.count()

    with CaptureQueriesContext(connection) as asked:
        events = export_log(
            organization=organization,
            actor=an_actor(the_owner(organization)),
            form=Form.CSV,
            wanted=LogFilter(),
            filters={},
        )
        opened = len(asked)
        lines = lines_of(events, Form.CSV)
        for _ in range(BATCH // 2):
            next(lines)
        assert len(asked) == opened + 1
        rest = sum(1 for _ in lines)

    reads = [query["sql"] for query in asked.captured_queries[opened:]]
    assert BATCH // 2 + rest == before + 1, "and the header"
    assert len(reads) == before // BATCH + 1
    assert all(f"LIMIT {BATCH}" in sql for sql in reads)


@pytest.mark.django_db
def test_the_file_ends_with_what_was_there_when_it_was_asked_for() -> None:
    organization = an_organization()
    events = export_log(
        organization=organization,
        actor=an_actor(the_owner(organization)),
        form=Form.NDJSON,
        wanted=LogFilter(),
        filters={},
    )
    a_long_log(organization, 3)

    assert [event.name for event in events] == ["organization.founded", "member.joined"]


@pytest.mark.django_db
def test_exporting_asks_policy_first() -> None:
    """Red without ``require`` in ``orgs.actions.logs.export_log``."""
    organization = an_organization(features=[Feature.TEAMS])
    manager = a_member(organization, Role.MANAGER)
    for who, refusal in ((manager, Forbidden), (the_owner(organization), Unpaid)):
        with pytest.raises(refusal):
            export_log(
                organization=organization,
                actor=an_actor(who),
                form=Form.CSV,
                wanted=LogFilter(),
                filters={},
            )
    assert not AuditEvent.objects.filter(name="log.exported").exists()


def keeping(organization: Organization, days: int | None, *, held: timedelta = 90 * DAY) -> None:
    """Let the organization keep its log for some days, and have done so for a while."""
    phase = a_phase(since=clock.now() - held)
    limits = dict(phase.limits) if days is None else {**phase.limits, Limit.AUDIT_DAYS: days}
    entitle(organization, replace(phase, limits=limits))


def in_a_year(at: Callable[..., object]) -> None:
    seal_everything()
    at(clock.wall() + 365 * DAY)


@pytest.mark.django_db(transaction=True)
def test_each_organization_keeps_its_log_as_long_as_its_plan_says(
    at: Callable[..., object],
) -> None:
    kept = [an_organization() for _ in range(5)]
    in_a_year(at)
    for organization, days in zip(kept, (90, 400, UNLIMITED, None, 90), strict=True):
        keeping(organization, days)
    entitle(kept[4], a_phase(Standing.CLOSED, since=clock.now() - 300 * DAY))

    assert prune_logs() == 2
    assert prune_logs() == 0

    left = [AuditEvent.objects.of_organization(each.pk).count() for each in kept]
    assert left == [0, 2, 2, 2, 2]
    assert verify().damage == []


@pytest.mark.django_db(transaction=True)
def test_a_smaller_plan_can_be_thought_over_before_anything_is_dropped(
    at: Callable[..., object],
) -> None:
    """Red without ``SECOND_THOUGHTS`` in ``orgs.actions.logs._days_kept``."""
    organization = an_organization()
    in_a_year(at)

    keeping(organization, 90, held=SECOND_THOUGHTS - DAY)
    assert prune_logs() == 0

    keeping(organization, 90, held=SECOND_THOUGHTS + DAY)
    assert prune_logs() == 2


@pytest.mark.django_db(transaction=True)
def test_a_damaged_log_is_kept_with_an_alarm_and_the_others_are_pruned(
    at: Callable[..., object],
) -> None:
    damaged, sound = an_organization(), an_organization()
    in_a_year(at)
    for each in (damaged, sound):
        keeping(each, 90)
    with superuser():
        run(
            "DELETE FROM audit_auditevent WHERE organization_id = %s AND name = 'member.joined'",
            damaged.pk,
        )

    with capture_logs() as lines:
        assert prune_logs() == 2

    assert [line["stream"] for line in lines] == [f"organization:{damaged.pk}"]
    assert AuditEvent.objects.of_organization(damaged.pk).count() == 1
