"""The end of a project, seen before it is confirmed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orgs.actions.deleting import delete_project
from orgs.policy import require
from orgs.transfer_queries import losing_by_move, open_offer_of
from orgs.web.project_forms import ConfirmedForm
from orgs.web.project_visit import ProjectVisit, at_project
from orgs.web.visit import sent, shown_at_field


@require_http_methods(["GET", "POST"])
@at_project
def delete(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Show whose levels end, and delete the project once its name was typed."""
    require(visit.actor, "projects:delete", visit.project)
    form = ConfirmedForm(sent(request), project=visit.project)
    if form.is_valid():
        with shown_at_field(form):
            delete_project(project=visit.project, actor=visit.actor, **form.cleaned_data)
            messages.success(request, f"{visit.project.name} is gone.")
            organization = visit.project.organization
            if organization is None:
                return redirect("orgs:projects")
            return redirect("orgs:organization_projects", name=organization.name)
    context = visit.context(
        wrong=next(iter(form.errors.get("confirmation", [])), ""),
        losing=losing_by_move(visit.project),
        offer=open_offer_of(visit.project),
    )
    return render(request, "orgs/delete_project.html", context, status=422 if form.errors else 200)
