"""What a sandbox does before its first request."""

from collections.abc import Callable

from sandbox.advance import Ticker
from sandbox.ids import random_text
from sandbox.objects import endpoints
from sandbox.turn import API_VERSION
from sandbox.world import World

OWN = "the application"


def begin(world: World) -> Callable[[], None]:
    """Make or refresh the application's endpoint, start carrying and ticking; how to stop."""
    if world.webhook_url:
        _endpoint(world, world.webhook_url, list(world.secrets) or [f"whsec_{random_text(32)}"])
    ticker = Ticker(world)
    world.sender.start()
    ticker.start()

    def end() -> None:
        ticker.stop()
        world.sender.stop()
        world.store.close()

    return end


def _endpoint(world: World, url: str, secrets: list[str]) -> None:
    with world.turn() as turn:
        for found in turn.all("webhook_endpoint"):
            if found["description"] == OWN:
                turn.save(found | {"url": url, "_secrets": secrets})
                return
        asked = {"url": url, "enabled_events": ["*"], "description": OWN}
        endpoints.register(turn, asked | {"api_version": API_VERSION}, secrets)
