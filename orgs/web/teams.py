"""Teams: listed, made, filled, emptied and deleted."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from kernel.refusals import NotFound
from orgs import queries
from orgs.actions.teams import (
    add_team_member,
    change_team,
    create_team,
    delete_team,
    remove_team_member,
    set_maintainer,
)
from orgs.decision import Decision
from orgs.models import Team
from orgs.policy import require
from orgs.refusals import ConfirmationWrong
from orgs.web.forms import TeamForm, TeamMemberForm
from orgs.web.team_projects import team_levels
from orgs.web.visit import Visit, at_team, sent, shown_at_field, visiting


@require_http_methods(["GET", "POST"])
@visiting
def teams(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the teams; make one."""
    form = TeamForm(sent(request))
    if request.method == "POST":
        require(visit.actor, "teams:grow", visit.organization)
    if form.is_valid():
        with shown_at_field(form):
            team = create_team(
                organization=visit.organization, actor=visit.actor, **form.cleaned_data
            )
            messages.success(request, f"The team {team.name} is there. Add its people.")
            return redirect("orgs:team", name=visit.organization.name, team=team.name)
    context = visit.context(
        form=form,
        teams=queries.teams_of(visit.organization),
        refusal=_shown(visit.decisions["teams:grow"]),
    )
    return render(request, "orgs/teams.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@at_team
def team(request: HttpRequest, visit: Visit, team: Team) -> HttpResponse:
    """Show a team's people; add one."""
    may_appoint = visit.may("teams:grow")
    candidates = queries.candidates_for(team) if visit.may("teams:add_members") else []
    form = TeamMemberForm(sent(request), candidates=candidates, may_appoint=may_appoint)
    if request.method == "POST":
        require(visit.actor, "teams:add_members", team)
    if form.is_valid():
        with shown_at_field(form):
            place = add_team_member(
                team=team,
                user=_person(form.cleaned_data["user"]),
                actor=visit.actor,
                is_maintainer=form.cleaned_data.get("is_maintainer", False),
            )
            messages.success(request, f"{place.membership.user} is in the team now.")
            return redirect("orgs:team", name=visit.organization.name, team=team.name)
    context = visit.context(
        team=team,
        form=form,
        candidates=candidates,
        places=queries.people_in(team),
        refusal=_shown(visit.decisions["teams:add_members"]),
        me=visit.actor.user_id,
        **team_levels(visit, team, cursor=request.GET.get("cursor", "")),
    )
    return render(request, "orgs/team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@at_team
def edit(request: HttpRequest, visit: Visit, team: Team) -> HttpResponse:
    """Rename a team, or say anew what it is for."""
    require(visit.actor, "teams:shrink", team)
    form = TeamForm(sent(request), initial={"name": team.name, "description": team.description})
    if form.is_valid():
        with shown_at_field(form):
            changed = change_team(team=team, actor=visit.actor, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("orgs:team", name=visit.organization.name, team=changed.name)
    context = visit.context(team=team, form=form)
    return render(request, "orgs/edit_team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@at_team
def delete(request: HttpRequest, visit: Visit, team: Team) -> HttpResponse:
    """Delete a team once its name was typed."""
    require(visit.actor, "teams:shrink", team)
    error = ""
    if request.method == "POST":
        try:
            delete_team(
                team=team,
                actor=visit.actor,
                confirmation=request.POST.get("confirmation", "").strip(),
            )
        except ConfirmationWrong as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"The team {team.name} was deleted.")
            return redirect("orgs:teams", name=visit.organization.name)
    context = visit.context(team=team, error=error, people=team.team_memberships.count())
    return render(request, "orgs/delete_team.html", context, status=422 if error else 200)


@require_POST
@at_team
def remove(request: HttpRequest, visit: Visit, team: Team, person: UUID) -> HttpResponse:
    """Take somebody out of a team."""
    user = _person(person)
    remove_team_member(team=team, user=user, actor=visit.actor)
    messages.success(request, f"{user} is not in the team any more.")
    return redirect("orgs:team", name=visit.organization.name, team=team.name)


@require_POST
@at_team
def maintainer(request: HttpRequest, visit: Visit, team: Team, person: UUID) -> HttpResponse:
    """Make somebody a maintainer of the team, or a plain member of it again."""
    place = set_maintainer(
        team=team,
        user=_person(person),
        is_maintainer=request.POST.get("is_maintainer") == "yes",
        actor=visit.actor,
    )
    words = "maintains the team" if place.is_maintainer else "is a plain member of the team"
    messages.success(request, f"{place.membership.user} {words} now.")
    return redirect("orgs:team", name=visit.organization.name, team=team.name)


def _shown(answer: Decision) -> Decision | None:
    """Return the answer to show in a form's place: the role is there, something else is missing."""
    return None if answer.allowed or answer.reason == "role_too_low" else answer


def _person(public_id: UUID | str) -> User:
    """Return the person; whether they are a member is the action's question."""
    found = User.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
