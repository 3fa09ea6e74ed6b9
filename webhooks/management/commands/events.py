"""``manage.py events list | replay | dead | types``: the inbox on the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from subscriptions.models import SyncTarget
from subscriptions.sync import mark_dirty
from webhooks.driving import drain
from webhooks.models import StripeEvent
from webhooks.targets import TARGETS


class Command(BaseCommand):
    """List events, look again at what they hint at, or show what could not be looked at."""

    help = "List events from Stripe, replay them, or show dead targets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the verb and its choices."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="the newest events")
        listing.add_argument("--state", choices=StripeEvent.State.values, default="")
        listing.add_argument("--customer", default="")
        listing.add_argument("--limit", type=int, default=30)
        replay = verbs.add_parser("replay", help="look again at what events hint at")
        replay.add_argument("event_ids", nargs="*", metavar="evt_…")
        replay.add_argument("--dead", action="store_true", help="every dead target")
        verbs.add_parser("dead", help="targets that could not be looked at")
        verbs.add_parser("types", help="the types to enable at Stripe's endpoint")

    def handle(self, *_: Any, **options: Any) -> None:
        """Go to the verb."""
        getattr(self, f"_{options['verb']}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        rows = StripeEvent.objects.order_by("-received_at")
        if options["state"]:
            rows = rows.filter(state=options["state"])
        if options["customer"]:
            rows = rows.of_customer(options["customer"])
        for row in rows[: max(1, options["limit"])]:
            self.stdout.write(
                f"{row.received_at:%Y-%m-%d %H:%M:%S}  {row.state:<11}  {row.event_id}"
                f"  {row.type}  {row.target_kind} {row.target_id}"
            )

    def _replay(self, options: dict[str, Any]) -> None:
        targets = set()
        for event_id in options["event_ids"]:
            row = StripeEvent.objects.filter(event_id=event_id).first()
            if row is None:
                raise CommandError(f"No event {event_id} is in the inbox.")
            if row.state == StripeEvent.State.QUARANTINED or not row.target_id:
                raise CommandError(f"{event_id} is {row.state}: it hints at nothing of ours.")
            targets.add((row.target_kind, row.target_id))
        if options["dead"]:
            targets |= set(SyncTarget.objects.filter(dead=True).values_list("kind", "object_id"))
        if not targets:
            raise CommandError("Name events, or say --dead.")
        for kind, object_id in sorted(targets):
            mark_dirty(kind, object_id)
        drain()
        dirty = [str(t) for t in SyncTarget.objects.dirty() if (t.kind, t.object_id) in targets]
        self.stdout.write(f"{len(targets) - len(dirty)} of {len(targets)} targets looked at")
        if dirty:
            raise CommandError(f"Not yet: {', '.join(dirty)}")

    def _types(self, _: dict[str, Any]) -> None:
        for name in sorted(TARGETS):
            self.stdout.write(name)

    def _dead(self, _: dict[str, Any]) -> None:
        for target in SyncTarget.objects.filter(dead=True).order_by("kind", "object_id"):
            self.stdout.write(f"{target.kind} {target.object_id}: {target.error}")
