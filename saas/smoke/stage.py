"""The stack that is driven: one that runs, or one thrown up for this and thrown away."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from saas.env import SANDBOX_KEY
from saas.smoke.browser import SmokeFailed

START_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the application and its sandbox are."""

    base_url: str
    sandbox_url: str

    def control(self, path: str, **body: int | str) -> dict[str, object]:
        """Pull one of the sandbox's levers."""
        answer = requests.post(f"{self.sandbox_url}/_sandbox/{path}", json=dict(body), timeout=180)
        if answer.status_code >= 300:
            raise SmokeFailed(f"sandbox {path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json() or {})

    def mail_to(self, address: str, *, subject: str = "", seconds: float = 15) -> dict[str, object]:
        """Return the newest mail to an address, waiting a little for it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            mails = requests.get(f"{self.base_url}/dev/mail.json", timeout=30).json()
            for mail in mails:
                if address in mail["to"] and subject.lower() in mail["subject"].lower():
                    return dict(mail)
            time.sleep(0.2)
        raise SmokeFailed(f"no mail to {address} about “{subject}” came")


@contextmanager
def a_stage() -> Iterator[Stage]:
    """Yield the stack named by BASE_URL, else the one in serve.json, else a throw-away one.

    A stack whose Stripe is not the sandbox is refused: nothing here may ever meet real money.
    """
    given = os.environ.get("BASE_URL", "")
    record = Path(os.environ.get("DATA_DIR") or ".data") / "serve.json"
    if given:
        _refuse_real_money(os.environ.get("STRIPE_SECRET_KEY", SANDBOX_KEY))
        port = os.environ.get("SANDBOX_PORT", "8001")
        sandbox = os.environ.get("SANDBOX_URL") or f"http://localhost:{port}"
        yield Stage(given.rstrip("/"), sandbox.rstrip("/"))
    elif record.exists() and _lives(json.loads(record.read_text())):
        yield _stage_of(json.loads(record.read_text()))
    else:
        with tempfile.TemporaryDirectory(prefix="chapterhouse-smoke-") as folder:
            os.chmod(folder, 0o755)  # noqa: S103 -- PostgreSQL runs as another user
            with _thrown_up(Path(folder)) as stage:
                yield stage


@contextmanager
def _thrown_up(folder: Path) -> Iterator[Stage]:
    _refuse_real_money(os.environ.get("STRIPE_SECRET_KEY", SANDBOX_KEY))
    environment = {**os.environ, "DATA_DIR": str(folder), "DEBUG": "1"}
    log = folder / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "saas.embedded", "serve"],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _stage_of(_await(process, folder / "serve.json", log))
        except BaseException:
            sys.stderr.write(log.read_text(errors="replace")[-6000:])
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _await(process: "subprocess.Popen[bytes]", record: Path, log: Path) -> dict[str, object]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SmokeFailed(
                f"the stack did not start:\n{log.read_text(errors='replace')[-3000:]}"
            )
        if record.exists() and (chosen := json.loads(record.read_text())).get("ready"):
            return dict(chosen)
        time.sleep(0.2)
    raise SmokeFailed(f"the stack was not ready after {START_SECONDS} s")


def _stage_of(chosen: dict[str, object]) -> Stage:
    _refuse_real_money(str(chosen["stripe_secret_key"]))
    return Stage(str(chosen["base_url"]).rstrip("/"), str(chosen["sandbox_url"]).rstrip("/"))


def _lives(chosen: dict[str, object]) -> bool:
    try:
        return requests.get(f"{chosen['base_url']}/healthz", timeout=3).status_code == 200
    except (requests.RequestException, KeyError):
        return False


def _refuse_real_money(key: str) -> None:
    if key != SANDBOX_KEY:
        raise SmokeFailed("This drives payments, so it runs against the sandbox Stripe only.")
