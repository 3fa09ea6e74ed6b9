"""What one running sandbox consists of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.clock import Clock
from sandbox.sender import Sender
from sandbox.store import Store
from sandbox.turn import Turn, turning


@dataclass(slots=True)
class World:
    """The store, the clock and the sender of this process, and where it is reached."""

    store: Store
    clock: Clock
    sender: Sender
    url: str
    follower: str | None = None
    webhook_url: str | None = None
    secrets: tuple[str, ...] = ()

    @contextmanager
    def turn(
        self, *, at: int | None = None, request: str | None = None, key: str | None = None
    ) -> Iterator[Turn]:
        """One turn at the business second, or at a due moment; deliveries leave when it is over."""
        now = self.clock.now() if at is None else at
        with turning(self.store, now=now, url=self.url, request=request, key=key) as turn:
            yield turn
        self.sender.ring()


_worlds: list[World] = []


def open_world(
    folder: Path,
    url: str,
    *,
    clock_file: Path | None = None,
    follower: str | None = None,
    webhook_url: str | None = None,
    secrets: tuple[str, ...] = (),
) -> World:
    """Open what the folder holds and make it this process's world."""
    store = Store(folder / "sandbox.sqlite3")
    world = World(
        store=store,
        clock=Clock(store, clock_file or folder / "clock"),
        sender=Sender(store),
        url=url.rstrip("/"),
        follower=follower,
        webhook_url=webhook_url,
        secrets=secrets,
    )
    _worlds[:] = [world]
    return world


def world() -> World:
    """The world of this process."""
    return _worlds[0]
