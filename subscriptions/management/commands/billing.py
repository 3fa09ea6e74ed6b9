"""``manage.py billing reconcile``: compare everything with Stripe."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.refusals import Refusal
from orgs.models import Organization
from subscriptions.actions.leaking import keep_findings
from subscriptions.actions.reconcile import Reconciled, reconcile
from subscriptions.actions.settling import settle_due
from subscriptions.leaks import findings
from subscriptions.looking import LOOKS


class Command(BaseCommand):
    """Look at every customer, and settle."""

    help = (
        "List Stripe's subscriptions, look at every customer among them or ours, settle, and tell"
        " what does not add up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb and the scope."""
        parser.add_argument("verb", choices=["reconcile"])
        parser.add_argument("--org", default="", help="only this organization")
        parser.add_argument("--dry-run", action="store_true", help="tell, and look at nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        """Reconcile and tell; exits 1 when something is left, a dry run also when it finds any."""
        organization = None
        if options["org"]:
            organization = Organization.objects.filter(name=options["org"]).first()
            if organization is None:
                raise CommandError(f"There is no organization {options['org']}.")
        try:
            told = _told(organization, dry_run=options["dry_run"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self._tell(told)
        if told["left"]:
            raise CommandError(f"{told['left']} customers could not be looked at.")
        if told["findings"] and told["dry_run"]:
            raise CommandError(f"{len(told['findings'])} things do not add up.")

    def _tell(self, told: dict[str, Any]) -> None:
        if not told["dry_run"]:
            self.stdout.write(
                f"{told['customers']} customers looked at, {told['left']} left,"
                f" {told['unknown']} of nobody here"
            )
        for each in told["findings"]:
            self.stdout.write(
                f"{each['kind']}  {each['organization'] or '–'}  {each['subscription'] or '–'}"
                f"  {each['words']}"
            )


def _told(organization: Organization | None, *, dry_run: bool) -> dict[str, Any]:
    """Compare, and heal unless it is a dry run; return what was done and what does not add up."""
    done = Reconciled(0, 0, 0)
    if not dry_run:
        done = reconcile(LOOKS, organization)
        settle_due()
    found = findings(organization)
    if not dry_run and organization is None:
        keep_findings(found)
    return {
        "dry_run": dry_run,
        "customers": done.customers,
        "left": done.left,
        "unknown": done.unknown,
        "findings": [asdict(each) for each in found],
    }
