"""The audit log of an organization."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit.events import REGISTRY
from audit.queries import organization_log
from orgs import queries
from orgs.policy import require
from orgs.web.visit import Visit, visiting


@require_GET
@visiting
def log(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what happened, the newest first, by event and by who did it."""
    require(visit.actor, "audit:read", visit.organization)
    cursor, name, who = (request.GET.get(key, "") for key in ("cursor", "event", "who"))
    page = organization_log(
        visit.organization.pk,
        cursor=cursor,
        name=name if name in REGISTRY else "",
        actor_id=int(who) if who.isascii() and who.isdigit() and len(who) < 19 else None,
    )
    context = visit.context(
        page=page,
        lines=[(event, event.sentence()) for event in page.rows],
        first=bool(cursor),
        names=sorted(REGISTRY),
        people=queries.who_acts_in(visit.organization),
        chosen={"event": name, "who": who},
    )
    return render(request, "orgs/log.html", context)
