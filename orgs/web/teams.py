"""Teams: listed, made, filled, emptied and deleted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from kernel.refusals import NotFound
from orgs import people, queries
from orgs.actions.teams import (
    add_team_members,
    change_team,
    create_team,
    delete_team,
    remove_team_member,
    set_maintainer,
)
from orgs.decision import Decision
from orgs.models import Membership, Team, TeamMembership
from orgs.policy import require
from orgs.refusals import ConfirmationWrong, SearchTooShort
from orgs.web.forms import TeamForm, TeamMembersForm
from orgs.web.team_projects import team_levels
from orgs.web.visit import Visit, at_team, sent, shown_at_field, visiting

MOST_CANDIDATES = 20
"""As many people as are offered at once; others are found by name."""
MOST_MAINTAINERS = 20


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
    cursor = request.GET.get("cursor", "")
    page = queries.teams_page(visit.organization, cursor=cursor)
    context = visit.context(
        form=form,
        page=page,
        teams=page.rows,
        first=bool(cursor),
        refusal=_shown(visit.decisions["teams:grow"]),
    )
    return render(request, "orgs/teams.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@at_team
def team(request: HttpRequest, visit: Visit, team: Team) -> HttpResponse:
    """Show a team's people, in pages and found by name; add some."""
    candidates, is_cut, error = _candidates(request, visit, team)
    form = TeamMembersForm(
        sent(request), candidates=candidates, may_appoint=visit.may("teams:grow")
    )
    if request.method == "POST":
        require(visit.actor, "teams:add_members", team)
    if form.is_valid():
        with shown_at_field(form):
            places = add_team_members(
                team=team,
                users=_people(form.cleaned_data["user"]),
                actor=visit.actor,
                is_maintainer=form.cleaned_data.get("is_maintainer", False),
            )
            messages.success(request, _added(places))
            return redirect("orgs:team", name=visit.organization.name, team=team.name)
    context = visit.context(
        team=team,
        form=form,
        candidates=candidates,
        is_cut=is_cut,
        find=request.GET.get("find", ""),
        error=error,
        refusal=_shown(visit.decisions["teams:add_members"]),
        **_people_of(request, visit, team),
        **team_levels(visit, team, cursor=request.GET.get("levels", "")),
    )
    wrong = form.errors or error or context["wrong"]
    return render(request, "orgs/team.html", context, status=422 if wrong else 200)


def _candidates(
    request: HttpRequest, visit: Visit, team: Team
) -> tuple[Sequence[Membership], bool, str]:
    """Return whom to offer, whether there are more than fit, and what is wrong with the search."""
    if not visit.may("teams:add_members"):
        return [], False, ""
    text = request.GET.get("find", "")
    try:
        found = people.candidates_for(team, text=text, most=MOST_CANDIDATES + 1)
    except SearchTooShort as refusal:
        return [], True, refusal.sentence
    return found[:MOST_CANDIDATES], len(found) > MOST_CANDIDATES, ""


def _people_of(request: HttpRequest, visit: Visit, team: Team) -> dict[str, Any]:
    """Return what the list of a team's people needs."""
    cursor, text = request.GET.get("cursor", ""), request.GET.get("q", "")
    wrong = ""
    try:
        page = people.team_page(team, text=text, cursor=cursor)
    except SearchTooShort as refusal:
        wrong, page = refusal.sentence, people.team_page(team)
    return {
        "page": page,
        "first": bool(cursor),
        "q": text,
        "wrong": wrong,
        "maintainers": people.maintainers_of(team, most=MOST_MAINTAINERS),
        "me": visit.actor.user_id,
    }


def _added(places: Sequence[TeamMembership]) -> str:
    if len(places) == 1:
        return f"{places[0].membership.user} is in the team now."
    return f"{len(places)} people are in the team now."


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


def _people(public_ids: Sequence[str]) -> list[User]:
    """Return the people; refuses with NotFound, at the field, when one is nobody."""
    found = list(User.objects.filter(public_id__in=public_ids))
    if len(found) < len({UUID(each) for each in public_ids}):
        raise NotFound("This person is not a member of the organization.", field="user")
    return found


def _person(public_id: UUID | str) -> User:
    """Return the person; whether they are a member is the action's question."""
    found = User.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
