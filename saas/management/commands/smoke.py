"""``manage.py smoke``: drive both roads over HTTP, from sign-up to open gate."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saas.smoke.browser import SmokeFailed
from saas.smoke.roads import Log, community_road, company_road
from saas.smoke.stage import a_stage


class Command(BaseCommand):
    """Drive a running stack, or a throw-away one, and print what was found good."""

    help = "Drive both roads of a running stack (or a throw-away one) over HTTP only."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **__: Any) -> None:
        """Drive; exits 1 with the place where a promise was not kept."""
        log = Log(tell=self.stdout.write)
        begun = time.monotonic()
        try:
            with a_stage() as stage:
                log.ok(f"the stack answers at {stage.base_url}")
                started = time.monotonic()
                company_road(stage, log)
                community_road(stage, log)
                driven = time.monotonic() - started
        except SmokeFailed as fault:
            raise CommandError(f"not ok  {fault}") from fault
        for name, seconds in log.figures.items():
            self.stdout.write(f"{name}: {seconds:.2f}")
        self.stdout.write(f"seconds on both roads: {driven:.1f}")
        self.stdout.write(f"seconds in all: {time.monotonic() - begun:.1f}")
