"""Demanding a second factor of everybody in an organization, with who would be locked out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actors import has_second_factor
from kernel.pagination import page_of
from orgs.actions.second_factor import PERMISSION, demand_second_factor
from orgs.policy import require
from orgs.queries import without_second_factor
from orgs.web.confirming import sent_on_once_confirmed
from orgs.web.visit import Visit, visiting


@require_http_methods(["GET", "POST"])
@sent_on_once_confirmed
@visiting
def second_factor(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show whom the demand locks out, or would; switch it."""
    require(visit.actor, PERMISSION, visit.organization)
    if request.method == "POST":
        demand = request.POST.get("demand") == "yes"
        demand_second_factor(organization=visit.organization, demand=demand, actor=visit.actor)
        words = (
            "Every member needs a second factor now." if demand else "No second factor is asked."
        )
        messages.success(request, words)
        return redirect("orgs:second_factor", name=visit.organization.name)
    without = without_second_factor(visit.organization)
    context = visit.context(
        page=page_of(without, order=["id"], cursor=request.GET.get("cursor", "")),
        number=without.count(),
        has_second_factor=has_second_factor(visit.person),
    )
    return render(request, "orgs/second_factor.html", context)
