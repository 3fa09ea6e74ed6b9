"""``manage.py hosts add|list|revoke``: the applications that may ask us questions."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.hosts import add_host, revoke_host
from accounts.models import Host
from kernel.actor import SYSTEM
from kernel.refusals import Refusal

USUAL = ("decisions:ask", "entitlements:read")


class Command(BaseCommand):
    """Adds, lists and revokes hosts; a token is printed once, when it is made."""

    help = "Add, list or revoke the applications that may ask about everyone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one act and what it needs."""
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser("add", help="make a host and print its token, once")
        add.add_argument("name")
        add.add_argument("--scope", action="append", choices=Host.SCOPES, dest="scopes")
        acts.add_parser("list", help="list all hosts")
        revoke = acts.add_parser("revoke", help="end a host's token at once")
        revoke.add_argument("name")

    def handle(
        self, *, act: str, name: str = "", scopes: list[str] | None = None, **_: Any
    ) -> None:
        """Do the act; a refusal is said in words and exits with 1."""
        try:
            if act == "add":
                host, text = add_host(name=name, scopes=scopes or USUAL, actor=SYSTEM)
                self.stderr.write(
                    f"{host.name} may {', '.join(host.scopes)}. Its token, shown once:"
                )
                self.stdout.write(text)
            elif act == "revoke":
                host = revoke_host(name=name, actor=SYSTEM)
                self.stdout.write(f"{host.name} is revoked.")
            else:
                self._list()
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None

    def _list(self) -> None:
        for host in Host.objects.order_by("name"):
            state = "live" if host.is_live else "revoked"
            used = f"{host.last_used_at:%Y-%m-%d %H:%M}" if host.last_used_at else "never"
            self.stdout.write(
                f"{host.name}\t…{host.hint}\t{state}\tlast used {used}\t{' '.join(host.scopes)}"
            )
