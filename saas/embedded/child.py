"""A process that we started: its lines, its last words, and its end."""

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from saas.embedded.processes import Identity, descendants, send, wait_until

LAST_LINES = 25


class Child:
    """A running process in a group of its own, whose lines we read.

    Keyboard signals do not reach it: it ends when we say so. ``uid`` and ``gid`` are whom it runs as.
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
        on_line: Callable[[str], None] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.lines: deque[str] = deque(maxlen=LAST_LINES)
        self.stop_signal = stop_signal
        self._on_line = on_line
        self._process = subprocess.Popen(
            list(command),
            env=dict(env) if env is not None else None,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            **as_user(user),
        )
        self.pid = self._process.pid
        self.identity = Identity.of(self.pid) or Identity(self.pid, "")
        self._reader = threading.Thread(target=self._read, name=f"lines of {name}", daemon=True)
        self._reader.start()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def last_words(self) -> str:
        """Its last lines, for whoever has to find out why it ended."""
        self._reader.join(timeout=1)
        return "\n".join(self.lines)

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
        self._reader.join(timeout=1)

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            for raw in stream:
                line = raw.decode(errors="replace").rstrip()
                self.lines.append(line)
                if self._on_line:
                    self._on_line(line)


def kill_group(leader: int) -> None:
    """Kill what is left of a process group that we made."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def as_user(user: tuple[int, int] | None) -> dict[str, object]:
    """Say to ``subprocess`` whom to run as; nothing when it is ourselves."""
    if user is None:
        return {}
    return {"user": user[0], "group": user[1], "extra_groups": []}
