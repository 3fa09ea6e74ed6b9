"""Everything that happened to an organization, in one line of time: our log with its mails, and
what Stripe told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from audit.models import AuditEvent, SentMail
from orgs.models import Organization
from webhooks.models import StripeEvent

SIZE = 50


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened; ``mails`` is how many went out because of it."""

    at: datetime
    source: str
    words: str
    mails: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """The latest moments first; earlier ones are asked for ``before`` a moment, if there are."""

    moments: Sequence[Moment]
    before: datetime | None


def timeline_of(organization: Organization, *, before: datetime | None = None) -> Timeline:
    """Return up to 50 moments, the latest first. Four queries."""
    events = AuditEvent.objects.of_organization(organization.pk).select_related("detail")
    customers = list(organization.stripe_customers.values_list("customer_id", flat=True))
    told = StripeEvent.objects.filter(target_id__in=customers).defer("payload")
    if before is not None:
        events, told = events.filter(at__lt=before), told.filter(created__lt=before)
    ours = list(events.order_by("-at", "-pk")[: SIZE + 1])
    mails = _mails_of(ours)
    moments = [Moment(event.at, "Here", event.sentence(), mails.get(event.pk, 0)) for event in ours]
    moments += [
        Moment(event.created, "Stripe", f"{event.type}: {event.get_state_display().lower()}")
        for event in told.order_by("-created", "-pk")[: SIZE + 1]
    ]
    moments.sort(key=lambda moment: moment.at, reverse=True)
    more = len(moments) > SIZE
    return Timeline(moments[:SIZE], moments[SIZE - 1].at if more else None)


def _mails_of(events: Sequence[AuditEvent]) -> dict[int, int]:
    """Return how many mails each event sent; their keys begin with its number."""
    if not events:
        return {}
    asked = reduce(or_, (Q(key__startswith=f"{event.pk}:") for event in events))
    found: dict[int, int] = {}
    for key in SentMail.objects.filter(asked, sent_at__isnull=False).values_list("key", flat=True):
        event = int(key.partition(":")[0])
        found[event] = found.get(event, 0) + 1
    return found
