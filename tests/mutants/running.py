"""Tries mutants, each in a process forked from a run of the tests that is about to begin.

By then everything is imported and collected, and the database is migrated; a process takes a
database of its own, made from that one.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.mutants.changing import Functions, NotApplied, apply, functions_of
from tests.mutants.choosing import chosen
from tests.mutants.finding import Mutant

WORKERS = 2
LONGEST = 240
"""Seconds after which a process is ended; a mutant that hangs is noticed."""
NOT_APPLIED = "not applied"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which test noticed; none did when ``by`` is empty."""

    by: str
    seconds: float


Told = Callable[[Mutant, Verdict], None]


@dataclass(frozen=True, slots=True)
class Try:
    """A process that runs tests, with a mutant or none."""

    mutant: Mutant | None
    slot: int
    pid: int
    began: float
    answer: Path

    def verdict(self) -> Verdict | None:
        """Return the verdict once there is one."""
        pid, _ = os.waitpid(self.pid, os.WNOHANG)
        seconds = time.monotonic() - self.began
        if pid:
            told = self.answer.read_text() if self.answer.exists() else ""
            self.answer.unlink(missing_ok=True)
            if not told:
                raise RuntimeError(f"A process told nothing about {self.mutant}.")
            return Verdict(json.loads(told), seconds)
        if seconds < LONGEST or self.mutant is None:
            return None
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return Verdict(f"nothing but patience: it hung for {LONGEST} s", seconds)


class Trying:
    """A plugin that tries mutants in the place of running the tests."""

    def __init__(self, mutants: Sequence[Mutant], folder: Path, told: Told) -> None:
        self.mutants, self.folder, self.told = list(mutants), folder, told
        self.functions: Functions = {}
        self.noticed_by = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the first test that fails."""
        if report.failed and not self.noticed_by:
            self.noticed_by = report.nodeid

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out browsers, and what sees the transactions of other processes."""
        items[:] = [each for each in items if not _is_for_itself(each)]

    def pytest_report_teststatus(self) -> tuple[str, str, str]:
        """Print nothing about single tests."""
        return "", "", ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all of them, as many at once as there are workers."""
        self._prepare(session)
        # Without any mutant all has to be well, at the beginning and still at the end.
        waiting: list[Mutant | None] = [None, *self.mutants, None]
        running, free = list[Try](), list(range(WORKERS))
        while waiting or running:
            while waiting and free:
                running.append(self._begin(session.items, waiting.pop(0), free.pop()))
            time.sleep(0.02)
            for each in list(running):
                if verdict := each.verdict():
                    running.remove(each)
                    free.append(each.slot)
                    self._hear(each.mutant, verdict)
        return True

    def _hear(self, mutant: Mutant | None, verdict: Verdict) -> None:
        if mutant is not None:
            self.told(mutant, verdict)
        elif verdict.by:
            pytest.exit(f"Without any mutant {verdict.by} fails.", returncode=3)

    def _prepare(self, session: pytest.Session) -> None:
        """Let the first test set up what a whole run needs, and copy its database for each slot."""
        first = next(each for each in session.items if "db" in getattr(each, "fixturenames", ()))
        other = next(each for each in session.items if each.path != first.path)
        first.config.hook.pytest_runtest_protocol(item=first, nextitem=other)
        self.functions = functions_of(self.mutants)
        from django.db import connection  # noqa: PLC0415 -- Django is set up only by now

        name = connection.settings_dict["NAME"]
        connection.close()
        server = os.environ["DATABASE_URL"]
        with psycopg.connect(server, dbname="postgres", autocommit=True) as outside:
            for slot in range(WORKERS):  # a run that was ended may have left its own
                outside.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                        sql.Identifier(_database(slot))
                    )
                )
                outside.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                        sql.Identifier(_database(slot)), sql.Identifier(name)
                    )
                )

    def _begin(self, items: Sequence[pytest.Item], mutant: Mutant | None, slot: int) -> Try:
        answer = self.folder / f"verdict-{slot}"
        pid = os.fork()
        if pid:
            return Try(mutant, slot, pid, time.monotonic(), answer)
        try:
            answer.write_text(json.dumps(self._tried(items, mutant, slot)))
        finally:
            os._exit(0)

    def _tried(self, items: Sequence[pytest.Item], mutant: Mutant | None, slot: int) -> str:
        """Return which test notices, in the forked process; what it prints goes nowhere."""
        from django.db import connection  # noqa: PLC0415 -- Django is set up only by now

        nowhere = os.open(os.devnull, os.O_WRONLY)
        for told in (1, 2):  # what is printed, and what is warned of
            os.dup2(nowhere, told)
        connection.settings_dict["NAME"] = _database(slot)
        if mutant is not None:
            items = chosen(items, mutant)
            try:
                apply(mutant, self.functions)
            except NotApplied:
                return NOT_APPLIED
        # After the last comes the first again: the whole run, and its database, are not over.
        for item, following in zip(items, [*items[1:], items[0]], strict=True):
            with self._alone(item):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.noticed_by:
                break
        return self.noticed_by

    @contextmanager
    def _alone(self, item: pytest.Item) -> Iterator[None]:
        """Let only one process at a time use the sandbox, which all share."""
        if "sandbox" not in getattr(item, "fixturenames", ()):
            yield
            return
        with (self.folder / "sandbox.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _is_for_itself(item: pytest.Item) -> bool:
    marks = [*item.iter_markers("django_db")]
    names = getattr(item, "fixturenames", ())
    return "page" in names or any(mark.kwargs.get("transaction") for mark in marks)


def _database(slot: int) -> str:
    return f"test_mutants_{slot}"
