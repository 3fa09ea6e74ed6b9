"""What happened: in an organization, to a person, and all of it as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from accounts.api.edge import (
    ONE_LINE,
    ApiRequest,
    Cursor,
    Input,
    Listed,
    PathName,
    Size,
    listed,
    person_behind,
    refused,
    require_scope,
)
from accounts.models import User
from audit.export import MEDIA_TYPES, Form, details_of
from audit.models import AuditEvent
from audit.queries import LogFilter, account_log, organization_log, project_log, subject_log
from kernel.actor import ActorKind
from orgs import queries
from orgs.actions.logs import export_log
from orgs.api.subjects import organization_seen_by, project_seen_by, team_named
from orgs.log_file import as_file
from orgs.logs import is_told_in_full, person_key, sentence_for, subject_key
from orgs.models import Organization
from orgs.policy import require

router = Router(tags=["audit"])


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


class MyEventOut(AuditEventOut):
    """One fact of a person's own log."""

    organization: str | None = Field(
        description="Where it happened; null for your account, and where you are no member now."
    )


class LogTimes(Input):
    """What happened, and when."""

    event: str = Field(
        "",
        max_length=64,
        pattern=ONE_LINE,
        description="Such as `member.joined`, or its first word, `member`.",
    )
    since: datetime | None = Field(None, description="The first moment, included.")
    until: datetime | None = Field(None, description="The last moment, not included.")

    def wanted(self) -> LogFilter:
        """Return what is looked for."""
        return LogFilter(kind=self.event, since=_aware(self.since), until=_aware(self.until))


class LogFilters(LogTimes):
    """And who did it, and about what."""

    actor: UUID | None = Field(None, description="A person's id.")
    subject: str = Field(
        "",
        max_length=80,
        pattern=ONE_LINE,
        description="`user:ID`, `team:NAME`, `project:NAME` or `service_token:ID`.",
    )

    def within(self, organization: Organization) -> LogFilter:
        """Return what is looked for, with people and teams as the log keeps them."""
        return LogFilter(
            kind=self.event,
            since=_aware(self.since),
            until=_aware(self.until),
            actor_id=person_key(self.actor),
            subject=subject_key(organization, self.subject),
        )


def a_file(form: Form) -> dict[str, Any]:
    """Return what the document says of an answer that is a file."""
    content = {MEDIA_TYPES[form]: {"schema": {"type": "string"}}}
    return {"responses": {200: {"description": "The file", "content": content}}}


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
    wanted: Annotated[LogFilters, Query(...)],
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The newest first; by event, by who acted, by whom or what it is about, and by time."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "audit:read", organization)
    page = organization_log(organization.pk, wanted.within(organization), cursor=cursor, size=limit)
    people = _people(page.rows)
    return listed(request, response, page, lambda row: AuditEventOut(**_shown(row, people)))


@router.get(
    "/organizations/{name}/audit-log.csv",
    response=refused(402, 403, 404),
    operation_id="export_audit_log_csv",
    summary="Take the audit log out as CSV",
    openapi_extra=a_file(Form.CSV),
)
def export_csv(
    request: ApiRequest, name: PathName, wanted: Annotated[LogFilters, Query(...)]
) -> StreamingHttpResponse:
    """The oldest first. Cells that a spreadsheet would take for a formula begin with `'`."""
    return _export(request, name, wanted, Form.CSV)


@router.get(
    "/organizations/{name}/audit-log.ndjson",
    response=refused(402, 403, 404),
    operation_id="export_audit_log_ndjson",
    summary="Take the audit log out as NDJSON",
    openapi_extra=a_file(Form.NDJSON),
)
def export_ndjson(
    request: ApiRequest, name: PathName, wanted: Annotated[LogFilters, Query(...)]
) -> StreamingHttpResponse:
    """The oldest first; one JSON object a line."""
    return _export(request, name, wanted, Form.NDJSON)


