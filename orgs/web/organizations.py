"""My organizations, founding one, its overview and its settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from orgs import queries
from orgs.actions.organizations import PROFILE, change_profile
from orgs.policy import require
from orgs.project_queries import count_projects_of
from orgs.seats import seat_limit, seats_offered
from orgs.web.forms import ProfileForm
from orgs.web.visit import Visit, sent, shown_at_field, signed_in_person, visiting
from orgs.web.words import standing_of


@require_GET
def list_organizations(request: HttpRequest) -> HttpResponse:
    """Show a person's organizations, and who invites them."""
    user = signed_in_person(request)
    places = [(place, standing_of(place.organization)) for place in queries.memberships_of(user)]
    invitations = queries.invitations_to(user)
    return render(request, "orgs/list.html", {"places": places, "invitations": invitations})


@require_GET
def choose_kind(request: HttpRequest) -> HttpResponse:
    """Show the two roads to an organization."""
    return render(request, "orgs/new.html")


@require_GET
@visiting
def overview(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show an organization at a glance."""
    organization = visit.organization
    row = getattr(organization, "entitlements", None)
    context = visit.context(
        standing=standing_of(organization),
        until=row.until() if row is not None else None,
        role=organization.memberships.get(user=visit.person).get_role_display(),
        seats=seat_limit(organization),
        offered=_offered(seats_offered(organization)),
        people=organization.memberships.count(),
        teams=organization.teams.count(),
        projects=count_projects_of(organization, seen_by_id=visit.person.pk),
        refusal=visit.decisions["members:invite_member"],
    )
    return render(request, "orgs/overview.html", context)


@require_http_methods(["GET", "POST"])
@visiting
def settings(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show and change what the organization says of itself."""
    require(visit.actor, "organization:update", visit.organization)
    stored = {field: getattr(visit.organization, field) for field in PROFILE}
    form = ProfileForm(sent(request), initial=stored)
    if form.is_valid():
        with shown_at_field(form):
            change_profile(organization=visit.organization, actor=visit.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("orgs:settings", name=visit.organization.name)
    return render(
        request, "orgs/settings.html", visit.context(form=form), status=422 if form.errors else 200
    )


def _offered(number: int) -> str:
    if not number:
        return ""
    return f"{number} more {'is' if number == 1 else 'are'} offered in open invitations."
