"""``serve``, ``down`` and ``status``: the stack as a person at the terminal meets it."""

import fcntl
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from saas.embedded.broker import Broker
from saas.embedded.child import Child
from saas.embedded.console import Console
from saas.embedded.faults import PartDied, Unstartable
from saas.embedded.parts import ROOT, Part, parts_of
from saas.embedded.postgres import Cluster
from saas.embedded.processes import RUN_VARIABLE, Identity, end, free_port
from saas.embedded.record import (
    Record,
    end_orphans,
    entry,
    owner_of,
    read_record,
    write_record,
)
from saas.embedded.supervisor import Supervisor
from saas.embedded.wiring import Wiring

RECORD = "serve.json"
LOCK = "serve.lock"

Table = Callable[[Wiring, Cluster | None, Broker | None, socket.socket], list[Part]]


class Ending:
    """Hears the signals that end a run."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def serve(environment: Mapping[str, str], table: Table = parts_of) -> int:
    """Run what the environment does not name, until told to stop. Give the exit code.

    Raises Unstartable when it cannot begin. A run that was killed is cleared up first.
    """
    ending = Ending()
    data_dir = data_dir_of(environment)
    data_dir.mkdir(parents=True, exist_ok=True)
    with sole_run(data_dir):
        if leftover := read_record(data_dir / RECORD):
            end_orphans(leftover)
            (data_dir / RECORD).unlink()
        wiring = Wiring.read(environment)
        try:
            return _run(wiring, table, ending)
        finally:
            (data_dir / RECORD).unlink(missing_ok=True)


def _run(wiring: Wiring, table: Table, ending: Ending) -> int:
    begun = time.monotonic()
    cluster = broker = None
    if wiring.runs_postgres:
        cluster = Cluster.at(wiring.data_dir / "postgres", free_port())
    if wiring.runs_broker:
        broker = Broker.at(wiring.data_dir / "broker", free_port())
    record = describe(wiring, cluster, broker)
    path = wiring.data_dir / RECORD
    write_record(path, record)
    env = wiring.environment(record["database_url"], record["redis_url"])

    def write_children(children: list[Child]) -> None:
        record["children"] = [entry(child) for child in children]
        write_record(path, record)

    with open_door(wiring.port) as door:
        parts = table(wiring, cluster, broker, door)
        console = Console([part.name for part in parts])
        console.say(f"Starting Chapterhouse; its files are in {wiring.data_dir}")
        supervisor = Supervisor(
            parts,
            env={**env, RUN_VARIABLE: record["run"]},
            cwd=ROOT,
            console=console,
            is_over=lambda: ending.asked,
            on_change=write_children,
        )
        try:
            if supervisor.rise():
                record["ready"] = True
                write_record(path, record)
                console.say(welcome(wiring, supervisor.report, time.monotonic() - begun))
                supervisor.watch()
        except PartDied as fault:
            console.say(f"\n{fault}\n\nStopping everything else.")
            return 1
        finally:
            supervisor.fall()
        console.say("Stopped; nothing is left running.")
    return 0


def describe(wiring: Wiring, cluster: Cluster | None, broker: Broker | None) -> Record:
    """What the record of a run says."""
    me = Identity.of(os.getpid())
    return {
        "pid": os.getpid(),
        "started": me.started if me else "",
        "run": secrets.token_hex(8),
        "ready": False,
        "base_url": wiring.base_url,
        "port": wiring.port,
        "sandbox_url": wiring.sandbox_url,
        "sandbox_port": wiring.sandbox_port or None,
        "stripe_api_base": wiring.stripe_api_base,
        "stripe_secret_key": wiring.stripe_secret_key,
        "webhook_secrets": list(wiring.webhook_secrets),
        "database_url": cluster.url() if cluster else wiring.given["DATABASE_URL"],
        "redis_url": broker.url if broker else wiring.given["REDIS_URL"],
        "data_dir": str(wiring.data_dir),
        "debug": wiring.given.get("DEBUG", ""),
        "children": [],
    }


def welcome(wiring: Wiring, report: list[str], seconds: float) -> str:
    """The words when all is ready."""
    lines = [f"\nready in {seconds:.1f} s\n", f"  application   {wiring.base_url}"]
    if wiring.runs_sandbox:
        lines.append(f"  sandbox       {wiring.sandbox_url}   (a local Stripe with a clock)")
    lines += [
        f"  mail          {wiring.base_url}/dev/mail/",
        f"  API docs      {wiring.base_url}/api/v1/docs",
        "",
        *report,
        "",
        "Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


def down(environment: Mapping[str, str]) -> int:
    """End the run of this DATA_DIR, or what a killed one left. Nothing to end is fine."""
    path = data_dir_of(environment) / RECORD
    record = read_record(path)
    if record is None:
        say("Nothing is running.")
        return 0
    if owner := owner_of(record):
        end([owner], polite=signal.SIGTERM, grace=60)
    if read_record(path) == record:  # it did not come to clear up itself
        end_orphans(record)
        path.unlink(missing_ok=True)
    say("Stopped.")
    return 0


def status(environment: Mapping[str, str]) -> int:
    """Say what runs; 0 when all is ready, 1 when it is not."""
    record = read_record(data_dir_of(environment) / RECORD)
    if record is None or not owner_of(record):
        say("Nothing is running.")
        return 1
    say(f"{'ready' if record['ready'] else 'starting'}: {record['base_url']} (pid {record['pid']})")
    for child in record["children"]:
        state = "runs" if Identity(child["pid"], child["started"]).alive else "is gone"
        say(f"  {child['name']:<10} {state} (pid {child['pid']})")
    return 0 if record["ready"] else 1


@contextmanager
def sole_run(data_dir: Path) -> Iterator[None]:
    """Hold the folder for one run at a time; the kernel lets go when we die, however we die."""
    with (data_dir / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record = read_record(data_dir / RECORD)
            where = f"{record['base_url']} (pid {record['pid']})" if record else str(data_dir)
            raise Unstartable(
                f"Chapterhouse already runs at {where}. `python -m saas.embedded down` ends it; "
                "another DATA_DIR makes a second one."
            ) from None
        yield


@contextmanager
def open_door(port: int) -> Iterator[socket.socket]:
    """Listen at once on the web server's port, so that nobody else can take it while we start."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen(512)
        except OSError:
            raise Unstartable(f"PORT={port} was taken by another program just now.") from None
        yield door


def data_dir_of(environment: Mapping[str, str]) -> Path:
    """Where this stack keeps its files."""
    return Path(environment.get("DATA_DIR") or ".data").resolve()


def say(text: str) -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(f"{text}\n")
