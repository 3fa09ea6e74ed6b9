"""The levels of a team on projects: given on some or on all, changed, revoked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kernel.pagination import Page
from kernel.refusals import NotFound
from orgs import project_queries
from orgs.actions.access import (
    grant_team,
    grant_team_on_all_present,
    level_called,
    revoke_team_grant,
)
from orgs.levels import Level
from orgs.models import Project, Team
from orgs.policy import decide, decide_many, require
from orgs.web.project_forms import ChosenProjectsForm, LevelForm
from orgs.web.project_visit import project_seen_by, withheld
from orgs.web.visit import Visit, at_team, sent

AT_ONCE = 25
"""As many projects as are ticked on one page."""


def team_levels(visit: Visit, team: Team, *, cursor: str) -> dict[str, Any]:
    """Return what a team's own page shows of its levels: those on projects that the visitor sees,
    each with whether they may give another and take it away.
    """
    page = project_queries.grants_of(team, seen_by_id=visit.person.pk, cursor=cursor)
    permissions = ("projects:grant", "projects:revoke")
    answers = iter(
        decide_many([(visit.actor, p, project) for project in page.rows for p in permissions])
    )
    rows = []
    for project in page.rows:
        may_change, may_revoke = next(answers).allowed, next(answers).allowed
        level = Level(vars(project)["granted"])
        rows.append((project, level, may_change, may_revoke))
    free = project_queries.projects_without_grant(team, administered_by=visit.person.pk, size=1)
    return {
        "granted": rows,
        "granted_page": page,
        "granted_first": bool(cursor),
        "levels": list(Level),
        "gives": bool(free.rows),
    }


@require_http_methods(["GET", "POST"])
@at_team
def give(request: HttpRequest, visit: Visit, team: Team) -> HttpResponse:
    """Choose projects, and give a team a level on them."""
    cursor = request.GET.get("cursor", "")
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = project_queries.projects_without_grant(
        team, administered_by=visit.person.pk, words=words, cursor=cursor, size=AT_ONCE
    )
    form = ChosenProjectsForm(sent(request), projects=page.rows)
    if form.is_valid():
        chosen = [each for each in page.rows if each.name in form.cleaned_data["projects"]]
        level = form.cleaned_data["level"]
        grant_team(team=team, projects=chosen, level=level, actor=visit.actor)
        number = f"{len(chosen)} project{'s' if len(chosen) > 1 else ''}"
        messages.success(request, f"The team has the level “{level.key}” on {number} now.")
        return _back(visit, team)
    return _give_page(request, visit, team, form=form, page=page, words=words, first=bool(cursor))


@require_POST
@at_team
def give_on_all(request: HttpRequest, visit: Visit, team: Team) -> HttpResponse:
    """Give a team a level on every project that there is now."""
    require(visit.actor, "projects:set_base_level", visit.organization)
    form = LevelForm(request.POST, prefix="all")
    if not form.is_valid():
        page = project_queries.projects_without_grant(
            team, administered_by=visit.person.pk, size=AT_ONCE
        )
        return _give_page(
            request,
            visit,
            team,
            form=ChosenProjectsForm(projects=page.rows),
            page=page,
            all_form=form,
        )
    level = form.cleaned_data["level"]
    grants = grant_team_on_all_present(team=team, level=level, actor=visit.actor)
    messages.success(
        request, f"The team has the level “{level.key}” on all {len(grants)} present projects now."
    )
    return _back(visit, team)


@require_POST
@at_team
def change(request: HttpRequest, visit: Visit, team: Team, project: str) -> HttpResponse:
    """Give a team another level on a project."""
    found = _project(visit, team, project)
    require(visit.actor, "projects:grant", found)
    level = level_called(request.POST.get("level", ""))
    grant_team(team=team, projects=[found], level=level, actor=visit.actor)
    messages.success(request, f"The team has the level “{level.key}” on {found.name} now.")
    return _back(visit, team)


@require_POST
@at_team
def revoke(request: HttpRequest, visit: Visit, team: Team, project: str) -> HttpResponse:
    """Take a team's level on a project away."""
    found = _project(visit, team, project)
    revoke_team_grant(team=team, project=found, actor=visit.actor)
    messages.success(request, f"The team has no level on {found.name} any more.")
    return _back(visit, team)


def _back(visit: Visit, team: Team) -> HttpResponse:
    return redirect("orgs:team", name=visit.organization.name, team=team.name)


def _project(visit: Visit, team: Team, name: str) -> Project:
    """Return a project of the team's organization that the visitor sees."""
    found = project_seen_by(visit.actor, name)
    if found.organization_id != team.organization_id:
        raise NotFound
    return found


def _give_page(
    request: HttpRequest,
    visit: Visit,
    team: Team,
    *,
    form: ChosenProjectsForm,
    page: Page[Project],
    words: str = "",
    first: bool = False,
    all_form: LevelForm | None = None,
) -> HttpResponse:
    everywhere = visit.decisions["projects:set_base_level"]
    refusal = withheld(decide(visit.actor, "projects:grant", page.rows[0])) if page.rows else None
    context = visit.context(
        team=team,
        form=form,
        page=page,
        words=words,
        first=first,
        all_form=all_form or LevelForm(prefix="all"),
        is_everywhere=everywhere.allowed,
        refusal=refusal or withheld(everywhere),
        number=visit.organization.projects.count(),
    )
    wrong = form.errors or (all_form and all_form.errors)
    return render(request, "orgs/give_team_levels.html", context, status=422 if wrong else 200)
