"""``manage.py sandbox clock|advance 40d|renew``: the clock of the local Stripe, from the shell."""

import re
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
PATIENCE = 600
"""Seconds: a year's advance stops at every renewal, retry and reminder on its way."""


class Command(BaseCommand):
    """Read or move the sandbox's clock; business time here follows it."""

    help = "Read the sandbox's clock, move it (40d, 12h, 2w), or let the next renewal be charged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb, and how far."""
        parser.add_argument("verb", choices=["clock", "advance", "renew"])
        parser.add_argument("span", nargs="?", default="", help="such as 40d, 12h or 2w")

    def handle(self, *_: Any, **options: Any) -> None:
        """Tell the time that it is afterwards; exits 1 when it cannot be moved."""
        if not settings.USES_SANDBOX:
            raise CommandError("This service talks to Stripe itself; its time cannot be moved.")
        body = _asked(options["verb"], options["span"])
        try:
            if body is None:
                answer = requests.get(_url(), timeout=10)
            else:
                answer = requests.post(_url(), json=body, timeout=PATIENCE)
        except requests.RequestException as error:
            raise CommandError(f"The sandbox does not answer at {settings.SANDBOX_URL}.") from error
        told = answer.json()
        if not answer.ok:
            raise CommandError(str(told.get("error", told)))
        self.stdout.write(f"now: {told['now']}")
        if "instants" in told:
            self.stdout.write(f"stops on the way: {len(told['instants'])}")
        if told.get("next_renewal"):
            self.stdout.write(f"next renewal: {told['next_renewal']}")


def _asked(verb: str, span: str) -> dict[str, int | bool] | None:
    """Return what the clock is told; ``None`` only reads it."""
    if verb == "clock":
        return None
    if verb == "renew":
        return {"to_next_renewal": True}
    found = re.fullmatch(r"(\d{1,4})([hdw])", span)
    if found is None:
        raise CommandError("Say how far: a number with h, d or w, such as 40d.")
    return {"advance": int(SPANS[found[2]].total_seconds()) * int(found[1])}


def _url() -> str:
    return f"{settings.SANDBOX_URL}/_sandbox/clock"
