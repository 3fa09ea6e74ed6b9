"""The table of what runs: every part of the stack, what it waits for, and when it is ready."""

import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from saas.embedded.broker import Broker
from saas.embedded.migrations import are_applied, remember_applied
from saas.embedded.postgres import Cluster
from saas.embedded.wiring import Wiring

ROOT = Path(__file__).resolve().parent.parent.parent
MANAGE = (sys.executable, "manage.py")


def at_once() -> bool:
    """For a part that is ready as soon as it runs."""
    return True


def nothing() -> None:
    """For a part with nothing to do before or after."""


@dataclass(frozen=True)
class Part:
    """A server that lasts as long as the stack, or a step that runs to its end.

    ``prepare`` is called before it is started, ``settle`` once it is ready or done. A step whose
    ``is_needless`` says so is not run; one that only ``advises`` may fail without ending the stack.
    What a step that ``reports`` writes is shown when all is ready; a quiet part is heard
    only when it dies.
    """

    name: str
    command: Sequence[str]
    after: tuple[str, ...] = ()
    lasts: bool = True
    advises: bool = False
    reports: bool = False
    is_quiet: bool = False
    is_ready: Callable[[], bool] = at_once
    asked_every: float = 0.03
    is_needless: Callable[[], bool] = lambda: False
    prepare: Callable[[], None] = nothing
    settle: Callable[[], None] = nothing
    user: tuple[int, int] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    pass_fds: tuple[int, ...] = ()


def parts_of(
    wiring: Wiring, cluster: Cluster | None, broker: Broker | None, door: socket.socket
) -> list[Part]:
    """Lay the table for this wiring. ``door`` is the listening socket that web takes over."""
    database = cluster.url() if cluster else wiring.given["DATABASE_URL"]
    servers = [
        *([sandbox(wiring)] if wiring.runs_sandbox else []),
        *([broker_part(broker)] if broker else []),
        *([postgres(cluster)] if cluster else []),
    ]
    storage = tuple(part.name for part in servers if part.name in ("postgres", "broker"))
    below = ("migrate", *(part.name for part in servers))
    return [
        *servers,
        Part(
            "migrate",
            (*MANAGE, "migrate", "--verbosity", "0"),
            after=storage,
            lasts=False,
            is_needless=partial(are_applied, database, wiring.data_dir),
            settle=partial(remember_applied, database, wiring.data_dir),
        ),
        *catalog_and_people(wiring, after=below),
        web(wiring, door, after=below),
        Part("worker", worker_command(), after=below),
        Part("beat", beat_command(wiring), after=below),
    ]


def catalog_and_people(wiring: Wiring, after: tuple[str, ...]) -> list[Part]:
    """Plans, then people to try them with.

    Prices at real Stripe are pushed by a person; here it is only told whether they agree.
    """
    if wiring.runs_sandbox:
        both = [sys.executable, "-m", "saas.embedded.commands", "plans push", "seed"]
        return [Part("seed", both, after=after, lasts=False, reports=True)]
    check = Part("plans", (*MANAGE, "plans", "check"), after=after, lasts=False, advises=True)
    return [check, Part("seed", (*MANAGE, "seed"), after=("plans",), lasts=False, reports=True)]


def postgres(cluster: Cluster) -> Part:
    """The embedded PostgreSQL."""
    return Part(
        "postgres",
        cluster.command,
        is_quiet=True,
        is_ready=cluster.is_ready,
        prepare=cluster.prepare,
        settle=cluster.create_database,
        user=cluster.user,
        stop_signal=signal.SIGINT,  # its fast shutdown; on SIGTERM it would wait for its clients
    )


def broker_part(broker: Broker) -> Part:
    """The embedded Redis."""
    return Part("broker", broker.command, is_quiet=True, is_ready=broker.is_ready)


def sandbox(wiring: Wiring) -> Part:
    """The local Stripe; it signs with every secret, and moves our clock with its own."""
    flags = {
        "--port": str(wiring.sandbox_port),
        "--data": str(wiring.data_dir / "sandbox"),
        "--url": wiring.sandbox_url,
        "--webhook-url": wiring.webhook_url,
        "--follower": f"{wiring.local_url}/dev/clock",
        "--clock-file": str(wiring.data_dir / "clock"),
    }
    secrets = [part for secret in wiring.webhook_secrets for part in ("--secret", secret)]
    command = [sys.executable, "-m", "sandbox", *(part for flag in flags.items() for part in flag)]
    healthz = f"http://127.0.0.1:{wiring.sandbox_port}/_sandbox/healthz"
    return Part("sandbox", [*command, *secrets], is_ready=partial(answers, healthz))


def web(wiring: Wiring, door: socket.socket, after: tuple[str, ...]) -> Part:
    """The web server. Its port is open from the first second: who comes early waits."""
    command = [
        sys.executable, "-m", "gunicorn", "saas.wsgi:application",
        "--bind", f"fd://{door.fileno()}",
        "--worker-class", "gthread", "--workers", "2", "--threads", "4",
        "--preload",
        "--graceful-timeout", "5",
        "--no-control-socket",
        "--log-level", "warning",
    ]  # fmt: skip
    return Part(
        "web",
        command,
        after=after,
        is_ready=partial(answers, f"{wiring.local_url}/readyz"),
        asked_every=0.5,
        pass_fds=(door.fileno(),),
    )


# Who tries the service as root knows it, and is not told at every start.
CELERY = (
    sys.executable, "-W", "ignore:You're running the worker",
    "-m", "celery", "--quiet", "-A", "saas",
)  # fmt: skip


def worker_command() -> list[str]:
    """The Celery worker, without the talk between workers that a single one does not need."""
    alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return [*CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING", *alone]


def beat_command(wiring: Wiring) -> list[str]:
    """The Celery beat, which rings for what is due."""
    schedule = str(wiring.data_dir / "beat-schedule")
    return [*CELERY, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"]


def answers(url: str) -> bool:
    """Whether a server answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address of ours
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False
