"""The audit log of an organization, of one of its teams, and as a file."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.export import Form
from audit.queries import organization_log, subject_log
from orgs import queries
from orgs.actions.logs import export_log
from orgs.log_file import as_file
from orgs.policy import require
from orgs.web.log_forms import LogForm, OrganizationLogForm
from orgs.web.visit import Visit, right_address, team_seen_by, visiting

UNTOLD = frozenset({"role_too_low", "scope_missing"})
"""Whoever could never export is not told what exporting would need."""


@require_GET
@visiting
def log(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what happened, the newest first; everything can be narrowed, and taken out."""
    require(visit.actor, "audit:read", visit.organization)
    cursor = request.GET.get("cursor", "")
    form = _form(request, visit)
    page = organization_log(visit.organization.pk, form.wanted(), cursor=cursor)
    export = visit.decisions["audit:export"]
    context = visit.context(
        form=form,
        page=page,
        lines=[(event, event.sentence()) for event in page.rows],
        first=bool(cursor),
        narrowed=form.asked(),
        may_export=export.allowed,
        no_export=None if export.allowed or export.reason in UNTOLD else export,
        query=_query(request),
    )
    return render(request, "orgs/log.html", context)


@require_GET
@visiting
def team_log(request: HttpRequest, visit: Visit, team: str) -> HttpResponse:
    """Show what happened to one team."""
    require(visit.actor, "audit:read", visit.organization)
    found = team_seen_by(visit, team)
    if found.name != team:
        return redirect(right_address(request, team=found.name))
    cursor = request.GET.get("cursor", "")
    form = LogForm(request.GET)
    page = subject_log("team", found.pk, form.wanted(), cursor=cursor)
    context = visit.context(
        team=found,
        form=form,
        page=page,
        lines=[(event, event.sentence()) for event in page.rows],
        first=bool(cursor),
        narrowed=form.asked(),
    )
    return render(request, "orgs/team_log.html", context)


@require_POST
@visiting
def export(request: HttpRequest, visit: Visit, form: str) -> HttpResponse:
    """Send the log as a file, narrowed as the page is. Sent, not opened: it leaves a trace."""
    kind = Form(form)
    asked = _form(request, visit)
    events = export_log(
        organization=visit.organization,
        actor=visit.actor,
        form=kind,
        wanted=asked.wanted(),
        filters=asked.asked(),
    )
    return as_file(events, kind, name=visit.organization.name)  # type: ignore[return-value]  # streams


def _form(request: HttpRequest, visit: Visit) -> OrganizationLogForm:
    """Return the form; its lists hold the usual people, and whoever the address asks for."""
    organization = visit.organization
    usual = queries.who_acts_in(organization)
    asked = _asked_for(request) - {person.public_id for person in usual}
    return OrganizationLogForm(
        request.GET,
        organization=organization,
        people=[*usual, *queries.members_known_as(organization, asked)],
        teams=list(queries.teams_of(organization)[: queries.MOST_TO_CHOOSE]),
        tokens=list(organization.service_tokens.order_by("-pk")[: queries.MOST_TO_CHOOSE]),
    )


def _asked_for(request: HttpRequest) -> set[UUID]:
    """Return the ids of people that stand in the address."""
    texts = (request.GET.get("who", ""), request.GET.get("about", "").removeprefix("user:"))
    found = set()
    for text in texts:
        with suppress(ValueError):
            found.add(UUID(text))
    return found


def _query(request: HttpRequest) -> str:
    """Return what narrows the page, for the address of the file."""
    query = request.GET.copy()
    query.pop("cursor", None)
    return query.urlencode()
