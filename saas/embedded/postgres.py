"""A PostgreSQL that nobody had to install: the binaries of a wheel, under our own launcher.

The launcher that comes with them is not used: it leaks servers, opens parent folders to everybody,
and locks out a second user. Ours runs the server as a supervised child, as an unprivileged user
when we are root (PostgreSQL refuses root), and changes no folder that it did not make.
"""

import os
import secrets
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from saas.embedded.binaries import Account, account_for, binaries_for, can_reach
from saas.embedded.child import as_user
from saas.embedded.faults import Unstartable
from saas.embedded.processes import Identity, end

ROLE = "chapterhouse"
MAJOR = "18"
LONGEST_SOCKET_FOLDER = 80  # a socket's whole path may have 103 bytes on the strictest system
INITDB = (
    "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8", f"--username={ROLE}",
    "--no-sync",  # a cluster lost with the machine in its first seconds is simply made again
)  # fmt: skip
# For databases that nobody misses after a crash: tests, and only tests.
THROWAWAY = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
    "max_wal_senders=0", "autovacuum=off", "checkpoint_timeout=1h", "max_wal_size=4GB",
    "wal_recycle=off",
)  # fmt: skip


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster in a folder, reached over TCP on 127.0.0.1 and over a socket."""

    home: Path
    binaries: Path
    account: Account | None
    password: str
    port: int
    throwaway: bool = False
    shared_buffers: str = "128MB"

    @classmethod
    def at(cls, home: Path, port: int, *, throwaway: bool = False) -> "Cluster":
        """Decide where a cluster lives, as whom and at which port; nothing is made or started yet.

        When the unprivileged user cannot reach the folder, the cluster lives in /var/tmp and the
        folder says where. Raises Unstartable.
        """
        home.mkdir(parents=True, exist_ok=True)
        account = account_for(home / "data")
        place = _reachable_place(home, account)
        return cls(place, binaries_for(account, place), account, _password(home), port, throwaway)

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear what a crash left. Raises Unstartable."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._check_version()
        self.stop_leftover()

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.home / "data"

    @property
    def user(self) -> tuple[int, int] | None:
        """Whom the server runs as; None for ourselves."""
        return (self.account.uid, self.account.gid) if self.account else None

    def url(self, database: str = ROLE) -> str:
        """How clients reach a database of it."""
        return f"postgresql://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def command(self) -> list[str]:
        """What to run, as a child in the foreground; SIGINT is its polite end."""
        options = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.data}"
            if self._socket_fits
            else "unix_socket_directories=",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_min_messages=warning",
            f"shared_buffers={self.shared_buffers}",
            *(THROWAWAY if self.throwaway else ()),
        ]
        flags = [part for option in options for part in ("-c", option)]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *flags]

    def is_ready(self) -> bool:
        """Whether it takes connections, by its own word in ``postmaster.pid``."""
        lines = self._pid_file()
        return (
            len(lines) >= 8 and lines[7].strip() == "ready" and lines[3].strip() == str(self.port)
        )

    def create_database(self, name: str = ROLE) -> None:
        """Make a database unless it is there."""
        command = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        with (
            psycopg.connect(self.url("postgres"), autocommit=True) as connection,
            suppress(psycopg.errors.DuplicateDatabase),
        ):
            connection.execute(command)

    def stop_leftover(self) -> None:
        """Stop a server of an earlier run that outlived it; clear its pid file and sockets.

        A pid file proves nothing: after a crash its number may belong to anybody.
        """
        if leftover := self.running():
            end([leftover], polite=signal.SIGINT, grace=20)
        end(self._strays(), polite=signal.SIGQUIT, grace=2)
        if self.running():
            raise Unstartable(f"A PostgreSQL on {self.data} does not stop.")
        for stale in [self.data / "postmaster.pid", *self.data.glob(".s.PGSQL.*")]:
            stale.unlink(missing_ok=True)

    def running(self) -> Identity | None:
        """The server that runs on this folder, judged by its binary and where it stands."""
        lines = self._pid_file()
        first = lines[0].strip() if lines else ""
        return (
            Identity.of(int(first)) if first.isdigit() and self._stands_here(int(first)) else None
        )

    def _strays(self) -> list[Identity]:
        """Find what a killed server left behind; it would keep a new one from starting."""
        return [
            known for pid in psutil.pids() if self._stands_here(pid) and (known := Identity.of(pid))
        ]

    def _stands_here(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return (
                Path(process.exe()).name.startswith("postgres")
                and Path(process.cwd()) == self.data.resolve()
            )
        except (psutil.Error, OSError):
            return False

    @property
    def _socket_fits(self) -> bool:
        return len(os.fsencode(self.data)) <= LONGEST_SOCKET_FOLDER

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _create(self) -> None:
        """Run initdb in a folder beside, and move it into place when it is whole."""
        with tempfile.TemporaryDirectory(prefix="new-", dir=self.home) as beside:
            draft, secret = Path(beside, "data"), Path(beside, "password")
            secret.write_text(self.password)
            if self.account:
                for path in (Path(beside), secret):
                    os.chown(path, self.account.uid, self.account.gid)
            extra = ["--wal-segsize=1"] if self.throwaway else []
            command = [
                str(self.binaries / "initdb"),
                "-D",
                str(draft),
                f"--pwfile={secret}",
                *INITDB,
                *extra,
            ]
            made = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd="/", **as_user(self.user)
            )
            if made.returncode:
                raise Unstartable(
                    f"PostgreSQL could not be set up in {self.data}:\n{made.stdout}{made.stderr}"
                )
            draft.rename(self.data)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise Unstartable(
                f"{self.data} was made by PostgreSQL {version}, and this is {MAJOR}. "
                "Dump it with the old version, or choose another DATA_DIR."
            )


def _password(home: Path) -> str:
    """The role's password: other people of this machine reach 127.0.0.1 too."""
    path = home / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18))
    return path.read_text()


def _reachable_place(home: Path, account: Account | None) -> Path:
    """Give the folder itself, or one in /var/tmp when the unprivileged user cannot come to it."""
    if account is None or can_reach(home, account):
        return home.resolve()
    note = home / "is-kept-in"
    if not note.exists():
        made = tempfile.mkdtemp(prefix="chapterhouse-", dir="/var/tmp")
        Path(made).chmod(0o711)
        note.write_text(made)
    place = Path(note.read_text().strip())
    if not place.is_dir():
        raise Unstartable(
            f"{home} belongs to a PostgreSQL in {place}, which is gone. "
            f"Remove {home} to begin anew."
        )
    return place