@router.get(
    "/me/audit-log",
    response={200: Listed[MyEventOut], **refused(403)},
    operation_id="list_my_events",
    summary="Read your own log",
)
def list_my_events(
    request: ApiRequest,
    response: HttpResponse,
    wanted: Annotated[LogTimes, Query(...)],
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """What you did, and what was done to you, in every organization; the newest first."""
    person = person_behind(request.auth, "audit:read")
    known = queries.organizations_told_of(person.pk)
    page = account_log(
        person.pk, wanted.wanted(), organizations=list(known), cursor=cursor, size=limit
    )
    people = _people(page.rows)
    return listed(request, response, page, lambda row: _shown_to(person.pk, row, people, known))


@router.get(
    "/organizations/{name}/teams/{team}/audit-log",
    response={200: Listed[AuditEventOut], **refused(403, 404)},
    operation_id="list_team_events",
    summary="Read the log of a team",
)
def list_team_events(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    team: PathName,
    wanted: Annotated[LogTimes, Query(...)],
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """The newest first."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "audit:read", organization)
    found = team_named(organization, team)
    page = subject_log("team", found.pk, wanted.wanted(), cursor=cursor, size=limit)
    people = _people(page.rows)
    return listed(request, response, page, lambda row: AuditEventOut(**_shown(row, people)))


@router.get(
    "/projects/{project}/audit-log",
    response={200: Listed[AuditEventOut], **refused(403, 404)},
    operation_id="list_project_events",
    summary="Read the log of a project",
)
def list_project_events(
    request: ApiRequest,
    response: HttpResponse,
    project: PathName,
    wanted: Annotated[LogTimes, Query(...)],
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """Under the owner it has now, for those who administer it; the newest first."""
    found = project_seen_by(request.auth, project)
    require(replace(request.auth, scopes=None), "projects:read_access", found)
    require_scope(request.auth, "audit:read")
    page = project_log(found.pk, found.organization_id, wanted.wanted(), cursor=cursor, size=limit)
    people = _people(page.rows)
    return listed(request, response, page, lambda row: AuditEventOut(**_shown(row, people)))


def _export(
    request: ApiRequest, name: str, wanted: LogFilters, form: Form
) -> StreamingHttpResponse:
    organization = organization_seen_by(request.auth, name)
    asked = wanted.model_dump(mode="json", exclude_defaults=True)
    events = export_log(
        organization=organization,
        actor=request.auth,
        form=form,
        wanted=wanted.within(organization),
        filters={key: str(value) for key, value in asked.items()},
    )
    return as_file(events, form, name=organization.name)


def _aware(moment: datetime | None) -> datetime | None:
    """Take a time that names no zone for UTC."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _people(rows: Sequence[AuditEvent]) -> dict[int, UUID]:
    """Return the ids by which others know the people who acted."""
    keys = {row.actor_id for row in rows if row.actor_id is not None}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "public_id"))


def _shown(event: AuditEvent, people: Mapping[int, UUID]) -> dict[str, Any]:
    is_staff = event.actor_kind == ActorKind.STAFF
    return {
        "id": event.pk,
        "event": event.name,
        "at": event.at,
        "actor": AuditActorOut(
            kind=ActorKind(event.actor_kind),
            id=people.get(event.actor_id) if event.actor_id and not is_staff else None,
            name=event.actor_name,
        ),
        "sentence": event.sentence(),
        "details": details_of(event),
        "request_id": event.request_id,
    }


def _shown_to(
    user_id: int,
    event: AuditEvent,
    people: Mapping[int, UUID],
    known: Mapping[int, Organization],
) -> MyEventOut:
    """Return an event of a person's own log, as far as they may know it now."""
    shown = _shown(event, people)
    if not is_told_in_full(event, user_id, known):
        shown |= {
            "actor": AuditActorOut(kind=ActorKind(event.actor_kind), id=None, name=""),
            "sentence": sentence_for(event, user_id, known),
            "details": {},
            "request_id": "",
        }
    organization = known.get(event.organization_id or 0)
    return MyEventOut(**shown, organization=organization.name if organization else None)
