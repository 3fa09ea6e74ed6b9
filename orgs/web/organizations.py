"""My organizations, founding one, its overview and its settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.refusals import NotFound
from orgs import queries
from orgs.actions.members import show_myself
from orgs.actions.names import may_be_renamed_from
from orgs.actions.organizations import PROFILE, change_profile, set_profile_visibility
from orgs.names import is_well_formed
from orgs.policy import require
from orgs.profiles import public_profile_at
from orgs.project_queries import count_projects_of
from orgs.seats import seat_limit, seats_offered
from orgs.web.forms import ProfileForm, VisibilityForm
from orgs.web.visit import (
    Visit,
    right_address,
    sent,
    shown_at_field,
    signed_in_person,
    visiting,
)
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


@login_not_required
@require_GET
def overview(request: HttpRequest, name: str) -> HttpResponse:
    """Show an organization: to members at a glance, to all others its profile, if it is public.

    To whoever is not signed in, an organization without one looks like none at all: both lead to
    the sign-in. Members see with ``?view=public`` what others see.
    """
    if request.user.is_authenticated and "view" not in request.GET:
        try:
            return _at_a_glance(request, name=name)
        except NotFound:
            pass
    return _profile(request, name)


def _profile(request: HttpRequest, name: str) -> HttpResponse:
    shown = public_profile_at(name) if is_well_formed(name) else None
    if shown is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if shown is None:
        raise NotFound
    if shown.organization.name != name:
        return redirect(right_address(request, name=shown.organization.name))
    return render(
        request,
        "orgs/profile.html",
        {"profile": shown, "organization": shown.organization},
    )


@visiting
def _at_a_glance(request: HttpRequest, visit: Visit) -> HttpResponse:
    organization = visit.organization
    row = getattr(organization, "entitlements", None)
    context = visit.context(
        standing=standing_of(organization),
        until=row.until() if row is not None else None,
        place=organization.memberships.get(user=visit.person),
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
    shown = VisibilityForm(
        initial={"profile_is_public": visit.organization.profile_is_public}, auto_id="shown_%s"
    )
    if form.is_valid():
        with shown_at_field(form):
            change_profile(organization=visit.organization, actor=visit.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("orgs:settings", name=visit.organization.name)
    context = visit.context(
        form=form, shown=shown, waits_until=may_be_renamed_from(visit.organization)
    )
    return render(request, "orgs/settings.html", context, status=422 if form.errors else 200)


@require_POST
@visiting
def visibility(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the profile to everybody, or to members only."""
    is_public = "profile_is_public" in request.POST
    set_profile_visibility(organization=visit.organization, is_public=is_public, actor=visit.actor)
    words = "Everybody may see the profile now." if is_public else "Only members see it now."
    messages.success(request, words)
    return redirect("orgs:settings", name=visit.organization.name)


@require_POST
@visiting
def show_me(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let the profile show whoever asks, or not."""
    is_public = request.POST.get("is_public") == "yes"
    show_myself(organization=visit.organization, is_public=is_public, actor=visit.actor)
    words = "The profile shows you now." if is_public else "The profile does not show you now."
    messages.success(request, words)
    return redirect("orgs:overview", name=visit.organization.name)


def _offered(number: int) -> str:
    if not number:
        return ""
    return f"{number} more {'is' if number == 1 else 'are'} offered in open invitations."
