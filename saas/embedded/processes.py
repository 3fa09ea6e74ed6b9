"""Processes of this machine: which one is meant, what came of it, and how it is ended."""

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

RUN_VARIABLE = "CHAPTERHOUSE_RUN"
# Below the range from which kernels take ports for outgoing connections, so that none is lost
# between the moment it is found free and the moment a server binds it.
FREE_PORTS = range(15000, 32000)


@dataclass(frozen=True)
class Identity:
    """One process, told apart from a later one that was given the same pid."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """Identify a living process; None when it is gone, or a zombie."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return cls(pid, _start_of(process))
        except (psutil.Error, OSError):
            return None

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return Identity.of(self.pid) == self


def _start_of(process: psutil.Process) -> str:
    """Name the moment of start; on Linux in a form that setting the machine's clock cannot move."""
    stat = Path(f"/proc/{process.pid}/stat")
    if not stat.exists():
        return f"{process.create_time():.2f}"
    ticks = stat.read_text().rpartition(")")[2].split()[19]
    boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    return f"{boot}-{ticks}"


def descendants(pid: int) -> list[Identity]:
    """List what a process started, and what that started."""
    try:
        family = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
    return [known for child in family if (known := Identity.of(child.pid))]


def marked(run: str) -> list[Identity]:
    """List the processes whose environment says that they belong to a run of the stack."""
    found = []
    for pid in psutil.pids():
        try:
            belongs = psutil.Process(pid).environ().get(RUN_VARIABLE) == run
        except (psutil.Error, OSError):
            continue  # gone meanwhile, or another user's: then it is not of our run
        if belongs and pid != os.getpid() and (known := Identity.of(pid)):
            found.append(known)
    return found


def send(identity: Identity, number: signal.Signals) -> None:
    """Send a signal to exactly this process, if it is still there."""
    if identity.alive:
        try:
            os.kill(identity.pid, number)
        except ProcessLookupError:
            return


def end(identities: Iterable[Identity], *, polite: signal.Signals, grace: float) -> None:
    """Ask these processes to stop, wait up to ``grace`` seconds, and kill what remains."""
    identities = list(identities)
    family = [child for parent in identities for child in descendants(parent.pid)]
    for identity in identities:
        send(identity, polite)
    wait_until(lambda: not any(one.alive for one in identities), seconds=grace)
    for identity in [*identities, *family]:
        send(identity, signal.SIGKILL)
    wait_until(lambda: not any(one.alive for one in [*identities, *family]), seconds=5)


def wait_until(claim: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Wait for a claim to come true; False when it did not in time."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 and of all addresses now."""
    for address in ("127.0.0.1", ""):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
                probe.listen(1)
            except OSError:
                return False
    return True


def free_port() -> int:
    """Find a free port, at random so that two who look at once do not meet."""
    for port in random.SystemRandom().sample(FREE_PORTS, 200):  # not what tests seed
        if is_free(port):
            return port
    raise RuntimeError("No free port was found between 15000 and 32000.")
