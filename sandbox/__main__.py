"""``python -m sandbox``: start it."""

import argparse
import importlib
import os
import threading
from pathlib import Path

import django

from sandbox.server import serve
from sandbox.startup import begin
from sandbox.world import open_world


def main() -> None:
    """Open the world, tell the application's endpoint, serve."""
    asked = _arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    django.setup()
    url = asked.url or f"http://{asked.host}:{asked.port}"
    world = open_world(
        Path(asked.data),
        url,
        clock_file=Path(asked.clock_file) if asked.clock_file else None,
        follower=asked.follower,
        webhook_url=asked.webhook_url,
        secrets=tuple(asked.secret),
    )
    end = begin(world)
    # The library's types take half a second to read; the first request need not wait for them.
    threading.Thread(target=importlib.import_module, args=("stripe.params",), daemon=True).start()
    serve(asked.host, asked.port, end)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Stripe.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--data", required=True, help="the folder of its one file")
    parser.add_argument("--url", help="where browsers reach its pages")
    parser.add_argument("--webhook-url", help="the application's endpoint, made at the start")
    parser.add_argument("--secret", action="append", default=[], help="signs for that endpoint")
    parser.add_argument("--follower", help="is told of every instant when the clock advances")
    parser.add_argument("--clock-file", help="where the offset is written, in seconds")
    return parser.parse_args()


if __name__ == "__main__":
    main()
