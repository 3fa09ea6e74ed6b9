"""The servers behind the tests, begun before Django reads its settings.

A run without DATABASE_URL gets a PostgreSQL of its own, one without REDIS_URL a Redis, and every
run a sandbox Stripe: tests never speak to another. The servers start while tests are collected.
Any number of runs may share a checkout; one that was killed is cleared up by the next.
"""

import atexit
import gc
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType

import pytest

from saas.embedded.broker import Broker
from saas.embedded.child import Child
from saas.embedded.faults import Unstartable
from saas.embedded.postgres import Cluster
from saas.embedded.processes import RUN_VARIABLE, Identity, free_port, wait_until
from saas.embedded.record import end_orphans, entry, owner_of, read_record, write_record
from saas.env import SANDBOX_KEY
from tests.kept import Kept

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / ".data"
RECORD = "run.json"
WEBHOOK_SECRET = "whsec_test0123456789abcdef0123456789abcdef"
# What a developer's own shell may say, and tests must not hear.
DEAF_TO = (
    "ALLOWED_HOSTS", "BROKER_URL", "DEPLOYMENT", "EMAIL_URL", "LOG_FORMAT", "STRIPE_HOSTED_HOSTS",
    "TRUSTED_PROXIES",
)  # fmt: skip
SANDBOX_AT, SPEAK_TO = "TEST_SANDBOX_PORT", "TEST_STRIPE_API_BASE"
"""For one who listens to what tests and the sandbox say: where it is, and what is spoken to instead
(by one process: ``-n 0``).
"""


