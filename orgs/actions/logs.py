"""The log of an organization taken out as a file, and kept as long as it may be."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import structlog
from django.db import DatabaseError, transaction

from audit.export import Form
from audit.models import AuditEvent
from audit.pruning import prune
from audit.queries import LogFilter, organization_log_whole
from audit.record import record
from kernel import clock
from kernel.actor import Actor
from orgs.entitlements import UNLIMITED, Entitlements, Limit
from orgs.events import LogExported
from orgs.models import Organization
from orgs.policy import require

SECOND_THOUGHTS = timedelta(days=30)
"""So long after a change of plan nothing is dropped that the plan before would have kept."""
log = structlog.get_logger()


@transaction.atomic
def export_log(
    *,
    organization: Organization,
    actor: Actor,
    form: Form,
    wanted: LogFilter,
    filters: Mapping[str, str],
) -> Iterator[AuditEvent]:
    """Return what fits, the oldest first, to be read as it is sent; that it was taken is recorded.

    ``filters`` says in words what was asked for. What is recorded after this is not in the file.
    """
    require(actor, "audit:export", organization)
    event = record(
        LogExported(form=form.upper(), filters=dict(filters)),
        actor=actor,
        organization=organization,
    )
    return organization_log_whole(organization.pk, wanted, below=event.pk)


def prune_logs() -> int:
    """Drop what organizations keep no longer; returns how many events were dropped.

    A limit that is not known keeps everything: so does an organization that is restricted or
    closed. A log that is damaged is kept as it is, with an alarm.
    """
    dropped = 0
    for row in Entitlements.objects.order_by("pk").iterator():
        days = _days_kept(row)
        if days is None:
            continue
        stream = f"organization:{row.pk}"
        try:
            dropped += prune(stream, before=clock.now() - timedelta(days=days))
        except DatabaseError as error:
            log.error("a log could not be pruned", stream=stream, error=str(error))
    return dropped


def _days_kept(row: Entitlements) -> int | None:
    """Return how long the log is kept; ``None`` is for good, or until the plan has settled."""
    phase = row.holding()
    days = phase.limits.get(Limit.AUDIT_DAYS, UNLIMITED)
    if days == UNLIMITED or phase.since > clock.now() - SECOND_THOUGHTS:
        return None
    return days
