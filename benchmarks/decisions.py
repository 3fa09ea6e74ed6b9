"""A decision beside a bare round trip to PostgreSQL, alternated on one connection."""

import time
from collections.abc import Callable
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actors
from orgs.policy import decide, decide_many
from subscriptions.standing import settle
from tests.builders import a_member, a_user, an_actor, an_organization

ROUNDS, PAIRS = 5, 400
PEOPLE = 300


def measure() -> dict[str, str]:
    """Return the figures by name."""
    owner = a_user()
    organization = an_organization(owner=owner)
    for _ in range(PEOPLE):
        a_member(organization)
    actor = actors.person(owner)
    questions = [(actor, "teams:grow", organization)] * 100

    def decided() -> None:
        decide(actor, "teams:grow", organization)

    def settled() -> None:
        settle(organization.pk, actor=an_actor(owner))

    single, bare = _alternated(decided, _select_one)
    batch = _seconds(lambda: decide_many(list(questions)), 30)
    settled()
    return {
        "decision_queries": str(_queries(decided)),
        "decision_vs_select1": f"{single / bare:.2f}",
        "batch100_vs_single": f"{single * 100 / batch:.1f}",
        "settle_queries_at_300_members": str(_queries(settled)),
    }


def _select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _alternated(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Return the medians of both, taken turn by turn so that noise meets both alike."""
    ones, others = [], []
    for _ in range(ROUNDS):
        pairs = [(_timed(one), _timed(other)) for _ in range(PAIRS)]
        ones.append(median(first for first, _ in pairs))
        others.append(median(second for _, second in pairs))
    return median(ones), median(others)


def _seconds(call: Callable[[], object], times: int) -> float:
    return median(_timed(call) for _ in range(times))


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _queries(call: Callable[[], None]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    noise = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(noise) for query in captured)