class Stack:
    """The servers of one run, in a folder of their own."""

    def __init__(self) -> None:
        RUNS.mkdir(exist_ok=True)
        clear_dead_runs()
        self.folder = Path(tempfile.mkdtemp(prefix="test-", dir=RUNS))
        self.folder.chmod(0o711)
        self.run = secrets.token_hex(8)
        self.children: list[Child] = []
        self.fault = self.sandbox_fault = ""
        self.web_port = free_port()
        self.sandbox_port = int(os.environ.get(SANDBOX_AT) or free_port())
        self.cluster = self.broker = None
        self._write()
        self.kept = Kept(RUNS)
        self.keeps = False
        if not os.environ.get("DATABASE_URL"):
            self.kept.lend(self.folder / "postgres")
            self.cluster = Cluster.at(self.folder / "postgres", free_port(), throwaway=True)
        if not os.environ.get("REDIS_URL"):
            self.broker = Broker.at(self.folder / "broker", free_port())
        self._guard = threading.Lock()
        self._stopped = False
        self._start = threading.Thread(target=self._start_all, name="test servers", daemon=True)

    def environment(self) -> dict[str, str]:
        """Name every address for Django, before anything runs there."""
        sandbox = f"http://127.0.0.1:{self.sandbox_port}"
        web = f"http://localhost:{self.web_port}"
        return {
            "CHAPTERHOUSE_TEST_STACK": str(self.folder),
            "DEBUG": "1",
            "SECRET_KEY": "tests-only-" + "0" * 50,
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.cluster.url() if self.cluster else os.environ["DATABASE_URL"],
            "REDIS_URL": self.broker.url if self.broker else os.environ["REDIS_URL"],
            "STRIPE_SECRET_KEY": SANDBOX_KEY,
            "STRIPE_API_BASE": os.environ.get(SPEAK_TO) or sandbox,
            "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
            "SANDBOX_URL": sandbox,
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX_WEBHOOK_URL": f"{web}/webhooks/stripe/",
            # The live server of the journeys listens where the sandbox delivers to.
            "DJANGO_LIVE_TEST_SERVER_ADDRESS": f"localhost:{self.web_port}",
            "PORT": str(self.web_port),
            "BASE_URL": web,
        }

    def begin(self) -> None:
        """Start the servers without waiting for them."""
        self._start.start()

    def wait(self) -> None:
        """Wait until the servers answer; ``fault`` then says what keeps one from it."""
        if self._start.ident is not None:
            self._start.join()

    def keep(self, database: str) -> None:
        """Keep a database that has just been migrated for the next run.

        One of several workers does; a cluster of somebody else's is left alone.
        """
        if self.cluster and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
            self.kept.take(self.cluster, database)
            self.keeps = True

    def stop(self) -> None:
        """End every server and remove the folder; may be called twice."""
        with self._guard:
            self._stopped = True
            for child in reversed(self.children):
                if self.keeps and child.name == "postgres":
                    child.stop_signal = signal.SIGINT  # in peace, so that its files are whole
                child.stop(grace=30)
            self.children.clear()
        if self._start.ident is not None:
            self._start.join(timeout=30)
        if self.keeps and self.cluster:
            self.kept.put_away(self.cluster)
            self.keeps = False
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_all(self) -> None:
        """Start what can start together, then wait for each."""
        try:
            sandbox = self._start_sandbox()
            broker = self._spawn("broker", self.broker.command) if self.broker else None
            if self.cluster:
                self._start_cluster(self.cluster)
            if self.broker and broker:
                self._await(broker, self.broker.is_ready)
        except (Unstartable, OSError) as fault:
            self.fault = str(fault)
            return
        try:
            if sandbox:
                self._await(sandbox, self._sandbox_answers)
        except Unstartable as fault:
            self.sandbox_fault = str(fault)

    def _start_cluster(self, cluster: Cluster) -> None:
        self.kept.fill(cluster)
        cluster.prepare()
        child = self._spawn(
            "postgres", cluster.command, user=cluster.user, stop_signal=signal.SIGQUIT
        )
        self._await(child, cluster.is_ready)
        cluster.create_database()

    def _start_sandbox(self) -> Child | None:
        if not (ROOT / "sandbox" / "__main__.py").exists():
            return None
        named = self.environment()
        command = [
            sys.executable, "-m", "sandbox",
            "--port", str(self.sandbox_port),
            "--data", str(self.folder / "sandbox"),
            "--url", named["SANDBOX_URL"],
            "--webhook-url", named["SANDBOX_WEBHOOK_URL"],
            "--secret", WEBHOOK_SECRET,
            "--clock-file", str(self.folder / "clock"),
        ]  # fmt: skip
        return self._spawn("sandbox", command)

    def _sandbox_answers(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.sandbox_port}/_sandbox/healthz"
            with urllib.request.urlopen(url, timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _spawn(
        self,
        name: str,
        command: list[str],
        *,
        user: tuple[int, int] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> Child:
        with self._guard:
            if self._stopped:
                raise Unstartable("The run is over.")
            env = {**os.environ, RUN_VARIABLE: self.run}
            child = Child(name, command, env=env, cwd=ROOT, user=user, stop_signal=stop_signal)
            self.children.append(child)
            self._write()
        return child

    def _await(self, child: Child, claim: Callable[[], bool]) -> None:
        wait_until(lambda: child.exit_code is not None or claim(), seconds=60)
        if child.exit_code is not None or not claim():
            raise Unstartable(f"{child.name} did not start:\n{child.last_words()}")

    def _write(self) -> None:
        me = Identity.of(os.getpid())
        record = {
            "pid": os.getpid(),
            "started": me.started if me else "",
            "run": self.run,
            "children": [entry(child) for child in self.children],
        }
        write_record(self.folder / RECORD, record)


def clear_dead_runs() -> None:
    """End the servers of runs that were killed, and remove their folders."""
    for folder in RUNS.glob("test-*"):
        record = read_record(folder / RECORD)
        if record and not owner_of(record):
            end_orphans(record)
            shutil.rmtree(folder, ignore_errors=True)


STACK: Stack | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Name the servers before pytest-django loads the settings; start them if tests will run."""
    global STACK
    asked = early_config.known_args_namespace
    if getattr(asked, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ.update(DEBUG="1", DATA_DIR=tempfile.gettempdir())  # its workers have servers
    elif "CHAPTERHOUSE_TEST_STACK" not in os.environ:
        STACK = Stack()
        atexit.register(STACK.stop)
        for name in DEAF_TO:
            os.environ.pop(name, None)
        os.environ.update(STACK.environment())
        if not (asked.help or asked.version or asked.collectonly):
            signal.signal(signal.SIGTERM, _interrupt)
            STACK.begin()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Wait for the servers before the first test."""
    if STACK and session.items:
        STACK.wait()
        if STACK.fault:
            pytest.exit(f"The servers behind the tests do not start.\n{STACK.fault}", returncode=3)
    gc.collect()
    gc.freeze()  # what is loaded by now stays, and need not be searched for waste again and again
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why tests against the sandbox failed, when it is because there was none."""
    if STACK and STACK.sandbox_fault:
        terminalreporter.section("the sandbox did not start", red=True)
        terminalreporter.write_line(STACK.sandbox_fault)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End the servers, however the run ended."""
    if STACK:
        STACK.stop()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Let SIGTERM end a run as Ctrl-C does, so that it is cleared up."""
    raise KeyboardInterrupt
