"""Who takes a seat, since when, and everything the ledger tells."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from orgs.policy import require
from orgs.seat_ledger import seat_history, seat_holders
from orgs.seats import seat_limit, seats_offered
from orgs.web.visit import Visit, visiting


@require_GET
@visiting
def seats(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show who takes a seat now, who came first at the top."""
    require(visit.actor, "billing:read", visit.organization)
    cursor = request.GET.get("cursor", "")
    context = visit.context(
        page=seat_holders(visit.organization, cursor=cursor),
        first=bool(cursor),
        seats=seat_limit(visit.organization),
        offered=seats_offered(visit.organization),
    )
    return render(request, "orgs/seats.html", context)


@require_GET
@visiting
def history(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show every taking and giving back, the latest first."""
    require(visit.actor, "billing:read", visit.organization)
    cursor = request.GET.get("cursor", "")
    context = visit.context(
        page=seat_history(visit.organization, cursor=cursor), first=bool(cursor)
    )
    return render(request, "orgs/seat_history.html", context)
