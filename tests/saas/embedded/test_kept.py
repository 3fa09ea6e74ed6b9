"""The migrated database that test runs hand on: whole, under its own password, or not at all."""

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest

from saas.embedded.postgres import Cluster
from saas.embedded.processes import free_port
from tests import kept
from tests.kept import DATABASE, Kept
from tests.saas.embedded.test_postgres import running


def begun_from(shelf: Kept, home: Path) -> Cluster:
    """A cluster as a run makes it: from what is kept, where something is."""
    shelf.lend(home)
    cluster = Cluster.at(home, free_port(), throwaway=True)
    shelf.fill(cluster)
    return cluster


def test_the_next_run_begins_with_what_was_migrated(data_dir: Path) -> None:
    """Red without the copy, or without its password."""
    shelf = data_dir.parent
    with running(data_dir / "first") as (cluster, _):
        cluster.create_database("migrated")
        with psycopg.connect(cluster.url("migrated")) as connection:
            connection.execute("CREATE TABLE shelf (book text)")
        Kept(shelf).take(cluster, "migrated")
    Kept(shelf).put_away(cluster)

    again = Kept(shelf)
    begun_from(again, data_dir / "second")

    assert again.is_lent
    with running(data_dir / "second") as (other, _), psycopg.connect(other.url(DATABASE)) as within:
        assert within.execute("SELECT count(*) FROM shelf").fetchone() == (0,)
    secret = again.folder / "password"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_server_that_died_leaves_nothing_worth_keeping(data_dir: Path) -> None:
    """Red without the look at ``postmaster.pid``: its files may be half written."""
    with running(data_dir / "first") as (cluster, child):
        os.kill(child.pid, signal.SIGKILL)
        child.stop()

    shelf = Kept(data_dir.parent)
    shelf.put_away(cluster)

    assert not shelf.folder.exists()


def test_other_migrations_begin_anew(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when the fingerprint leaves the files' content out."""
    root = data_dir.parent / "house"
    migration = root / "orgs" / "migrations" / "0001_begin.py"
    migration.parent.mkdir(parents=True)
    monkeypatch.setattr(kept, "ROOT", root)
    names = set()
    for text in ("one", "two"):
        migration.write_text(text)
        names.add(Kept(data_dir.parent).folder)

    assert len(names) == 2
