"""A stack of real processes: how it comes up, what it says of itself, and how it ends."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from saas.embedded.parts import ROOT, answers
from saas.embedded.processes import free_port
from tests.saas.embedded.running import Running, Starter


def left_over(family: list[psutil.Process]) -> list[psutil.Process]:
    """Which of these processes still run."""
    return [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_it_runs_what_is_not_named_and_says_where(a_stack: Starter) -> None:
    record = a_stack().until_ready()

    with psycopg.connect(record["database_url"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("chapterhouse",)
    assert redis.Redis.from_url(record["redis_url"]).ping()
    assert answers(f"{record['base_url']}/readyz")
    assert record["sandbox_url"] == f"http://localhost:{record['sandbox_port']}"
    assert record["stripe_api_base"] == f"http://127.0.0.1:{record['sandbox_port']}"
    assert record["webhook_secrets"][0].startswith("whsec_")
    assert [child["name"] for child in record["children"]] == ["broker", "postgres", "web"]


def test_every_bad_value_is_named_at_once_and_nothing_starts(tmp_path: Path) -> None:
    """Red without ``well_formed_environment()`` in ``main``: then the port alone is named."""
    wrong = {"PORT": "http", "LOG_LEVEL": "loud", "TRUSTED_PROXIES": "-1"}
    ended = subprocess.run(
        [sys.executable, "-m", "saas.embedded", "serve"],
        env={**os.environ, "DATA_DIR": str(tmp_path / "data"), **wrong},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert all(f"- {name}: " in ended.stderr for name in wrong), ended.stderr
    assert not (tmp_path / "data").exists()


def test_what_it_wrote_down_is_for_its_owner_only(a_stack: Starter) -> None:
    """It holds passwords. Red without ``touch(mode=0o600)`` in ``write_record``."""
    stack = a_stack()
    stack.until_ready()

    assert stat.S_IMODE((stack.data_dir / "serve.json").stat().st_mode) == 0o600


def test_ctrl_c_ends_everything_and_is_no_failure(a_stack: Starter) -> None:
    stack = a_stack()
    stack.until_ready()
    family = stack.family()

    code, out, _ = stack.end(signal.SIGINT)

    assert (code, left_over(family)) == (0, [])
    assert not (stack.data_dir / "serve.json").exists()
    assert "owner@example.test signs in" in out


def test_term_ends_children_of_children_that_do_not_listen(a_stack: Starter) -> None:
    """Red without ``kill_group`` in ``Child.stop``, and the descendants' own SIGKILL."""
    stack = a_stack()
    stack.until_ready()
    family = stack.family()
    assert len(family) > 4  # PostgreSQL's own, and the one that ignores SIGTERM

    assert stack.end(signal.SIGTERM)[0] == 0
    assert left_over(family) == []


def test_one_part_that_dies_ends_all_with_its_name_and_last_words(a_stack: Starter) -> None:
    code, out, _ = a_stack(WEB="dies").until_ended()

    assert code == 1
    assert "web ended by itself (exit code 7)" in out
    assert "the kettle is empty" in out.rpartition("Its last lines")[2]


def test_a_server_that_is_killed_later_ends_all(a_stack: Starter) -> None:
    stack = a_stack()
    record = stack.until_ready()
    family = stack.family()

    os.kill(pid_of(record, "broker"), signal.SIGKILL)

    code, out, _ = stack.until_ended()
    assert (code, left_over(family)) == (1, [])
    assert "broker ended by itself (signal 9)" in out


def test_a_run_that_was_killed_is_cleared_up_by_the_next(a_stack: Starter) -> None:
    """Red without ``end_orphans`` in ``serve``."""
    first = a_stack()
    record = first.until_ready()
    with psycopg.connect(record["database_url"], autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    family = first.family()
    first.process.kill()
    first.process.wait()

    again = a_stack().until_ready()

    assert left_over(family) == []
    with psycopg.connect(again["database_url"]) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_an_orphan_is_known_by_its_start_and_not_by_its_pid(a_stack: Starter) -> None:
    """A pid in an old record may belong to anybody by now. Red if ``alive`` compared pids only."""
    stack = a_stack()
    record = stack.until_ready()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        stack.process.kill()
        stack.process.wait()
        path = stack.data_dir / "serve.json"
        text = path.read_text().replace(str(pid_of(record, "web")), str(stranger.pid))
        path.write_text(text)

        a_stack().until_ready()

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_one_over_the_same_folder_is_refused_with_the_address(a_stack: Starter) -> None:
    first = a_stack()
    record = first.until_ready()

    code, _, err = a_stack().until_ended()

    assert code == 1
    assert f"already runs at {record['base_url']}" in err
    assert first.process.poll() is None


def test_a_given_port_that_is_taken_is_an_error_that_names_it(a_stack: Starter) -> None:
    with a_listener() as port:
        code, _, err = a_stack(PORT=str(port)).until_ended()

    assert code == 1
    assert f"PORT={port} is taken" in err


def test_a_given_port_is_used(a_stack: Starter) -> None:
    port = free_port()

    record = a_stack(PORT=str(port)).until_ready()

    assert record["base_url"] == f"http://localhost:{port}"


def test_down_ends_a_run_and_status_tells_of_it(a_stack: Starter) -> None:
    stack = a_stack()
    record = stack.until_ready()
    family = stack.family()

    assert embedded("status", stack) == (0, f"ready: {record['base_url']} (pid {record['pid']})")
    assert embedded("down", stack) == (0, "Stopped.")
    stack.until_ended()

    assert left_over(family) == []
    assert embedded("status", stack) == (1, "Nothing is running.")


def test_down_ends_what_a_killed_run_left(a_stack: Starter) -> None:
    stack = a_stack()
    stack.until_ready()
    family = stack.family()
    stack.process.kill()
    stack.process.wait()

    assert embedded("down", stack) == (0, "Stopped.")
    assert left_over(family) == []


def pid_of(record: dict[str, Any], name: str) -> int:
    """The pid of one child in a record."""
    return next(int(child["pid"]) for child in record["children"] if child["name"] == name)


def embedded(command: str, stack: Running) -> tuple[int, str]:
    """Run ``python -m saas.embedded``: exit code and first line."""
    done = subprocess.run(
        [sys.executable, "-m", "saas.embedded", command],
        env={**os.environ, "DATA_DIR": str(stack.data_dir)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines()[0]


@contextmanager
def a_listener() -> Iterator[int]:
    """A port of 127.0.0.1 that somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])
