"""What staff set beside what is paid for: dated, with a reason, and over by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Invalid, NotFound
from orgs.entitlements import UNLIMITED, Feature, Limit, Standing
from orgs.matrix import STAFF_MATRIX
from orgs.models import Organization
from subscriptions.actions.overrides import Setting, end_override, set_override
from subscriptions.actions.staff import LONGEST
from subscriptions.explaining import explain, explain_all
from subscriptions.models import Override
from tests.builders import a_user, an_actor
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import Company, a_company, a_failing_company, a_paying_company, look

pytestmark = pytest.mark.django_db
EXPORT = Setting("feature", Feature.AUDIT_EXPORT)
SEATS = Setting("limit", Limit.SEATS, 9)
GRACE = Setting("grace")


def staff(role: str = "billing") -> Actor:
    person = a_user(staff_role=role)
    return replace(an_actor(person), staff_role=role).as_staff()


def a_day(days: float = 10) -> datetime:
    return clock.now() + timedelta(days=days)


def setting(company: Company, what: Setting, **more: Any) -> Override:
    asked: dict[str, Any] = {"until": a_day(), "reason": "Promised by phone.", "actor": staff()}
    return set_override(organization=company.organization, setting=what, **asked | more)


def standing_at(company: Company, days: float) -> str:
    row = Organization.objects.get(pk=company.organization.pk).entitlements
    return row.holding(a_day(days)).standing


def test_a_feature_and_a_number_are_set_and_end_by_themselves(sandbox: Sandbox) -> None:
    """Red without ``_overridden``, or without the turns of overrides in ``phases_of``."""
    company = a_paying_company()
    assert Feature.AUDIT_EXPORT not in company.phase.features

    until = a_day()
    setting(company, EXPORT, until=until)
    setting(company, SEATS, until=until)

    now, later = company.phases
    assert (Feature.AUDIT_EXPORT in now.features, now.limits[Limit.SEATS]) == (True, 9)
    assert (Feature.AUDIT_EXPORT in later.features, later.limits[Limit.SEATS]) == (False, 3)
    assert later.since == until


def test_the_later_of_two_counts_and_no_limit_is_a_number(sandbox: Sandbox) -> None:
    company = a_paying_company()
    setting(company, SEATS)
    with clock.held_at(a_day(0.01)):
        setting(company, Setting("limit", Limit.SEATS, UNLIMITED))
        assert company.phase.limits[Limit.SEATS] == UNLIMITED


def test_more_grace_keeps_what_fails_open_and_never_closes_it_earlier(sandbox: Sandbox) -> None:
    """Red without ``_with_more_grace``."""
    company = a_failing_company(sandbox)
    assert (standing_at(company, 13), standing_at(company, 15)) == ("grace", "restricted")

    setting(company, GRACE, until=a_day(3))
    assert standing_at(company, 13) == "grace"
    setting(company, GRACE, until=a_day(40))

    assert (standing_at(company, 39), standing_at(company, 41)) == ("grace", "restricted")
    sandbox.advance(days=20)
    look(company)
    assert company.phase.standing == Standing.GRACE


def test_more_grace_opens_again_what_had_closed(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    sandbox.advance(days=20)
    look(company)
    assert standing_at(company, 0) == Standing.RESTRICTED

    setting(company, GRACE, until=a_day(5))

    assert standing_at(company, 0) == Standing.GRACE
    assert standing_at(company, 6) == Standing.RESTRICTED


def test_nothing_opens_where_nothing_is_paid(sandbox: Sandbox) -> None:
    company = a_company()

    for what in (EXPORT, SEATS, GRACE):
        setting(company, what)

    assert company.phase.standing == Standing.RESTRICTED
    assert company.phase.features == frozenset()


def test_it_can_be_ended_before_its_day_and_twice_is_once(sandbox: Sandbox) -> None:
    company = a_paying_company()
    override = setting(company, EXPORT)
    assert setting(company, EXPORT, until=override.until).pk == override.pk
    events = AuditEvent.objects.filter(name__startswith="override.")

    for _ in range(2):
        end_override(
            organization=company.organization,
            override_id=override.pk,
            reason="It was a mistake.",
            actor=staff(),
        )

    assert Feature.AUDIT_EXPORT not in company.phase.features
    assert [event.name for event in events.order_by("pk")] == ["override.set", "override.ended"]
    assert events.latest("pk").facts["why"] == "It was a mistake."


@pytest.mark.parametrize(
    ("what", "more", "field"),
    [
        (Setting("feature", "telepathy"), {}, "setting"),
        (Setting("limit", Feature.TEAMS, 3), {}, "setting"),
        (Setting("grace", Feature.TEAMS), {}, "setting"),
        (Setting("wishes"), {}, "setting"),
        (Setting("limit", Limit.SEATS), {}, "number"),
        (Setting("limit", Limit.SEATS, -2), {}, "number"),
        (Setting("limit", Limit.SEATS, 10**9), {}, "number"),
        (Setting("feature", Feature.TEAMS, 3), {}, "number"),
        (EXPORT, {"reason": "  "}, "reason"),
        (EXPORT, {"reason": "x" * 301}, "reason"),
        (EXPORT, {"until": datetime(2020, 1, 1, tzinfo=clock.wall().tzinfo)}, "until"),
        (EXPORT, {"until": clock.wall() + LONGEST + timedelta(days=9)}, "until"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(
    sandbox: Sandbox, what: Setting, more: dict[str, Any], field: str
) -> None:
    company = a_paying_company()

    with pytest.raises(Invalid) as refused:
        setting(company, what, **more)

    assert refused.value.field == field
    assert not Override.objects.exists()


@pytest.mark.parametrize("role", ["reviewer", "support", "billing", "admin", ""])
def test_only_who_may_change_money_does(sandbox: Sandbox, role: str) -> None:
    """Red without ``require_staff`` in ``set_override`` and ``end_override``."""
    company = a_paying_company()
    override = setting(company, EXPORT)
    may = role in STAFF_MATRIX["money:change"]
    actor = staff(role) if role else an_actor(company.owner)
    doings: tuple[Callable[[], object], ...] = (
        lambda: setting(company, SEATS, actor=actor),
        lambda: end_override(
            organization=company.organization, override_id=override.pk, reason="x", actor=actor
        ),
    )

    for do in doings:
        if may:
            do()
        else:
            with pytest.raises(NotFound):
                do()


def test_the_override_of_another_organization_is_not_found(sandbox: Sandbox) -> None:
    mine, other = a_paying_company("anvils"), a_company("bellows")
    override = setting(mine, EXPORT)

    with pytest.raises(NotFound):
        end_override(
            organization=other.organization, override_id=override.pk, reason="x", actor=staff()
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"until": clock.wall() - timedelta(days=9000)},
        {"key": "telepathy"},
        {"kind": "limit"},
        {"number": 3},
    ],
)
def test_the_database_refuses_what_makes_no_sense(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    override = setting(a_paying_company(), EXPORT)

    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(**wrong)


def test_each_contribution_is_told(sandbox: Sandbox) -> None:
    company = a_paying_company()
    setting(company, SEATS)
    setting(company, GRACE)

    seats = explain(company.organization, Limit.SEATS)
    export = explain(company.organization, Feature.AUDIT_EXPORT)

    assert (seats.answer, export.answer) == (9, False)
    assert [(each.name, each.counts, each.gives) for each in seats.contributions] == [
        ("subscription of the Team plan", "active", 3),
        ("staff: Promised by phone.", "set", 9),
        ("staff: Promised by phone.", "set", None),
    ]
    assert [each.gives for each in export.contributions] == [False, None]


def test_all_of_them_are_told_from_one_reading(
    sandbox: Sandbox, django_assert_max_num_queries: Any
) -> None:
    """Red when each feature and limit reads the rows anew."""
    company = a_paying_company()
    setting(company, SEATS)
    with django_assert_max_num_queries(8):
        told = explain_all(company.organization)

    assert [each.of for each in told] == [*Feature, *Limit]
    assert told == [explain(company.organization, each.of) for each in told]
