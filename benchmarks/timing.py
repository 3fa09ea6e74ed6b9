"""Two ways to spend time, taken turn by turn so that noise meets both alike."""

import time
from collections.abc import Callable
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

ROUNDS, PAIRS = 5, 400


def alternated(
    one: Callable[[int], object], other: Callable[[int], object], *, pairs: int = PAIRS
) -> float:
    """Return how long ``one`` takes in times of ``other``: the median of five medians."""
    ratios = []
    for turn in range(ROUNDS):
        times = [
            (seconds(one, turn * pairs + number), seconds(other, turn * pairs + number))
            for number in range(pairs)
        ]
        ratios.append(median(first for first, _ in times) / median(last for _, last in times))
    return median(ratios)


def seconds(call: Callable[[int], object], number: int) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    call(number)
    return time.perf_counter() - started


def select_one(_: int = 0) -> None:
    """Make one bare round trip."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def queries(call: Callable[[int], object]) -> int:
    """Return how many statements a call sends, those of transactions left out."""
    with CaptureQueriesContext(connection) as captured:
        call(0)
    noise = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(noise) for query in captured)
