"""Pages of the log: of an organization, of a subject in it, and of a person."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from audit.events import internal_names, names_of
from audit.models import AuditEvent
from kernel.pagination import Page, page_of

BATCH = 500
LEFT = "member.left"
"""The last that a person is told of an organization; whoever leaves may know that they left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """What is looked for; what is empty is not asked.

    ``kind`` is an event's name or its first word, ``subject`` is ``kind:id``; times are business
    time, ``since`` included and ``until`` not.
    """

    kind: str = ""
    actor_id: int | None = None
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def of(self, rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Return the rows that fit."""
        asked = {
            "name__in": names_of(self.kind) if self.kind else None,
            "actor_id": self.actor_id,
            "subjects__contains": [self.subject] if self.subject else None,
            "at__gte": self.since,
            "at__lt": self.until,
        }
        return rows.filter(**{key: value for key, value in asked.items() if value is not None})


EVERYTHING = LogFilter()


def organization_log(
    organization_id: int, wanted: LogFilter = EVERYTHING, *, cursor: str = "", size: int = 50
) -> Page[AuditEvent]:
    """Return the newest events of an organization first, with their personal words.

    The log of a team or of a project is this one with its subject.
    """
    rows = AuditEvent.objects.of_organization(organization_id)
    return _page(wanted.of(rows), cursor=cursor, size=size)


def subject_log(
    kind: str,
    subject_id: object,
    wanted: LogFilter = EVERYTHING,
    *,
    cursor: str = "",
    size: int = 50,
) -> Page[AuditEvent]:
    """Return what happened to one subject, wherever it was then."""
    rows = AuditEvent.objects.about(kind, subject_id)
    return _page(wanted.of(rows), cursor=cursor, size=size)


def project_log(
    project_id: int,
    organization_id: int | None,
    wanted: LogFilter = EVERYTHING,
    *,
    cursor: str = "",
    size: int = 50,
) -> Page[AuditEvent]:
    """Return what happened to a project under its present owner: an organization, or a person.

    What happened under another owner stays in that owner's log.
    """
    rows = AuditEvent.objects.about("project", project_id).filter(organization_id=organization_id)
    return _page(wanted.of(rows), cursor=cursor, size=size)


def account_log(
    user_id: int,
    wanted: LogFilter = EVERYTHING,
    *,
    organizations: Collection[int],
    cursor: str = "",
    size: int = 50,
) -> Page[AuditEvent]:
    """Return what a person did, and what was done to them, in every organization.

    What others did is told of ``organizations``, where the person is now, and of none; of those
    they left, no more than that they are out. Internal events are told only to who acted.
    """
    theirs = Q(actor_id=user_id)
    known = Q(organization_id=None) | Q(organization_id__in=organizations) | Q(name=LEFT)
    rows = AuditEvent.objects.about("user", user_id).filter(
        theirs | (known & ~Q(name__in=internal_names()))
    )
    return _page(wanted.of(rows), cursor=cursor, size=size)


def organization_log_whole(
    organization_id: int, wanted: LogFilter = EVERYTHING, *, below: int, batch: int = BATCH
) -> Iterator[AuditEvent]:
    """Yield all that fits, the oldest first, before the event ``below``; one batch in memory."""
    rows = wanted.of(AuditEvent.objects.of_organization(organization_id)).filter(pk__lt=below)
    rows = rows.select_related("detail", "seal").order_by("pk")
    last = 0
    while found := list(rows.filter(pk__gt=last)[:batch]):
        yield from found
        if len(found) < batch:
            return
        last = found[-1].pk


def _page(rows: QuerySet[AuditEvent], *, cursor: str, size: int) -> Page[AuditEvent]:
    return page_of(rows.select_related("detail"), order=["-id"], cursor=cursor, size=size)
