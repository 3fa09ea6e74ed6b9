"""``manage.py seed``: the people and organizations of a development stack."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saas.development import PASSWORD, SECOND_FACTOR
from saas.seeding import seed, seed_states


class Command(BaseCommand):
    """Make what is missing, and print who can sign in."""

    help = "Make the people and organizations that a development stack begins with."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--states``."""
        parser.add_argument(
            "--states", action="store_true", help="also one organization in every billing state"
        )

    def handle(self, *_: Any, states: bool = False, **__: Any) -> None:
        """Seed and tell."""
        try:
            people = seed_states() if states else seed()
        except RuntimeError as fault:
            raise CommandError(str(fault)) from fault
        width = max(len(person.email) for person in people)
        self.stdout.write(f"Sign in with the password “{PASSWORD}” as")
        for person in people:
            self.stdout.write(f"  {person.email:<{width}}  {person.about}")
        self.stdout.write(f"The second factor of everybody who has one is {SECOND_FACTOR} here.")
