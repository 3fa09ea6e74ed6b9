"""The embedded PostgreSQL by itself: after crashes, beside strangers, and out of reach."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from saas.embedded import binaries
from saas.embedded.child import Child
from saas.embedded.faults import Unstartable
from saas.embedded.postgres import Cluster
from saas.embedded.processes import free_port, wait_until


@contextmanager
def running(home: Path) -> Iterator[tuple[Cluster, Child]]:
    """A cluster in this folder with its server."""
    cluster = Cluster.at(home, free_port(), throwaway=True)
    cluster.prepare()
    child = Child(
        "postgres", cluster.command, cwd=Path("/"), user=cluster.user, stop_signal=signal.SIGINT
    )
    try:
        is_up = wait_until(lambda: cluster.is_ready() or child.exit_code is not None, seconds=20)
        assert is_up, child.last_words()
        assert child.exit_code is None, child.last_words()
        yield cluster, child
    finally:
        child.stop()


def ask(cluster: Cluster, question: str) -> object:
    """One value from the database that is always there."""
    with psycopg.connect(cluster.url("postgres")) as connection:
        row = connection.execute(question).fetchone()
    assert row
    return row[0]


def test_it_is_postgresql_18_in_utf8_and_utc(data_dir: Path) -> None:
    with running(data_dir) as (cluster, _):
        assert str(ask(cluster, "SHOW server_version")).startswith("18.")
        assert ask(cluster, "SHOW server_encoding") == "UTF8"
        assert ask(cluster, "SHOW timezone") == "UTC"
        assert ask(cluster, "SELECT lower('ÄÖÅ')") == "äöå"


def test_it_does_not_let_in_whoever_has_no_password(data_dir: Path) -> None:
    """Red with ``--auth=trust``."""
    with running(data_dir) as (cluster, _):
        without = cluster.url("postgres").replace(cluster.password, "wrong")

        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(without)


def test_it_has_a_socket_too(data_dir: Path) -> None:
    with running(data_dir) as (cluster, _):
        over_socket = make_conninfo(cluster.url("postgres"), host=str(cluster.data))

        with psycopg.connect(over_socket) as connection:
            assert connection.info.host == str(cluster.data)


def test_a_database_is_made_once(data_dir: Path) -> None:
    with running(data_dir) as (cluster, _):
        cluster.create_database("library")
        cluster.create_database("library")

        assert ask(cluster, "SELECT count(*) FROM pg_database WHERE datname = 'library'") == 1


def test_a_pid_file_that_names_a_stranger_is_cleared(data_dir: Path) -> None:
    """The stranger lives on. Red without ``_stands_here``: by its pid alone it would be stopped."""
    with running(data_dir) as (cluster, _):
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        lines[0] = str(stranger.pid)
        (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
        (cluster.data / f".s.PGSQL.{cluster.port}.lock").write_text("\n".join(lines[:5]) + "\n")

        with running(data_dir) as (again, _):
            assert ask(again, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_pid_file_of_a_killed_server_is_cleared(data_dir: Path) -> None:
    with running(data_dir) as (_, child):
        os.kill(child.pid, signal.SIGKILL)
        child.stop()

    with running(data_dir) as (again, _):
        assert ask(again, "SELECT 1") == 1


def test_a_server_that_outlived_its_run_is_stopped(data_dir: Path) -> None:
    with running(data_dir) as (first, child):
        with running(data_dir) as (second, _):
            assert child.exit_code == 0
            assert ask(second, "SELECT 1") == 1
        assert first.data == second.data


def test_a_cluster_of_another_version_is_refused_in_words(data_dir: Path) -> None:
    with running(data_dir) as (cluster, _):
        pass
    (cluster.data / "PG_VERSION").write_text("16\n")

    with pytest.raises(Unstartable, match="made by PostgreSQL 16"):
        Cluster.at(data_dir, free_port()).prepare()


def test_a_missing_wheel_is_told_in_words(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")

    with pytest.raises(Unstartable, match=r"requirements/embedded\.txt, or set DATABASE_URL"):
        Cluster.at(data_dir, free_port())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_out_of_reach_it_lives_elsewhere_and_no_folder_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A checkout under a closed home folder, with its virtual environment, works as root too."""
    with tempfile.TemporaryDirectory(prefix="closed-") as closed:
        home = Path(closed, "postgres")
        copy = shutil.copytree(binaries.package(), Path(closed, "lib", binaries.PACKAGE))
        shutil.copytree(
            binaries.package().with_name(f"{binaries.PACKAGE}.libs"),
            copy.with_name(f"{binaries.PACKAGE}.libs"),
        )
        monkeypatch.setattr(binaries, "package", lambda: copy)

        with running(home) as (cluster, _):
            assert ask(cluster, "SELECT 1") == 1
        try:
            assert not cluster.home.is_relative_to(closed)
            assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700
            with running(home) as (again, _):
                assert again.home == cluster.home
        finally:
            shutil.rmtree(cluster.home)

        with pytest.raises(Unstartable, match="is gone"):
            Cluster.at(home, free_port())
