"""Times in plain words, exact on hover."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from saas.look import moments

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Hold = Callable[[datetime], datetime]


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


def test_a_time_is_words_for_people_and_utc_for_machines() -> None:
    assert render("{% moment at %}", at=NOON) == (
        '<time datetime="2026-11-22T12:00:00Z" title="2026-11-22 12:00:00 UTC">'
        "22 November 2026, 12:00 UTC</time>"
    )


def test_words_follow_the_reader_s_zone_and_machines_stay_in_utc() -> None:
    with timezone.override("Asia/Tokyo"):
        html = render("{% moment at %}", at=NOON)

    assert ">22 November 2026, 21:00 JST<" in html
    assert 'datetime="2026-11-22T12:00:00Z"' in html


def test_a_day_has_no_hour() -> None:
    assert render("{% moment at %}", at=date(2026, 12, 1)) == (
        '<time datetime="2026-12-01" title="2026-12-01">1 December 2026</time>'
    )


def test_no_time_is_said_as_told() -> None:
    assert render("{% moment none empty='never' %}", none=None) == "never"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=20), "in a moment"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(minutes=59), "in 59 minutes"),
        (timedelta(hours=-23), "23 hours ago"),
        (timedelta(days=6, hours=2), "in 6 days"),
        (timedelta(days=-29), "29 days ago"),
        (timedelta(days=30), "22 December 2026"),
    ],
)
def test_near_times_are_told_as_distances(at: Hold, away: timedelta, words: str) -> None:
    """Business time decides: with wall time in moments.distance this is red."""
    at(NOON)

    assert moments.in_words(NOON + away, "near") == words
