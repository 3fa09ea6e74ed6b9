"""Business time moves: instant by instant, and at each one everybody hears of it."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox.billing.renewal import perform
from sandbox.clock import HOUR, from_iso, iso
from sandbox.moments import LIVE, ends_at, period_of
from sandbox.sender import post
from sandbox.turn import Turn
from sandbox.world import World

log = logging.getLogger("sandbox")

PATIENCE = 60
TICK = 1.0
_one_at_a_time = threading.Lock()


@dataclass(slots=True)
class Journey:
    """Where an advance of the clock has been."""

    instants: list[int] = field(default_factory=list)
    follower: str = "none"


def perform_due(world: World, until: int) -> int:
    """Do all that is due, each at its own moment; how many things that were."""
    done = 0
    query = "select kind, id, due, doc from objects where due<=? order by due, seq limit 1"
    while found := world.store.rows(query, (until,)):
        with world.turn(at=int(found[0]["due"])) as turn:
            now = turn.store.rows(query, (until,))
            if now and tuple(now[0]) == tuple(found[0]):  # no request came between
                _perform(turn, found[0]["kind"], found[0]["id"], found[0]["doc"])
                done += 1
    return done


def _perform(turn: Turn, kind: str, object_id: str, before: str) -> None:
    """Do it, and refuse to turn in a circle if that changed nothing."""
    perform(turn, kind, object_id)
    after = turn.store.rows("select doc from objects where kind=? and id=?", (kind, object_id))
    if after and after[0]["doc"] == before:
        raise RuntimeError(f"the moment of {object_id} came, and nothing changed")


def advance_to(world: World, target: int) -> Journey:
    """Go on to a moment, stopping wherever the sandbox or its follower has something to do."""
    journey = Journey()
    with _one_at_a_time:
        told = world.clock.now()
        waits_for = _stop(world, told, journey)
        while told < target:
            own = world.store.next_due()
            stops = [moment for moment in (own, waits_for) if moment is not None]
            world.clock.set_to(min([*stops, target]))
            # Seconds pass while news is delivered: what fell due meanwhile is a stop of its own.
            told = max(world.clock.now(), min([*stops, target]))
            journey.instants.append(told)
            waits_for = _stop(world, told, journey)
            if waits_for is not None and waits_for <= told:
                waits_for = None  # it has heard of this moment
    return journey


def _stop(world: World, moment: int, journey: Journey) -> int | None:
    """One instant: what is due, its news, then the follower; when that wants to be told again."""
    perform_due(world, moment)
    world.sender.drain()
    if world.follower is None:
        return None
    next_at, trouble = _tell(world.follower, moment)
    journey.follower = trouble or ("reached" if journey.follower == "none" else journey.follower)
    world.sender.drain()
    return next_at


def _tell(url: str, moment: int) -> tuple[int | None, str | None]:
    """Tell the follower the time; its next moment, or why it could not be told."""
    body = json.dumps({"now": iso(moment)}).encode()
    status, answer, error = post(url, body, {"Content-Type": "application/json"}, PATIENCE)
    if error is not None or status != 200:
        return None, f"unreachable: {error or f'it answered {status}'}"
    try:
        next_at = json.loads(answer).get("next_at")
        return (from_iso(next_at) if next_at else None), None
    except (ValueError, AttributeError):
        return None, "unreachable: its answer was no JSON object with next_at"


def next_renewal(world: World) -> int | None:
    """A moment just after the next renewal was drafted, finalized and charged."""
    with world.turn() as turn:
        ends = [
            period_of(one)[1]
            for one in turn.all("subscription")
            if one["status"] in LIVE and ends_at(one) is None
        ]
    return min(ends) + HOUR if ends else None


@contextmanager
def standstill() -> Iterator[None]:
    """Time does not move meanwhile, and nothing falls due."""
    with _one_at_a_time:
        yield


class Ticker:
    """Wall time flows too: what falls due meanwhile is done by itself."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self.start: Callable[[], None] = self._thread.start

    def stop(self) -> None:
        """No more ticks."""
        self._over.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._over.wait(TICK):
            if _one_at_a_time.acquire(blocking=False):
                try:
                    perform_due(self._world, self._world.clock.now())
                except Exception:  # it stays due; a thread that died would stop time for good
                    log.exception("what fell due could not be done")
                finally:
                    _one_at_a_time.release()
