"""The sandbox Stripe from a test's side: its control API over HTTP."""

import json
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings

CARD = "4242424242424242"


class Sandbox:
    """What tests tell the sandbox to do; each call answers with its JSON."""

    def call(self, path: str, **body: Any) -> Any:
        """POST to the control API."""
        return self._speak(urllib.request.Request(  # noqa: S310 -- always our own sandbox
            f"{settings.SANDBOX_URL}/_sandbox/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        ))

    def ask(self, path: str) -> Any:
        """GET from the control API."""
        return self._speak(urllib.request.Request(f"{settings.SANDBOX_URL}/_sandbox/{path}"))  # noqa: S310

    def reset(self) -> None:
        """Forget everything but the configuration."""
        self.call("reset")

    def _speak(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 -- see above
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{request.full_url}: {error.code} {error.read()[:500]!r}") from error


def the_sandbox() -> Sandbox:
    """Return the sandbox of this test run."""
    return Sandbox()


def pay(session_id: str, *, card: str = CARD) -> dict[str, Any]:
    """Fill in the payment page of a session and send it."""
    return dict(the_sandbox().call("pay", session=session_id, card=card))
