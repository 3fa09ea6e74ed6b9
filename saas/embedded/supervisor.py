"""Brings a table of parts up, watches over it, and takes it down again."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from pathlib import Path

from saas.embedded.child import Child
from saas.embedded.console import Console
from saas.embedded.faults import PartDied
from saas.embedded.parts import Part
from saas.embedded.processes import wait_until

TICK = 0.03
PATIENCE = 180  # seconds until a part that still starts is given up


class Stage(Enum):
    """How far a part has come."""

    WAITING = "waiting"
    STARTED = "started"
    DONE = "done"


class Supervisor:
    """One run of a table of parts.

    Each starts as soon as what it comes after is ready. ``on_change`` hears the living children
    whenever one was started or ended. ``is_over`` is asked all the time: True ends the run.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        env: Mapping[str, str],
        cwd: Path,
        console: Console,
        is_over: Callable[[], bool],
        on_change: Callable[[list[Child]], None],
    ) -> None:
        self._parts = parts
        self._env = env
        self._cwd = cwd
        self._console = console
        self._is_over = is_over
        self._on_change = on_change
        self._stages = {part.name: Stage.WAITING for part in parts}
        self._children: dict[str, Child] = {}
        self._ready: dict[str, threading.Event] = {}
        self._begun: dict[str, float] = {}
        self.report: list[str] = []

    def rise(self) -> bool:
        """Bring everything up; False when the run was ended before. Raises PartDied."""
        deadline = time.monotonic() + PATIENCE
        while Stage.WAITING in self._stages.values() or Stage.STARTED in self._stages.values():
            if self._is_over():
                return False
            self._check_alive()
            for part in self._parts:
                self._advance(part)
            if time.monotonic() > deadline:
                slow = [n for n, stage in self._stages.items() if stage is Stage.STARTED]
                raise PartDied(f"Not ready after {PATIENCE} seconds: {', '.join(slow)}.")
            time.sleep(TICK)
        return True

    def watch(self) -> None:
        """Go on until the run is ended. Raises PartDied as soon as a server ends by itself."""
        while not self._is_over():
            self._check_alive()
            time.sleep(TICK * 3)

    def fall(self) -> None:
        """End everything, the last started first."""
        for name in reversed(list(self._children)):
            self._children[name].stop()
            del self._children[name]
        self._on_change([])

    def _advance(self, part: Part) -> None:
        stage = self._stages[part.name]
        if stage is Stage.WAITING and all(self._stages[n] is Stage.DONE for n in part.after):
            if part.is_needless():
                self._finish(part, "nothing to do")
            else:
                self._start(part)
        elif stage is Stage.STARTED and self._has_come_up(part):
            part.settle()
            seconds = time.monotonic() - self._begun[part.name]
            self._finish(part, f"{'ready' if part.lasts else 'done'} in {seconds:.1f} s")

    def _finish(self, part: Part, word: str) -> None:
        self._stages[part.name] = Stage.DONE
        self._console.hear(part.name, word)

    def _start(self, part: Part) -> None:
        self._begun[part.name] = time.monotonic()
        part.prepare()
        hear = ignore if part.is_quiet else partial(self._console.hear, part.name)
        child = Child(
            part.name,
            part.command,
            env=self._env,
            cwd=self._cwd,
            user=part.user,
            stop_signal=part.stop_signal,
            on_output=self.report.append if part.reports else hear,
            on_error=hear,
            pass_fds=part.pass_fds,
        )
        self._children[part.name] = child
        self._stages[part.name] = Stage.STARTED
        self._on_change(list(self._children.values()))
        if part.lasts:
            self._probe(part, child)

    def _probe(self, part: Part, child: Child) -> None:
        """Ask aside whether it is ready, so that a slow answer holds up nobody else."""
        ready = self._ready[part.name] = threading.Event()

        def ask() -> None:
            wait_until(
                lambda: child.exit_code is not None or part.is_ready(),
                seconds=PATIENCE,
                pause=part.asked_every,
            )
            if child.exit_code is None:
                ready.set()

        threading.Thread(target=ask, name=f"probe of {part.name}", daemon=True).start()

    def _has_come_up(self, part: Part) -> bool:
        if part.lasts:
            return self._ready[part.name].is_set()
        child = self._children[part.name]
        if child.exit_code is None:
            return False
        child.finish_reading()
        if child.exit_code and not part.advises:
            raise _died(child)
        child.stop()  # whatever it may have left running
        del self._children[part.name]
        self._on_change(list(self._children.values()))
        return True

    def _check_alive(self) -> None:
        for part in self._parts:
            child = self._children.get(part.name)
            if part.lasts and child and child.exit_code is not None:
                raise _died(child)


def ignore(_line: str) -> None:
    """Hear a line and say nothing; it is kept as a last word all the same."""


def _died(child: Child) -> PartDied:
    code = child.exit_code or 0
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    words = child.last_words() or "(it said nothing)"
    return PartDied(f"{child.name} ended by itself ({how}). Its last lines:\n{words}")
