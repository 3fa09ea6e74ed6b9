"""Whether ``migrate`` has anything to do, answered without starting Django.

What ``migrate`` does follows from the migration files, the settings, the installed packages and the
rows of ``django_migrations``. When all of them are as the last run left them, it would do nothing.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
STAMP = "migrated"
OURS = ("**/*migrations/*.py", "apps.py", "settings.py", "env.py")
APPLIED = "SELECT app, name, applied FROM django_migrations ORDER BY id"


def are_applied(database_url: str, data_dir: Path) -> bool:
    """Whether the database and the code are exactly as after the last ``migrate``."""
    stamp = data_dir / STAMP
    return stamp.exists() and stamp.read_text() == fingerprint(database_url)


def remember_applied(database_url: str, data_dir: Path) -> None:
    """Note the state that ``migrate`` left."""
    (data_dir / STAMP).write_text(fingerprint(database_url))


def fingerprint(database_url: str) -> str:
    """Digest everything on which ``migrate`` depends; times of application tell databases apart."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_sources()):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    installed = Path(psycopg.__file__).parent.parent
    for name in sorted(path.name for path in installed.glob("*.dist-info")):
        digest.update(name.encode())
    for row in _applied(database_url):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    """Find the files of ours that say what the schema is, in every folder that is not hidden."""
    for folder in ROOT.iterdir():
        if folder.is_dir() and not folder.name.startswith("."):
            for pattern in OURS:
                yield from folder.glob(pattern)


def _applied(database_url: str) -> list[tuple[object, ...]]:
    try:
        with psycopg.connect(database_url) as connection:
            return connection.execute(APPLIED).fetchall()
    except psycopg.errors.UndefinedTable:
        return []
