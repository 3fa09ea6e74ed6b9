"""Two clocks: business time runs ahead where a file says so, wall time never."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from kernel import clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "clock"
    clock.follow(path)
    yield path
    clock.follow(settings.BUSINESS_CLOCK_FILE)


def test_without_a_file_the_clocks_agree(followed: Path) -> None:
    with time_machine.travel(NOON, tick=False):
        assert clock.now() == clock.wall() == NOON


def test_business_time_runs_ahead_by_what_is_written(followed: Path) -> None:
    followed.write_text("86400\n")

    with time_machine.travel(NOON, tick=False):
        assert clock.now() == NOON + timedelta(days=1)
        assert clock.wall() == NOON


def test_a_change_is_seen_at_once_and_a_lost_file_is_no_offset(followed: Path) -> None:
    with time_machine.travel(NOON, tick=False):
        for seconds in (10, 20, 300):
            draft = followed.with_suffix(".new")
            draft.write_text(str(seconds))
            draft.rename(followed)
            assert clock.now() == NOON + timedelta(seconds=seconds)
        followed.unlink()
        assert clock.now() == NOON


def test_two_writes_under_one_stamp_are_told_apart_however_late_somebody_looks(
    followed: Path,
) -> None:
    """Turns red when ``ahead()`` keeps the stamp of a file that it read while it was young."""
    followed.write_text("10")
    stamp = followed.stat().st_mtime_ns
    assert clock.now() - clock.wall() > timedelta(seconds=9)
    followed.write_text("86400")
    os.utime(followed, ns=(stamp, stamp))  # the file system's clock had not ticked
    time.sleep(2 * clock.YOUNG / 1e9)

    assert clock.now() - clock.wall() > timedelta(hours=23)


def test_an_empty_file_is_no_offset(followed: Path) -> None:
    followed.write_text("")

    with time_machine.travel(NOON, tick=False):
        assert clock.now() == NOON


def test_held_time_stands_and_is_let_go_even_after_a_fault() -> None:
    held = clock.held_at(NOON)
    with held:
        assert clock.now() == NOON
        assert clock.wall() != NOON
    with pytest.raises(KeyError), clock.held_at(NOON):
        raise KeyError

    assert clock.now() != NOON


def test_both_clocks_are_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == clock.wall().utcoffset() == timedelta(0)
