"""``manage.py seed``: the people and organizations of a development stack."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saas.development import PASSWORD, SECOND_FACTOR
from saas.seeding import seed


class Command(BaseCommand):
    """Make what is missing, and print who can sign in."""

    help = "Make the people and organizations that a development stack begins with."

    def handle(self, *_: Any, **__: Any) -> None:
        """Seed and tell."""
        try:
            people = seed()
        except RuntimeError as fault:
            raise CommandError(str(fault)) from fault
        width = max(len(person.email) for person in people)
        self.stdout.write(f"Sign in with the password “{PASSWORD}” as")
        for person in people:
            self.stdout.write(f"  {person.email:<{width}}  {person.about}")
        self.stdout.write(f"The second factor of everybody who has one is {SECOND_FACTOR} here.")
