"""The sandbox Stripe from a test's side: its control API over HTTP."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
FAILS_LATER = "4000000000000341"
DAY = 86400


@dataclass(frozen=True, slots=True)
class Letter:
    """One event as it would be delivered: signed a moment ago, its body as bytes."""

    event_id: str
    type: str
    body: bytes
    signature: str

    @property
    def event(self) -> dict[str, Any]:
        """The event in the body."""
        return dict(json.loads(self.body))


class Sandbox:
    """What tests tell the sandbox to do; each call answers with its JSON."""

    def call(self, path: str, **body: Any) -> Any:
        """POST to the control API."""
        return self._speak(
            urllib.request.Request(  # noqa: S310 -- always our own sandbox
                f"{settings.SANDBOX_URL}/_sandbox/{path}",
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
            )
        )

    def ask(self, path: str) -> Any:
        """GET from the control API."""
        return self._speak(urllib.request.Request(f"{settings.SANDBOX_URL}/_sandbox/{path}"))  # noqa: S310

    def reset(self, *, keep_catalog: bool = False, delivers: bool = False) -> None:
        """Forget everything but the configuration; the clock is wall time again.

        Deliveries are held back, and tests carry them: a live server of an earlier test may still
        listen, and would write beside the transaction of this one. A journey ``delivers``.
        """
        self.call("reset", keep_catalog=keep_catalog)
        self.call("deliveries", mode="send" if delivers else "hold")

    # --- deliveries ---

    def letters(self, *types: str, after: int = 0) -> list[Letter]:
        """What is held back, in the order it happened: all, or only these types.

        ``after`` leaves out so many of the oldest, so that only news is seen.
        """
        held = self.ask("deliveries?state=held")["deliveries"][after:]
        return [
            Letter(
                one["event_id"],
                one["type"],
                one["body"].encode(),
                one["headers"]["Stripe-Signature"],
            )
            for one in held
            if not types or one["type"] in types
        ]

    # --- the clock ---

    def advance(self, *, days: float = 0, seconds: int = 0) -> None:
        """Let business time pass."""
        self.call("clock", advance=int(days * DAY) + seconds)

    def to_next_renewal(self) -> None:
        """Let business time pass until a renewal was charged."""
        self.call("clock", to_next_renewal=True)

    # --- trouble ---

    def faults(self, *answers: dict[str, Any]) -> None:
        """Plan what goes wrong with the next API calls; nothing named makes all right again."""
        self.call("faults", answers=list(answers))

    def decline_next(self, customer: str) -> None:
        """Let the next charge of a customer be declined."""
        self.call("decline_next", customer=customer)

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """Hold that nothing calls the API inside the block, and let whoever does fail."""
        many = 1_000_000
        self.faults({"path": "/v1/", "status": 500, "times": many})
        yield
        left = self.ask("faults")["answers"]
        self.faults()
        assert [one["times"] for one in left] == [many], "Stripe was called"

    # --- what is there ---

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that money did."""
        return dict(self.ask("ledger"))

    def subscription(self, subscription_id: str) -> dict[str, Any]:
        """One subscription as the API shows it."""
        return dict(self.ask(f"objects/subscription/{subscription_id}"))

    def _speak(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 -- see above
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            told = f"{request.full_url}: {error.code} {error.read()[:500]!r}"
            raise AssertionError(told) from error


def the_sandbox() -> Sandbox:
    """Return the sandbox of this test run."""
    return Sandbox()


def pay(session_id: str, *, card: str = CARD) -> dict[str, Any]:
    """Fill in the payment page of a session and send it."""
    return dict(the_sandbox().call("pay", session=session_id, card=card))
