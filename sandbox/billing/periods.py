"""Periods in UTC: months that end where the month ends, counted from one anchor."""

import calendar
from datetime import UTC, datetime

from sandbox.clock import DAY
from sandbox.store import Doc

MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}


def add_months(moment: int, months: int) -> int:
    """The same day and time some months on; the last of the month where there is no such day."""
    start = datetime.fromtimestamp(moment, UTC)
    whole = start.year * 12 + start.month - 1 + months
    year, month = divmod(whole, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def step(anchor: int, recurring: Doc, times: int) -> int:
    """The end of the nth period from an anchor, which keeps its day though February cuts it."""
    interval, count = recurring["interval"], recurring["interval_count"]
    if interval in MONTHS:
        return add_months(anchor, MONTHS[interval] * count * times)
    return anchor + DAYS[interval] * int(count) * times * DAY


def next_end(anchor: int, recurring: Doc, after: int) -> int:
    """The first boundary later than a moment."""
    times = 1
    while step(anchor, recurring, times) <= after:
        times += 1
    return step(anchor, recurring, times)


def next_collection(anchor: int, interval: Doc | None, after: int) -> int | None:
    """When the lines that wait are billed next, where that happens more often than renewals."""
    return None if interval is None else next_end(anchor, {"interval_count": 1} | interval, after)
