"""What opens a gate: sources and a moment in, phases out; and the one writer of the row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgs.entitlements import UNLIMITED, Feature, Limit, Phase, Standing, phase_at
from orgs.models.organization import State
from subscriptions.catalog import BUSINESS, GRACE, PUBLISHING_AFTER_END, TEAM
from subscriptions.models import Grant, Subscription
from subscriptions.standing import FOREVER, Source, of_grant, of_subscription, phases_of

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
BORN = NOW - timedelta(days=400)
OPEN = State.OPEN
SETTLED = settings(derandomize=True, deadline=None, max_examples=200)


def day(number: float) -> datetime:
    """A moment so many days from now."""
    return NOW + timedelta(days=number)


def a_subscription(status: str, **fields: Any) -> Subscription:
    base: dict[str, Any] = {
        "subscription_id": "sub_1",
        "plan_key": "team",
        "interval": "month",
        "quantity": 5,
        "paid_quantity": 5,
        "began_at": day(-100),
        "period_start": day(-10),
        "period_end": day(20),
    }
    return Subscription(status=status, **base | fields)


def a_grant(**fields: Any) -> Grant:
    base: dict[str, Any] = {"kind": "community", "since": day(-100), "until": day(265)}
    return Grant(**base | fields)


def standings(*rows: Subscription | Grant, state: str = OPEN) -> list[tuple[str, datetime]]:
    """What the rows give: each standing with the moment when it begins, repeats left out."""
    found = phases(*rows, state=state)
    return [(str(phase.standing), phase.since) for phase in found]


def phases(*rows: Subscription | Grant, state: str = OPEN) -> list[Phase]:
    sources = [
        source
        for row in rows
        if (source := of_grant(row) if isinstance(row, Grant) else of_subscription(row))
    ]
    return phases_of(sources, state=state, born=BORN, now=NOW)


# --- Every row of the table of standings ---

ACTIVE, GRACE_, RESTRICTED = "active", "grace", "restricted"
RECENTLY = timedelta(days=1)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([a_subscription("active")], [(ACTIVE, NOW)], id="active"),
        pytest.param([a_subscription("trialing")], [(ACTIVE, NOW)], id="trialing"),
        pytest.param(
            [a_subscription("active", ends_at=day(20))],
            [(ACTIVE, NOW), (RESTRICTED, day(20)), (RESTRICTED, day(50))],
            id="active until it ends, then publishing for thirty days",
        ),
        pytest.param(
            [a_subscription("trialing", ends_at=day(3))],
            [(ACTIVE, NOW), (RESTRICTED, day(3)), (RESTRICTED, day(33))],
            id="a trial that ends",
        ),
        pytest.param(
            [a_subscription("past_due", failing_since=day(-2))],
            [(GRACE_, NOW), (RESTRICTED, day(12)), (RESTRICTED, day(42))],
            id="past due: grace from its anchor",
        ),
        pytest.param(
            [a_subscription("unpaid", failing_since=day(-2))],
            [(GRACE_, NOW), (RESTRICTED, day(12)), (RESTRICTED, day(42))],
            id="unpaid: the same ladder",
        ),
        pytest.param(
            [a_subscription("past_due", failing_since=day(-20))],
            [(RESTRICTED, NOW), (RESTRICTED, day(24))],
            id="past due, its grace over",
        ),
        pytest.param(
            [a_subscription("past_due", failing_since=day(-60))],
            [(RESTRICTED, NOW)],
            id="past due, all over",
        ),
        pytest.param(
            [a_subscription("past_due", failing_since=day(-2), ends_at=day(5))],
            [(GRACE_, NOW), (RESTRICTED, day(5)), (RESTRICTED, day(35))],
            id="past due and ending before its grace",
        ),
        pytest.param(
            [a_subscription("past_due", failing_since=None)],
            [(GRACE_, NOW), (RESTRICTED, day(4)), (RESTRICTED, day(34))],
            id="past due with no invoice to tell since when: since its period began",
        ),
        pytest.param(
            [a_subscription("canceled", ended_at=day(-1))],
            [(RESTRICTED, NOW), (RESTRICTED, day(29))],
            id="canceled",
        ),
        pytest.param(
            [
                a_subscription(
                    "canceled", ended_at=day(-1), ended_by_failure=True, failing_since=day(-4)
                )
            ],
            [(GRACE_, NOW), (RESTRICTED, day(10)), (RESTRICTED, day(40))],
            id="canceled because payment failed, before our date: grace until that date",
        ),
        pytest.param(
            [
                a_subscription(
                    "canceled", ended_at=day(-1), ended_by_failure=True, failing_since=day(-20)
                )
            ],
            [(RESTRICTED, NOW), (RESTRICTED, day(24))],
            id="canceled because payment failed, after our date: as if it still failed",
        ),
        pytest.param([a_subscription("incomplete")], [(RESTRICTED, NOW)], id="incomplete"),
        pytest.param(
            [a_subscription("incomplete_expired", ended_at=day(-1))],
            [(RESTRICTED, NOW)],
            id="incomplete and expired",
        ),
        pytest.param([a_subscription("paused")], [(RESTRICTED, NOW)], id="paused"),
        pytest.param([a_subscription("dreaming")], [(RESTRICTED, NOW)], id="a status of tomorrow"),
        pytest.param(
            [a_subscription("active", plan_key="")], [(RESTRICTED, NOW)], id="of no plan we know"
        ),
        pytest.param(
            [a_grant()],
            [
                (ACTIVE, NOW),
                (GRACE_, day(265)),
                (RESTRICTED, day(279)),
                (RESTRICTED, day(309)),
            ],
            id="a grant in term",
        ),
        pytest.param(
            [a_grant(until=day(-3))],
            [(GRACE_, NOW), (RESTRICTED, day(11)), (RESTRICTED, day(41))],
            id="a grant past its term",
        ),
        pytest.param(
            [a_grant(ended_at=day(-3))],
            [(RESTRICTED, NOW), (RESTRICTED, day(27))],
            id="a grant that somebody ended has no grace",
        ),
        pytest.param([], [(RESTRICTED, NOW)], id="never paid"),
        pytest.param(
            [
                a_subscription("canceled", ended_at=day(-1)),
                a_subscription("active", subscription_id="sub_2"),
            ],
            [(ACTIVE, NOW)],
            id="a dead one beside a live one",
        ),
        pytest.param(
            [
                a_subscription("incomplete_expired"),
                a_subscription("past_due", failing_since=day(-2), subscription_id="sub_2"),
            ],
            [(GRACE_, NOW), (RESTRICTED, day(12)), (RESTRICTED, day(42))],
            id="a dead attempt beside a failing one",
        ),
        pytest.param(
            [
                a_subscription("past_due", failing_since=day(-2)),
                a_subscription("active", ends_at=day(5), subscription_id="sub_2"),
            ],
            [(ACTIVE, NOW), (GRACE_, day(5)), (RESTRICTED, day(12)), (RESTRICTED, day(42))],
            id="the best of two, at each moment",
        ),
        pytest.param(
            [a_subscription("past_due", failing_since=day(-2)), a_grant()],
            [
                (ACTIVE, NOW),
                (GRACE_, day(265)),
                (RESTRICTED, day(279)),
                (RESTRICTED, day(309)),
            ],
            id="a grant beside a failing one",
        ),
    ],
)
def test_what_the_rows_give(
    rows: list[Subscription | Grant], expected: list[tuple[str, datetime]]
) -> None:
    found = [
        (standing, since)
        for standing, since in standings(*rows)
        if standing != ACTIVE or (standing, since) in expected or since == NOW
    ]
    # What a second source adds or ends within one standing is another test's matter.
    assert found == expected


@pytest.mark.parametrize(
    ("state", "standing"), [(State.CLOSING, "closing"), (State.CLOSED, "closed")]
)
def test_an_organization_that_closes_has_nothing_whatever_it_pays(
    state: str, standing: str
) -> None:
    (phase,) = phases(a_subscription("active"), a_grant(), state=state)
    assert phase.standing == standing
    assert (phase.features, phase.limits) == (frozenset(), {})
    assert (phase.may_publish, phase.may_raise_bill, phase.grows()) == (False, False, False)


def test_what_is_paid_for_holds_in_grace_but_nothing_may_raise_the_bill() -> None:
    active, failing = a_subscription("active"), a_subscription("past_due", failing_since=day(-2))
    before, during = phases(active)[0], phases(failing)[0]
    assert during == replace(before, standing=Standing.GRACE, may_raise_bill=False)


def test_in_grace_the_seats_are_those_that_were_paid_last() -> None:
    failing = a_subscription("past_due", failing_since=day(-2), quantity=9, paid_quantity=5)
    assert phases(failing)[0].limits[Limit.SEATS] == 5


def test_after_the_end_publishing_stays_open_for_thirty_days() -> None:
    open_, closed = phases(a_subscription("canceled", ended_at=day(-1)))
    assert (open_.may_publish, closed.may_publish) == (True, False)
    assert closed.since == day(29)
    assert timedelta(days=30) == PUBLISHING_AFTER_END


def test_who_never_paid_may_publish_for_thirty_days_from_the_founding() -> None:
    young = phases_of([], state=OPEN, born=day(-10), now=NOW)
    assert [(p.since, p.may_publish) for p in young] == [(NOW, True), (day(20), False)]
    old = phases_of([], state=OPEN, born=day(-31), now=NOW)
    assert [(p.since, p.may_publish) for p in old] == [(NOW, False)]


def test_publishing_that_was_closed_is_not_opened_again_by_the_end_of_a_failed_subscription() -> (
    None
):
    """Red when rights of a subscription that failed count until it was canceled."""
    failing = a_subscription("past_due", failing_since=day(-60))
    canceled = a_subscription(
        "canceled", failing_since=day(-60), ended_at=day(-1), ended_by_failure=True
    )
    assert [p.may_publish for p in phases(failing)] == [False]
    assert [p.may_publish for p in phases(canceled)] == [False]


def test_features_of_two_sources_are_united_and_the_larger_number_counts() -> None:
    """Red when ``_phase_at`` takes features or limits of the best source only."""
    team = a_subscription("active", quantity=9)
    business = a_subscription("active", plan_key="business", quantity=2, subscription_id="sub_2")
    (phase,) = phases(team, business)
    assert phase.features == TEAM.features | BUSINESS.features
    assert phase.limits == {
        Limit.SEATS: 9,
        Limit.PRIVATE_PROJECTS: UNLIMITED,
        Limit.AUDIT_DAYS: UNLIMITED,
    }
    (phase,) = phases(a_subscription("active"), a_grant(until=day(3000) + GRACE))[:1]
    assert phase.limits[Limit.SEATS] == UNLIMITED
    assert phase.limits[Limit.PRIVATE_PROJECTS] == 10
    assert Feature.PRIVATE_PROJECTS in phase.features


def test_what_one_of_two_adds_goes_when_it_ends() -> None:
    team = a_subscription("active", quantity=9, ends_at=day(4))
    business = a_subscription("active", plan_key="business", quantity=2, subscription_id="sub_2")
    both, alone = phases(team, business)
    assert (both.limits[Limit.SEATS], alone.limits[Limit.SEATS]) == (9, 2)
    assert alone.since == day(4)


# --- Laws of the function ---

moments = st.integers(-500, 500).map(lambda hours: NOW + timedelta(hours=hours))
sources = st.builds(
    lambda first, second, features, seats: Source(
        min(first, second), max(first, second), frozenset(features), {Limit.SEATS: seats}
    ),
    moments | st.just(FOREVER),
    moments | st.just(FOREVER),
    st.sets(st.sampled_from(list(Feature))),
    st.integers(0, 9) | st.just(UNLIMITED),
)


@SETTLED
@given(st.lists(sources, max_size=4), st.data())
def test_the_order_of_sources_changes_nothing(given_: list[Source], data: st.DataObject) -> None:
    other = data.draw(st.permutations(given_))
    doubled = [
        *other,
        *data.draw(st.lists(st.sampled_from(given_), max_size=2) if given_ else st.just([])),
    ]
    told = phases_of(given_, state=OPEN, born=BORN, now=NOW)
    assert phases_of(other, state=OPEN, born=BORN, now=NOW) == told
    assert phases_of(doubled, state=OPEN, born=BORN, now=NOW) == told


@SETTLED
@given(st.lists(sources, max_size=4), st.integers(0, 900))
def test_what_was_foretold_is_what_comes(given_: list[Source], hours: int) -> None:
    """A row written early answers at any later moment as one written then: so no job is needed."""
    later = NOW + timedelta(hours=hours)
    foretold = phase_at(phases_of(given_, state=OPEN, born=BORN, now=NOW), later)
    then = phases_of(given_, state=OPEN, born=BORN, now=later)
    assert replace(foretold[1], since=later) == then[0]
    assert foretold[2] == (then[1].since if len(then) > 1 else None)


@SETTLED
@given(st.lists(sources, max_size=4))
def test_phases_are_in_order_and_each_changes_something(given_: list[Source]) -> None:
    told = phases_of(given_, state=OPEN, born=BORN, now=NOW)
    since = [phase.since for phase in told]
    assert since == sorted(set(since))
    assert since[0] == NOW
    for one, other in pairwise(told):
        assert replace(other, since=one.since) != one
    assert [Phase.from_json(phase.to_json()) for phase in told] == told


@SETTLED
@given(st.lists(sources, max_size=3), sources)
def test_another_source_never_takes_anything_away(given_: list[Source], more: Source) -> None:
    rank = [Standing.RESTRICTED, Standing.GRACE, Standing.ACTIVE]
    before = phases_of(given_, state=OPEN, born=BORN, now=NOW)[0]
    after = phases_of([*given_, more], state=OPEN, born=BORN, now=NOW)[0]
    assert rank.index(after.standing) >= rank.index(before.standing)
    assert after.features >= before.features
    assert after.may_publish >= before.may_publish
    for limit, number in before.limits.items():
        assert after.limits[limit] == UNLIMITED or number <= after.limits[limit]
