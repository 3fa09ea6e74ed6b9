"""The term of a grant: its owners are warned before and after its end, and confirm it with a click.

Never a cliff: what nobody confirmed goes on for the days of grace, and can be confirmed after them.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from orgs.entitlements import Standing, phase_at
from orgs.models import Organization
from orgs.models.organization import State
from orgs.policy import require
from orgs.refusals import OrganizationClosing
from subscriptions.actions.grants import COMMUNITY_TERM
from subscriptions.catalog import GRACE
from subscriptions.events import GrantRenewed, TermWarned
from subscriptions.models import Grant, TermWarning
from subscriptions.models.grant import GrantKind
from subscriptions.refusals import NothingToRenew, RenewalNotConfirmed, RenewedTooEarly
from subscriptions.standing import settle

STEPS = (-30, -7, -1, 0, 3, 7, 12)
"""Days from the end of the term on which its owners are warned."""
log = structlog.get_logger()


def warn_of_terms(limit: int = 500) -> int:
    """Warn of every term whose next day has come; returns of how many.

    After an outage only the latest day counts.
    """
    now, warned = clock.now(), 0
    for step in STEPS:
        for pk in list(_unwarned(step, now).values_list("pk", flat=True)[:limit]):
            try:
                warned += _warn(pk, step)
            except Exception as error:  # it stays due; the others must not wait for it
                log.error("not warned", grant=pk, exc_info=error)
    return warned


def next_term_warning() -> datetime | None:
    """Return when the next day of a term comes."""
    now = clock.now()
    found = []
    for step in STEPS:
        after = now - timedelta(days=step)
        coming = Grant.objects.unended().filter(until__gt=after).order_by("until").first()
        if coming is not None:
            found.append(coming.until + timedelta(days=step))
    return min(found, default=None)


@transaction.atomic
def renew_grant(
    *, organization: Organization, seen_until: datetime, confirms: bool, actor: Actor
) -> Grant:
    """Let a grant go on for another term, once somebody confirmed that all is as it was.

    ``seen_until`` is the end that they saw: when it is another by now, somebody confirmed before,
    and twice is once. Never gated by standing. Locks the organization. Refuses with NothingToRenew,
    OrganizationClosing, RenewalNotConfirmed or RenewedTooEarly.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    grant = organization.grants.unended().filter(kind=GrantKind.COMMUNITY).first()
    if grant is None:
        raise NothingToRenew
    if organization.state != State.OPEN:
        raise OrganizationClosing
    if int(grant.until.timestamp()) != int(seen_until.timestamp()):  # programs tell no fractions
        return grant
    if not confirms:
        raise RenewalNotConfirmed(field="confirms")
    now = clock.now()
    if now < grant.renewable_from:
        raise RenewedTooEarly(
            f"The term runs until {grant.until:%-d %B %Y}. It can be confirmed from"
            f" {grant.renewable_from:%-d %B %Y}."
        )
    before, grant.until = grant.until, max(grant.until, now) + COMMUNITY_TERM
    grant.save(update_fields=["until"])
    record(
        GrantRenewed(
            grant_id=grant.pk,
            kind=grant.kind,
            before=before.isoformat(),
            until=grant.until.isoformat(),
        ),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return grant


def _unwarned(step: int, now: datetime) -> QuerySet[Grant]:
    """Return the grants for which this is the latest day, and nobody was told of it."""
    following = next((each for each in STEPS if each > step), GRACE.days)
    told = TermWarning.objects.filter(grant=OuterRef("pk"), until=OuterRef("until"), step=step)
    return (
        Grant.objects.unended()
        .filter(
            ~Exists(told),
            until__lte=now - timedelta(days=step),
            until__gt=now - timedelta(days=following),
            organization__state=State.OPEN,
        )
        .order_by("until", "pk")
    )


@transaction.atomic
def _warn(pk: int, step: int) -> bool:
    """Write one warning down, under the organization's lock; the mail is what hears it."""
    organization = Organization.objects.lock(Grant.objects.get(pk=pk).organization_id)
    grant = _unwarned(step, clock.now()).filter(pk=pk).first()
    if grant is None:
        return False
    grant.warnings.create(until=grant.until, step=step)
    timeline = organization.entitlements.timeline()
    if phase_at(timeline, grant.until)[1].standing == Standing.ACTIVE:
        return False  # something else carries it by then; noted, and nobody is alarmed
    record(
        TermWarned(
            grant_id=grant.pk,
            kind=grant.kind,
            until=grant.until.isoformat(),
            grace_ends=(grant.until + GRACE).isoformat(),
        ),
        actor=SYSTEM,
        organization=organization,
    )
    return True
