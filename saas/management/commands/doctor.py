"""``manage.py doctor``: is everything there that a first hour needs?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saas.doctor import examine


class Command(BaseCommand):
    """Print a line for each part, with the cure for what is wrong; exits 1 then."""

    help = "Look at database, broker, workers, Stripe, webhooks, prices and mail."

    def handle(self, *_: Any, **__: Any) -> None:
        """Examine and tell."""
        findings = examine()
        for finding in findings:
            mark = "ok " if finding.is_well else "ILL"
            self.stdout.write(f"{mark}  {finding.what:<11} {finding.words}")
            if finding.cure:
                self.stdout.write(f"{'':16} → {finding.cure}")
        ill = sum(not finding.is_well for finding in findings)
        if ill:
            raise CommandError(f"{ill} of {len(findings)} need a cure.")
