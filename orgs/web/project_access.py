"""Who may do what on a project and why; giving levels to members and teams, and taking them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from kernel.refusals import NotFound
from orgs import project_queries, transfer_queries
from orgs.actions.access import (
    grant_team,
    level_called,
    remove_project_role,
    revoke_team_grant,
    set_project_role,
)
from orgs.levels import Level
from orgs.models import Project, Team
from orgs.names import is_well_formed, normalized
from orgs.policy import decide, require
from orgs.refusals import NotInvolved
from orgs.web.project_forms import CollaboratorForm, MemberLevelForm, TeamLevelForm
from orgs.web.project_visit import ProjectVisit, at_project, withheld
from orgs.web.visit import sent, shown_at_field


@require_http_methods(["GET", "POST"])
@at_project
def access(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Show everybody with a level and why; give a member one."""
    require(visit.actor, "projects:read_access", visit.project)
    form = MemberLevelForm(sent(request))
    if request.method == "POST":
        require(visit.actor, "projects:grant", visit.project)
    if form.is_valid():
        with shown_at_field(form):
            user = transfer_queries.person_at(form.cleaned_data["user"])
            if user is None:  # answered as somebody from outside is
                raise NotInvolved(field="user")
            level = form.cleaned_data["level"]
            set_project_role(project=visit.project, user=user, level=level, actor=visit.actor)
            messages.success(request, f"{user} has the level “{level.key}” now.")
            return _back(visit)
    return access_page(request, visit, form=form)


@require_POST
@at_project
def set_role(request: HttpRequest, visit: ProjectVisit, person: UUID) -> HttpResponse:
    """Change somebody's own level."""
    require(visit.actor, "projects:grant", visit.project)
    user, level = _person(visit.project, person), level_called(request.POST.get("level", ""))
    set_project_role(project=visit.project, user=user, level=level, actor=visit.actor)
    messages.success(request, f"{user} has the level “{level.key}” of their own now.")
    return _back(visit)


@require_POST
@at_project
def remove_role(request: HttpRequest, visit: ProjectVisit, person: UUID) -> HttpResponse:
    """Take somebody's own level away, or give up one's own."""
    if visit.person is None or visit.person.public_id != person:
        require(visit.actor, "projects:revoke", visit.project)
    user = _person(visit.project, person)
    remove_project_role(project=visit.project, user=user, actor=visit.actor)
    if user == visit.person:
        messages.success(request, f"You gave up your own level on {visit.project.name}.")
        left = decide(visit.actor, "projects:read", visit.project).allowed
        return (
            redirect("orgs:project", name=visit.project.name) if left else redirect("orgs:projects")
        )
    messages.success(request, f"{user} has no level of their own any more.")
    return _back(visit)


@require_POST
@at_project
def set_grant(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Give a team a level, or another one."""
    require(visit.actor, "projects:grant", visit.project)
    form = TeamLevelForm(request.POST, prefix="team", teams=_teams(visit))
    if not form.is_valid():
        return access_page(request, visit, team_form=form)
    return _granted(request, visit, form.cleaned_data["team"], form.cleaned_data["level"])


@require_POST
@at_project
def change_grant(request: HttpRequest, visit: ProjectVisit, team: str) -> HttpResponse:
    """Give a team that has a level another one."""
    require(visit.actor, "projects:grant", visit.project)
    return _granted(request, visit, team, level_called(request.POST.get("level", "")))


@require_POST
@at_project
def revoke_grant(request: HttpRequest, visit: ProjectVisit, team: str) -> HttpResponse:
    """Take a team's level away."""
    require(visit.actor, "projects:revoke", visit.project)
    found = _team(visit.project, team)
    revoke_team_grant(team=found, project=visit.project, actor=visit.actor)
    messages.success(request, f"The team {found.name} has no level any more.")
    return _back(visit)


def _granted(request: HttpRequest, visit: ProjectVisit, team: str, level: Level) -> HttpResponse:
    found = _team(visit.project, team)
    grant_team(team=found, projects=[visit.project], level=level, actor=visit.actor)
    messages.success(request, f"The team {found.name} has the level “{level.key}” now.")
    return _back(visit)


def access_page(
    request: HttpRequest,
    visit: ProjectVisit,
    *,
    form: MemberLevelForm | None = None,
    team_form: TeamLevelForm | None = None,
    offer_form: CollaboratorForm | None = None,
) -> HttpResponse:
    """Return the page, with the form that was sent and is wrong in its place."""
    form = form or MemberLevelForm()
    teams, organization = _teams(visit), visit.project.organization
    team_form = team_form or TeamLevelForm(prefix="team", teams=teams)
    cursor = request.GET.get("cursor", "")
    base = organization.base_level if organization is not None else None
    insider = organization if _is_member(visit) else None
    context = visit.context(
        page=project_queries.access_to(visit.project, cursor=cursor),
        first=bool(cursor),
        grants=project_queries.grants_on(visit.project),
        teams=teams,
        form=form,
        team_form=team_form,
        offer_form=offer_form or CollaboratorForm(prefix="offer"),
        offers=project_queries.offers_on(visit.project),
        base_level=Level(base) if base is not None else None,
        members=project_queries.members_to_name(insider) if insider is not None else [],
        tokens=project_queries.tokens_that_publish(visit.project) if insider is not None else [],
        is_member=insider is not None,
        refusal=withheld(visit.decisions["projects:grant"]),
        levels=list(Level),
        me=visit.person,
    )
    wrong = form.errors or team_form.errors or (offer_form and offer_form.errors)
    return render(request, "orgs/project_access.html", context, status=422 if wrong else 200)


def _is_member(visit: ProjectVisit) -> bool:
    """Whether the visitor sees the organization's people and teams; collaborators do not."""
    organization = visit.project.organization
    return organization is not None and decide(visit.actor, "teams:read", organization).allowed


def _teams(visit: ProjectVisit) -> list[Team]:
    return list(project_queries.teams_without_grant(visit.project)) if _is_member(visit) else []


def _team(project: Project, name: str) -> Team:
    found = None
    if is_well_formed(name) and project.organization is not None:
        found = project.organization.teams.filter(normalized_name=normalized(name)).first()
    if found is None:
        raise NotFound
    return found


def _person(project: Project, public_id: UUID) -> User:
    """Return somebody with a level of their own; nobody else can be named by their id here."""
    found = User.objects.filter(public_id=public_id, project_roles__project=project).first()
    if found is None:
        raise NotFound
    return found


def _back(visit: ProjectVisit) -> HttpResponse:
    return redirect("orgs:project_access", name=visit.project.name)
