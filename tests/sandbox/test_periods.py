"""Months end where the month ends, and the anchor keeps its day."""

from datetime import UTC, datetime

import pytest

from sandbox.billing.lines import prorated
from sandbox.billing.periods import next_end, step

MONTH = {"interval": "month", "interval_count": 1}
YEAR = {"interval": "year", "interval_count": 1}


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, 12, tzinfo=UTC).timestamp())


def test_a_month_from_the_last_day_ends_on_the_last_day_and_returns_to_it() -> None:
    anchor = at(2027, 1, 31)

    assert [step(anchor, MONTH, times) for times in (1, 2, 3)] == [
        at(2027, 2, 28),
        at(2027, 3, 31),
        at(2027, 4, 30),
    ]


def test_a_year_from_a_leap_day() -> None:
    assert step(at(2028, 2, 29), YEAR, 1) == at(2029, 2, 28)
    assert step(at(2028, 2, 29), YEAR, 4) == at(2032, 2, 29)


def test_the_next_end_is_later_than_the_moment_itself() -> None:
    anchor = at(2027, 1, 15)

    assert next_end(anchor, MONTH, anchor) == at(2027, 2, 15)
    assert next_end(anchor, MONTH, at(2027, 2, 15)) == at(2027, 3, 15)
    assert next_end(anchor, {"interval": "week", "interval_count": 2}, anchor) == at(2027, 1, 29)


@pytest.mark.parametrize(
    ("whole", "moment", "part"),
    [(1000, 0, 1000), (1000, 50, 500), (1000, 100, 0), (999, 50, 500), (1, 51, 0), (1000, 200, 0)],
)
def test_a_part_is_counted_by_the_second_and_halves_go_up(
    whole: int, moment: int, part: int
) -> None:
    assert prorated(whole, moment, 0, 100) == part
