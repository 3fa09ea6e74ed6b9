"""``manage.py billing reconcile``: compare everything with Stripe."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.refusals import Refusal
from orgs.models import Organization
from subscriptions.actions.reconcile import reconcile
from subscriptions.actions.settling import settle_due
from subscriptions.looks import look_at_customer
from subscriptions.sync import CUSTOMER


class Command(BaseCommand):
    """Look at every customer, and settle."""

    help = "List Stripe's subscriptions, look at every customer among them or ours, and settle."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb and the scope."""
        parser.add_argument("verb", choices=["reconcile"])
        parser.add_argument("--org", default="", help="only this organization")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        """Reconcile and tell; exits 1 when a customer could not be looked at."""
        organization = None
        if options["org"]:
            organization = Organization.objects.filter(name=options["org"]).first()
            if organization is None:
                raise CommandError(f"There is no organization {options['org']}.")
        try:
            done = reconcile({CUSTOMER: look_at_customer}, organization)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        settle_due()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        else:
            self.stdout.write(
                f"{done.customers} customers looked at, {done.left} left,"
                f" {done.unknown} of nobody here"
            )
        if done.left:
            raise CommandError(f"{done.left} customers could not be looked at.")
