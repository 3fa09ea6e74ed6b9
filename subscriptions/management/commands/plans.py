"""``manage.py plans push | check``: the catalog at Stripe."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.refusals import Refusal
from subscriptions.actions.plans import plan_differences, push_plans


class Command(BaseCommand):
    """Bring the catalog to Stripe, or compare; exits 1 on any difference."""

    help = "Push the catalog to Stripe, or check code, database and Stripe against each other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb."""
        parser.add_argument("verb", choices=["push", "check"])

    def handle(self, *_: Any, verb: str, **__: Any) -> None:
        """Do it and tell."""
        try:
            if verb == "push":
                for line in push_plans() or ["nothing to push"]:
                    self.stdout.write(line)
            elif found := plan_differences():
                raise CommandError("\n".join(found))
            else:
                self.stdout.write("code, database and Stripe agree")
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
