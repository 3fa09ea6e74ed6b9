"""The thread that carries deliveries, and the way an advance of the clock waits for them."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from sandbox import deliveries
from sandbox.clock import wall
from sandbox.store import Doc, Store

PATIENCE = 20
IDLE = 0.5


def post(
    url: str, body: bytes, headers: dict[str, str], timeout: float
) -> tuple[int | None, bytes, str | None]:
    """POST once: the status and body of the answer, or what went wrong."""
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    link = kind(place.hostname or "", place.port, timeout=timeout)
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        link.request("POST", target, body=body, headers=headers)
        answer = link.getresponse()
        return answer.status, answer.read(), None
    except (OSError, http.client.HTTPException) as error:
        return None, b"", f"{type(error).__name__}: {error}"
    finally:
        link.close()


class Sender:
    """Sends what is due, in the background or on demand; one letter at a time."""

    def __init__(self, store: Store) -> None:
        """Ready; ``start`` begins the background."""
        self._store = store
        self._bell = threading.Event()
        self._sending = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)

    def start(self) -> None:
        """Begin to carry."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter in hand, and no more."""
        self._stopped = True
        self._bell.set()
        self._thread.join(timeout=2)

    def ring(self) -> None:
        """Something may be waiting."""
        self._bell.set()

    def drain(self) -> int:
        """Send everything that is due, and what that brings about; how many were sent."""
        sent = 0
        with self._sending:
            while not self._stopped and (waiting := deliveries.due(self._store)):
                for delivery in waiting:
                    self.send(delivery)
                    sent += 1
        return sent

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nothing is sent meanwhile."""
        with self._sending:
            yield

    def send(self, delivery: Doc) -> bool:
        """One attempt, now; whether the other side took it."""
        headers, body = deliveries.letter(self._store, delivery)
        status, _, error = post(delivery["url"], body, headers, PATIENCE)
        return deliveries.record(self._store, delivery, status, error)

    def _run(self) -> None:
        while not self._stopped:
            self._bell.clear()
            self.drain()
            next_at = deliveries.next_due(self._store)
            pause = IDLE if next_at is None else max(0.02, min(IDLE, next_at - wall()))
            self._bell.wait(pause)
