"""The migrated database, kept from one run to the next: migrating takes longer than many tests.

It is kept under a fingerprint of all that migrations consist of. Whatever is kept, Django migrates
again, so a fingerprint that says too little costs time and never truth.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from saas.embedded.postgres import MAJOR, Cluster

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "kept"
"""The name of the copy inside a cluster, from which test databases are made."""
WHAT_MIGRATES = (
    "*/migrations/*.py", "*/djstripe_migrations/*.py", "requirements/*.txt", "saas/settings.py",
    "tests/kept.py",
)  # fmt: skip


class Kept:
    """A cluster with a migrated database in it, at rest in a folder of its own."""

    def __init__(self, shelf: Path) -> None:
        self.shelf = shelf
        self.folder = shelf / f"kept-{_fingerprint()}"
        self.is_lent = False

    def lend(self, home: Path) -> None:
        """Give a cluster's new home the password of the one that is kept, if one is."""
        if (self.folder / "data").is_dir():
            home.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.folder / "password", home / "password")
            self.is_lent = True

    def fill(self, cluster: Cluster) -> None:
        """Copy what is kept to where a cluster will be started."""
        if self.is_lent and not _copied(self.folder / "data", cluster.data):
            self.is_lent = False
            shutil.rmtree(cluster.data, ignore_errors=True)

    def take(self, cluster: Cluster, database: str) -> None:
        """Copy a database that has just been migrated, beside itself; nobody may be in it."""
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(database)
                )
            )

    def put_away(self, cluster: Cluster) -> None:
        """Keep a cluster that was shut down in peace, in place of all that was kept before."""
        if (cluster.data / "postmaster.pid").exists():
            return
        with tempfile.TemporaryDirectory(prefix="new-", dir=self.shelf) as beside:
            draft = Path(beside, "kept")
            draft.mkdir()
            (draft / "password").write_text(cluster.password)
            (draft / "password").chmod(0o600)
            if _copied(cluster.data, draft / "data"):
                for older in self.shelf.glob("kept-*"):
                    shutil.rmtree(older, ignore_errors=True)
                os.rename(draft, self.folder)


def _copied(source: Path, to: Path) -> bool:
    """Copy a folder with its owners, as cp does on every system; say whether it went well."""
    return (
        subprocess.run(["cp", "-Rp", source, to], capture_output=True, check=False).returncode == 0
    )


def _fingerprint() -> str:
    heard = hashlib.sha256(f"{MAJOR} {sys.version_info[:2]}".encode())
    for pattern in WHAT_MIGRATES:
        for path in sorted(ROOT.glob(pattern)):
            heard.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return heard.hexdigest()[:16]
