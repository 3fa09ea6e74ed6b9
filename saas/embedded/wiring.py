"""Who is reached where: what the environment names, and what we decide for the rest."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from saas.embedded.faults import Unstartable
from saas.embedded.processes import free_port, is_free
from saas.env import SANDBOX_KEY, STRIPE_API, listed

WEB_PORTS = range(8000, 8100, 10)
SANDBOX_PORTS = range(8001, 8101, 10)


@dataclass(frozen=True)
class Wiring:
    """Every address and secret of one stack. What is not given is ours to run."""

    given: Mapping[str, str] = field(repr=False)
    data_dir: Path
    port: int
    sandbox_port: int
    webhook_secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Wiring":
        """Decide from the environment; empty counts as not given.

        A port that is given and taken is refused, a default one moves. Raises Unstartable.
        """
        given = {name: value for name, value in environment.items() if value.strip()}
        data_dir = Path(given.get("DATA_DIR", ".data")).resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        port = _port(given, "PORT", WEB_PORTS)
        wiring = cls(given, data_dir, port, 0, _webhook_secrets(given, data_dir))
        if not wiring.runs_sandbox:
            return wiring
        sandbox_port = _port(given, "SANDBOX_PORT", SANDBOX_PORTS)
        if sandbox_port == port:
            raise Unstartable(
                f"PORT and SANDBOX_PORT are both {port}. Give them different numbers."
            )
        return cls(given, data_dir, port, sandbox_port, wiring.webhook_secrets)

    @property
    def runs_postgres(self) -> bool:
        """Whether no PostgreSQL is named."""
        return "DATABASE_URL" not in self.given

    @property
    def runs_broker(self) -> bool:
        """Whether no Redis is named."""
        return "REDIS_URL" not in self.given

    @property
    def runs_sandbox(self) -> bool:
        """Whether Stripe is the sandbox: no key is given, or the sandbox's own."""
        return self.stripe_secret_key == SANDBOX_KEY

    @property
    def stripe_secret_key(self) -> str:
        """The key for Stripe's API."""
        return self.given.get("STRIPE_SECRET_KEY", SANDBOX_KEY)

    @property
    def stripe_api_base(self) -> str:
        """Where Stripe's API is called; it may be given to put something between."""
        default = f"http://127.0.0.1:{self.sandbox_port}" if self.runs_sandbox else STRIPE_API
        return self.given.get("STRIPE_API_BASE", default)

    @property
    def base_url(self) -> str:
        """How people reach the application."""
        return self.given.get("BASE_URL", f"http://localhost:{self.port}").rstrip("/")

    @property
    def local_url(self) -> str:
        """How our own processes reach the application."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The sandbox's dashboard, hosted pages and control API; empty without a sandbox."""
        if not self.runs_sandbox:
            return self.given.get("SANDBOX_URL", "")
        return self.given.get("SANDBOX_URL", f"http://localhost:{self.sandbox_port}").rstrip("/")

    @property
    def webhook_url(self) -> str:
        """Where the sandbox delivers; it may be given to put something between."""
        return self.given.get("SANDBOX_WEBHOOK_URL", f"{self.local_url}/webhooks/stripe/")

    def environment(self, database_url: str, redis_url: str) -> dict[str, str]:
        """What every process of the stack hears: the given environment, completed."""
        told = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "STRIPE_SECRET_KEY": self.stripe_secret_key,
            "STRIPE_API_BASE": self.stripe_api_base,
            "STRIPE_WEBHOOK_SECRETS": ",".join(self.webhook_secrets),
            "PORT": str(self.port),
            "BASE_URL": self.base_url,
            "DATA_DIR": str(self.data_dir),
            "PYTHONUNBUFFERED": "1",
        }
        if self.runs_sandbox:
            told |= {
                "SANDBOX_PORT": str(self.sandbox_port),
                "SANDBOX_URL": self.sandbox_url,
                "SANDBOX_WEBHOOK_URL": self.webhook_url,
            }
        return {**self.given, **told}


def _port(given: Mapping[str, str], name: str, defaults: range) -> int:
    """Take the given port or find one."""
    if name not in given:
        return next((port for port in defaults if is_free(port)), None) or free_port()
    text = given[name].strip()
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Unstartable(f"{name}={text} is not a port: give a number from 1 to 65535.")
    if not is_free(int(text)):
        raise Unstartable(
            f"{name}={text} is taken by another program. End it, or give another {name}; "
            f"without {name} a free one is chosen."
        )
    return int(text)


def _webhook_secrets(given: Mapping[str, str], data_dir: Path) -> tuple[str, ...]:
    """The given signing secrets, or one of our own that stays the same between runs."""
    if named := listed(given.get("STRIPE_WEBHOOK_SECRETS", "")):
        return named
    if given.get("STRIPE_SECRET_KEY", SANDBOX_KEY) != SANDBOX_KEY:
        return ()
    path = data_dir / "webhook_secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"whsec_{secrets.token_hex(20)}")
    return (path.read_text().strip(),)
