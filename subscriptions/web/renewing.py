"""One click that lets a grant go on."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from orgs.policy import require
from orgs.web.visit import Visit, visiting
from subscriptions.actions.terms import renew_grant
from subscriptions.refusals import NothingToRenew


@require_POST
@visiting
def renew(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Confirm that an organization is still what it was granted for."""
    require(visit.actor, "billing:manage", visit.organization)
    seen = _moment(request.POST.get("until", ""))
    if seen is None:
        raise NothingToRenew
    grant = renew_grant(
        organization=visit.organization,
        seen_until=seen,
        confirms=request.POST.get("confirms") == "yes",
        actor=visit.actor,
    )
    messages.success(request, f"Thank you. It is free until {grant.until:%-d %B %Y}.")
    return redirect("subscriptions:billing", name=visit.organization.name)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
