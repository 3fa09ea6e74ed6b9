"""Two clocks: wall time, and business time that runs ahead of it by a stored offset."""

import time
from datetime import UTC, datetime
from pathlib import Path

from sandbox.store import Store

HOUR = 3600
DAY = 24 * HOUR


def wall() -> float:
    """The machine's time: signatures, back-off and the age of keys follow it; nothing moves it."""
    return time.time()


def iso(moment: int) -> str:
    """A Unix second as people and the control interface write it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> int:
    """The Unix second of an ISO time; one without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


class Clock:
    """Business time; its offset lives in the store and, for followers, in a file of its own."""

    def __init__(self, store: Store, file: Path) -> None:
        """Take up the offset where the last process left it."""
        self._store = store
        self._file = file
        self._offset = int(store.setting("clock_offset", 0))
        self._publish()

    @property
    def offset(self) -> int:
        """Seconds that business time is ahead of wall time."""
        return self._offset

    def now(self) -> int:
        """The business second."""
        return int(wall()) + self._offset

    def set_to(self, moment: int) -> None:
        """Move on to a moment; time never runs back."""
        self._keep(max(self._offset, moment - int(wall())))

    def reset(self) -> None:
        """Back to wall time: only a reset of everything may do this."""
        self._keep(0)

    def _keep(self, offset: int) -> None:
        with self._store.transaction():
            self._store.set("clock_offset", offset)
        self._offset = offset
        self._publish()

    def _publish(self) -> None:
        """Replace the file in one step, so that no follower reads half a number."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(self._file.name + ".new")
        fresh.write_text(f"{self._offset}\n")
        fresh.replace(self._file)
