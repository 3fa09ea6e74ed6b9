"""The servers behind the tests: apart from other runs, deaf to the shell, gone at the end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from saas.embedded.parts import ROOT
from saas.embedded.processes import Identity, wait_until
from saas.env import SANDBOX_KEY

WRITES_ITS_WORLD = """
import json, os, pathlib, time
def test_world():
    pathlib.Path(os.environ["OUT"]).write_text(json.dumps(dict(os.environ)))
    time.sleep(float(os.environ["LINGER"]))
"""
PLUGINS = ("-c", os.devnull, "-p", "tests.stack", "-p", "no:django", "-p", "no:cacheprovider")


class InnerRun:
    """A pytest of its own, with a stack of its own."""

    def __init__(self, folder: Path, linger: float) -> None:
        folder.mkdir()
        (folder / "test_world.py").write_text(WRITES_ITS_WORLD)
        self.out = folder / "world.json"
        inherited = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "VIRTUAL_ENV")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", *PLUGINS, "--rootdir", folder, folder],
            env={
                **inherited,
                "OUT": str(self.out),
                "LINGER": str(linger),
                "STRIPE_SECRET_KEY": "sk_live_" + "a" * 24,
                "EMAIL_URL": "smtp://mail.example",
            },
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )

    def world(self) -> dict[str, str]:
        """What its test saw in the environment."""
        assert wait_until(self._has_written, seconds=60)
        return dict(json.loads(self.out.read_text()))

    def servers(self) -> list[Identity]:
        """What it runs, by its own record."""
        record: dict[str, Any] = json.loads(Path(self.world()["DATA_DIR"], "run.json").read_text())
        return [Identity(child["pid"], child["started"]) for child in record["children"]]

    def _has_written(self) -> bool:
        return self.process.poll() is not None or (
            self.out.exists() and self.out.stat().st_size > 0
        )


@pytest.fixture
def an_inner_run(tmp_path: Path) -> Iterator[Any]:
    """Start inner runs: ``an_inner_run(linger=60)``."""
    runs: list[InnerRun] = []

    def start(*, linger: float) -> InnerRun:
        runs.append(InnerRun(tmp_path / f"run{len(runs)}", linger))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
        run.process.wait(timeout=30)


def test_runs_side_by_side_share_nothing_and_hear_no_real_key(an_inner_run: Any) -> None:
    one, other = an_inner_run(linger=1), an_inner_run(linger=1)

    for name in ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "SANDBOX_URL"):
        assert one.world()[name] != other.world()[name]
    assert one.world()["STRIPE_SECRET_KEY"] == SANDBOX_KEY
    assert "EMAIL_URL" not in one.world()
    assert (one.process.wait(30), other.process.wait(30)) == (0, 0)
    assert not Path(one.world()["DATA_DIR"]).exists()


def test_a_run_that_is_told_to_end_leaves_nothing(an_inner_run: Any) -> None:
    """Red without ``signal.signal(signal.SIGTERM, _interrupt)``."""
    run = an_inner_run(linger=60)
    servers = run.servers()
    assert servers

    run.process.terminate()
    run.process.wait(timeout=30)

    assert not any(server.alive for server in servers)
    assert not Path(run.world()["DATA_DIR"]).exists()


def test_a_killed_run_is_cleared_up_by_the_next(an_inner_run: Any) -> None:
    killed = an_inner_run(linger=60)
    servers = killed.servers()
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()

    an_inner_run(linger=0).process.wait(timeout=60)

    assert not any(server.alive for server in servers)
    assert not Path(killed.world()["DATA_DIR"]).exists()
