"""Small stacks as processes of their own, none of which outlives its test."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from saas.embedded.parts import ROOT
from saas.embedded.processes import marked, wait_until
from saas.embedded.record import end_orphans, read_record

NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "PORT", "SANDBOX_PORT", "STRIPE_", "SANDBOX_", "BASE")


class Running:
    """A small stack that was started, seen from outside."""

    def __init__(self, data_dir: Path, **variables: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
        self.data_dir = data_dir
        self.runs: set[str] = set()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.saas.embedded.small_stack"],
            env={**kept, "DATA_DIR": str(data_dir), **variables},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def record(self) -> dict[str, Any]:
        """Its serve.json, or nothing."""
        return read_record(self.data_dir / "serve.json") or {}

    def until_ready(self) -> dict[str, Any]:
        """Wait for it to say that it is ready, and give what it wrote about itself."""
        mine = self.process.pid
        assert wait_until(
            lambda: (
                self.process.poll() is not None
                or (self.record.get("pid") == mine and self.record["ready"])
            ),
            seconds=30,
        )
        assert self.process.poll() is None, self.process.communicate()
        self.runs.add(self.record["run"])
        return self.record

    def family(self) -> list[psutil.Process]:
        """Every process that it has started, and those that they have."""
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal and wait for the end: exit code, output, errors."""
        self.process.send_signal(number)
        return self.until_ended()

    def until_ended(self) -> tuple[int, str, str]:
        """Wait for the end: exit code, output, errors."""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err

    def clear(self) -> None:
        """Leave nothing behind, whatever the test did."""
        record = self.record
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if record:
            end_orphans(record)
        for run in self.runs:
            for stray in marked(run):
                os.kill(stray.pid, signal.SIGKILL)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


class Starter:
    """Starts small stacks and remembers them."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.all: list[Running] = []

    def __call__(self, **variables: str) -> Running:
        self.all.append(Running(self.data_dir, **variables))
        return self.all[-1]
