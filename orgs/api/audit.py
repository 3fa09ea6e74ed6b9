"""What happened in an organization."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from accounts.api.edge import ONE_LINE, ApiRequest, Cursor, Listed, PathName, Size, listed, refused
from accounts.models import User
from audit.models import AuditEvent
from audit.queries import organization_log
from kernel.actor import ActorKind
from orgs.api.subjects import organization_seen_by
from orgs.policy import require

router = Router(tags=["audit"])

UNTOLD = frozenset({"actor", "address"})
"""Where somebody sat is for operators; who acted has a place of its own."""
EventName = Annotated[
    str,
    Query("", max_length=64, pattern=ONE_LINE, description="Such as `member.joined`."),
]


class AuditActorOut(Schema):
    """Who acted, and how they came in."""

    kind: ActorKind
    id: UUID | None = Field(description="Of a person; null for others, and once erased.")
    name: str


class AuditEventOut(Schema):
    """One fact. ``details`` holds its own few facts; erased ones are missing."""

    id: int
    event: str
    at: datetime
    actor: AuditActorOut
    sentence: str
    details: dict[str, Any]
    request_id: str


@router.get(
    "/organizations/{name}/audit-log",
    response={200: Listed[AuditEventOut], **refused(403, 404)},
    operation_id="list_audit_events",
    summary="Read the audit log",
)
def list_events(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    event: EventName = "",
    actor: Annotated[UUID | None, Query(None, description="A person's id.")] = None,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The newest first; by event, and by who acted."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "audit:read", organization)
    page = organization_log(
        organization.pk, cursor=cursor, size=limit, name=event, actor_id=_actor_id(actor)
    )
    ids = {row.actor_id for row in page.rows if row.actor_id is not None}
    people = dict(User.objects.filter(pk__in=ids).values_list("pk", "public_id"))
    return listed(request, response, page, lambda row: _shown(row, people))


def _actor_id(person: UUID | None) -> int | None:
    """Return the person's key; nobody's is one that no event has."""
    if person is None:
        return None
    return User.objects.filter(public_id=person).values_list("pk", flat=True).first() or 0


def _shown(event: AuditEvent, people: dict[int, UUID]) -> AuditEventOut:
    words, is_staff = event.words, event.actor_kind == ActorKind.STAFF
    facts = {**event.facts, **{key: value for key, value in words.items() if key not in UNTOLD}}
    return AuditEventOut(
        id=event.pk,
        event=event.name,
        at=event.at,
        actor=AuditActorOut(
            kind=ActorKind(event.actor_kind),
            id=people.get(event.actor_id) if event.actor_id and not is_staff else None,
            name=event.actor_name,
        ),
        sentence=event.sentence(),
        details={key: value for key, value in facts.items() if not key.endswith("_id")},
        request_id=event.request_id,
    )
