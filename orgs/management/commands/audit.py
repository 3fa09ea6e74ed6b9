"""``manage.py audit verify``: check the log against its seals."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.verifying import Verdict, verify
from orgs.models import OrganizationName
from orgs.names import normalized


class Command(BaseCommand):
    """Verify, and tell where something is wrong."""

    help = "Check the log: the chain, the numbers, and the digests of the words that are there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb and the scope."""
        parser.add_argument("verb", choices=["verify"])
        parser.add_argument("--organization", default="", help="only this organization's log")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        """Verify and tell; exits 1 when something was changed, taken out or cut off."""
        verdict = verify(_named(options["organization"]))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(verdict), default=str))
        else:
            self._tell(verdict)
        if verdict.damage:
            raise CommandError(f"The log is damaged in {len(verdict.damage)} places.")

    def _tell(self, verdict: Verdict) -> None:
        self.stdout.write(
            f"{verdict.checked} events checked in {verdict.streams} streams;"
            f" {verdict.pruned} pruned before them, {verdict.erased} with erased words"
        )
        if verdict.unsealed:
            self.stdout.write(
                f"{verdict.unsealed} wait for their seal, the oldest since"
                f" {verdict.oldest_unsealed:%Y-%m-%d %H:%M:%S}"
            )
        for damage in verdict.damage:
            self.stdout.write(str(damage))


def _named(name: str) -> int | None:
    """Return whose log is meant; a name that was given up, or closed, still finds it."""
    if not name:
        return None
    row = OrganizationName.objects.filter(normalized_name=normalized(name)).first()
    if row is None:
        raise CommandError(f"There is no organization {name}.")
    return row.organization_id
