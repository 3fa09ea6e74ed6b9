"""A real sandbox process, and what stands around it: an endpoint that listens, a follower."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import stripe

KEY = "sk_test_chapterhousesandbox00000"
SECRETS = ("whsec_newer", "whsec_older")
ROOT = Path(__file__).resolve().parents[2]
DAY = 86400

Body = dict[str, Any]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Listener:
    """An HTTP server that keeps what was posted to it, and answers as it is told."""

    def __init__(self, answer: Callable[[bytes], tuple[int, bytes]]) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answer = answer
        listener = self

        class Ear(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((dict(self.headers), body))
                status, text = listener.answer(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self) -> list[Body]:
        """What was heard, as events, in the order of arrival."""
        return [json.loads(body) for _, body in self.heard]


class Sandbox:
    """One sandbox process and a client of Stripe's own library for it."""

    def __init__(self, folder: Path, *, follower: str | None = None) -> None:
        self.folder = folder
        self.follower = follower
        self.ear = Listener(lambda _: (200, b"{}"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        told = ["--port", str(self.port), "--data", str(self.folder), "--url", self.url]
        told += ["--webhook-url", self.ear.url]
        for secret in SECRETS:
            told += ["--secret", secret]
        if self.follower:
            told += ["--follower", self.follower]
        self._process = subprocess.Popen([sys.executable, "-m", "sandbox", *told], cwd=ROOT)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self.get("healthz")
                return
            except urllib.error.URLError:
                time.sleep(0.05)
        raise AssertionError("the sandbox did not start")

    def stop(self) -> int:
        """Ask it to end, as a supervisor would; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=10)

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.wait(timeout=10)

    @property
    def stripe(self) -> Any:
        """Stripe's own client, pointed here, without retries of its own."""
        here = {"api": self.url, "connect": self.url, "files": self.url, "meter_events": self.url}
        client = stripe.StripeClient(KEY, base_addresses=here, max_network_retries=0)  # type: ignore[arg-type]  # the library's own type has no name for it
        return client.v1

    def call(self, path: str, **body: Any) -> Body:
        """Pull a lever."""
        return self._speak(path, json.dumps(body).encode())

    def get(self, path: str) -> Body:
        """Read a lever."""
        return self._speak(path, None)

    def _speak(self, path: str, body: bytes | None) -> Body:
        asked = urllib.request.Request(f"{self.url}/_sandbox/{path}", data=body)  # noqa: S310 -- our own process
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 -- our own process
                found: Body = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as error:
            return dict(json.loads(error.read())) | {"status": error.code}

    def advance(self, seconds: int) -> Body:
        """Let business time pass."""
        return self.call("clock", advance=seconds)

    def to_next_renewal(self) -> Body:
        """Let business time pass until a renewal was charged."""
        return self.call("clock", to_next_renewal=True)


def price(sandbox: Sandbox, amount: int = 1200, interval: str = "month", name: str = "Team") -> Any:
    """A price of a product of its own."""
    product = sandbox.stripe.products.create({"name": name})
    asked = {"product": product.id, "currency": "usd", "unit_amount": amount}
    return sandbox.stripe.prices.create(asked | {"recurring": {"interval": interval}})


def a_customer(sandbox: Sandbox, name: str = "Acme") -> Any:
    """A customer with an address to write to."""
    return sandbox.stripe.customers.create({"name": name, "email": f"{name.lower()}@acme.example"})


def a_session(sandbox: Sandbox, customer: Any, of: Any, quantity: int = 3, **more: Any) -> Any:
    """An open Checkout session."""
    asked: Body = {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "customer": customer.id,
        "line_items": [{"price": of.id, "quantity": quantity}],
        "success_url": "http://app.example/return?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://app.example/billing",
    }
    return sandbox.stripe.checkout.sessions.create(asked | more)


def a_subscription(sandbox: Sandbox, customer: Any, of: Any, quantity: int = 3, **more: Any) -> Any:
    """A subscription that was bought at Checkout."""
    session = a_session(sandbox, customer, of, quantity, **more)
    assert sandbox.call("pay", session=session.id)["ok"]
    return sandbox.stripe.subscriptions.list({"customer": customer.id}).data[0]


def types_of(sandbox: Sandbox, **asked: Any) -> list[str]:
    """The types of all kept events, oldest first."""
    found = sandbox.stripe.events.list({"limit": 100} | asked).data
    return [event.type for event in reversed(found)]


def last_event(sandbox: Sandbox) -> str:
    """The youngest event."""
    return str(sandbox.stripe.events.list({"limit": 1}).data[0].id)


def types_since(sandbox: Sandbox, event: str) -> list[str]:
    """The types of everything younger than an event, oldest first."""
    found = sandbox.stripe.events.list({"limit": 100, "ending_before": event}).data
    return [one.type for one in reversed(found)]


def eventually(holds: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether something comes true soon."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
