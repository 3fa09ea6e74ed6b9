"""Two clocks.

*Business time* decides periods, grace, terms and expiries, and may run ahead of the world when the
sandbox's clock is advanced. *Wall time* decides signatures, leases, retries, sessions and rate
limits, and never moves but by itself.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

YOUNG = 100_000_000
"""Nanoseconds of age below which a file may yet be written anew under the same stamp."""


def wall() -> datetime:
    """Return the world's time, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return business time, aware, in UTC."""
    return _read()


def follow(path: Path | None) -> None:
    """Let business time run ahead of wall time by the whole seconds written in ``path``.

    The file is read again when it changes, so every process follows without a query. A missing
    file is no offset; ``None`` stops following.
    """
    _offset.watch(path)


@contextmanager
def held_at(moment: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Hold business time at ``moment`` (or at what it returns) inside the block."""
    global _read
    before = _read
    _read = moment if callable(moment) else lambda: moment
    try:
        yield
    finally:
        _read = before


class _Offset:
    """How far business time runs ahead, as the followed file last said."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._stamp: tuple[int, int] | None = None
        self._ahead = timedelta(0)

    def watch(self, path: Path | None) -> None:
        self._path, self._stamp, self._ahead = path, None, timedelta(0)

    def ahead(self) -> timedelta:
        if self._path is None:
            return self._ahead
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._ahead = None, timedelta(0)
            return self._ahead
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if stamp != self._stamp:
            # Writes within one tick of the file system's clock bear the same stamp: what is read
            # of a young file is not taken for the last word.
            is_young = time.time_ns() - stat.st_mtime_ns < YOUNG
            text = self._path.read_text().strip()
            self._ahead = timedelta(seconds=int(text or 0))
            self._stamp = None if is_young else stamp
        return self._ahead


_offset = _Offset()


def _followed() -> datetime:
    return wall() + _offset.ahead()


_read: Callable[[], datetime] = _followed
