"""The log of one project, under the owner that it has now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit.queries import project_log
from orgs.policy import require
from orgs.web.log_forms import LogForm
from orgs.web.project_visit import ProjectVisit, at_project


@require_GET
@at_project
def log(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Show what happened to a project; what happened under another owner is not theirs to read."""
    require(visit.actor, "projects:read_access", visit.project)
    cursor = request.GET.get("cursor", "")
    form = LogForm(request.GET)
    page = project_log(
        visit.project.pk, visit.project.organization_id, form.wanted(), cursor=cursor
    )
    context = visit.context(
        form=form,
        page=page,
        lines=[(event, event.sentence()) for event in page.rows],
        first=bool(cursor),
        narrowed=form.asked(),
    )
    return render(request, "orgs/project_log.html", context)
