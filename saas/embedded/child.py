"""A process that we started: its lines, its last words, and its end."""

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from saas.embedded.processes import Identity, descendants, send, wait_until

LAST_LINES = 25

Hear = Callable[[str], None]


class Child:
    """A running process in a group of its own, whose lines we read.

    Keyboard signals do not reach it: it ends when we say so. ``user`` is the uid and gid to run as.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: tuple[int, int] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        on_output: Hear | None = None,
        on_error: Hear | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.stop_signal = stop_signal
        self._lines: deque[str] = deque(maxlen=LAST_LINES)
        self._process = subprocess.Popen(
            list(command),
            env=dict(env) if env is not None else None,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            **as_user(user),
        )
        self.pid = self._process.pid
        self.identity = Identity.of(self.pid) or Identity(self.pid, "")
        self._readers = [
            self._reader(self._process.stdout, on_output),
            self._reader(self._process.stderr, on_error),
        ]

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def finish_reading(self) -> None:
        """Wait for the lines that it wrote before it ended."""
        for reader in self._readers:
            reader.join(timeout=1)

    def last_words(self) -> str:
        """Its last lines, for whoever has to find out why it ended."""
        self.finish_reading()
        return "\n".join(self._lines)

    def stop(self, *, grace: float = 10) -> None:
        """End it and all that it started; afterwards none of them runs. May be called twice."""
        family = descendants(self.pid)
        if self.exit_code is None:
            send(self.identity, self.stop_signal)
            wait_until(lambda: self.exit_code is not None, seconds=grace)
        kill_group(self.pid)
        for orphan in family:
            send(orphan, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not any(one.alive for one in family), seconds=5)
        self.finish_reading()

    def _reader(self, stream: IO[bytes] | None, hear: Hear | None) -> threading.Thread:
        reader = threading.Thread(target=self._read, args=(stream, hear), daemon=True)
        reader.start()
        return reader

    def _read(self, stream: IO[bytes] | None, hear: Hear | None) -> None:
        if stream is None:
            return
        with stream:
            for raw in stream:
                line = raw.decode(errors="replace").rstrip()
                self._lines.append(line)
                if hear:
                    hear(line)


def kill_group(leader: int) -> None:
    """Kill what is left of a process group that we made."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def as_user(user: tuple[int, int] | None) -> dict[str, Any]:
    """Say to ``subprocess`` whom to run as; nothing when it is ourselves."""
    if user is None:
        return {}
    return {"user": user[0], "group": user[1], "extra_groups": []}
