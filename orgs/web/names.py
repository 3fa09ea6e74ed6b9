"""Names: whether one can be had, giving an organization another, and staff who release one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from kernel.actor import Actor
from orgs import queries
from orgs.actions.deleting import release_project_name
from orgs.actions.names import may_be_renamed_from, release_name, rename_organization
from orgs.name_availability import Availability, name_availability
from orgs.policy import require
from orgs.web.forms import NameForm, ReleaseForm, RenameForm
from orgs.web.gate import for_staff
from orgs.web.visit import Visit, sent, shown_at_field, visiting


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Say whether a name can be had; to programs of a page, as JSON. Nothing is kept by asking."""
    form = NameForm(request.GET if "name" in request.GET else None)
    answer: Availability | None = None
    if form.is_valid():
        answer = name_availability(form.cleaned_data["name"])
    if request.headers.get("Accept", "").startswith("application/json"):
        told = {} if answer is None else {"reason": answer.reason, "sentence": answer.sentence}
        return JsonResponse({"is_free": answer is not None and answer.free, **told})
    return render(request, "orgs/check_name.html", {"form": form, "answer": answer})


@require_http_methods(["GET", "POST"])
@visiting
def rename(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what another name means, and take it once the present one was typed."""
    require(visit.actor, "organization:rename", visit.organization)
    form = RenameForm(sent(request), present=visit.organization.name)
    if form.is_valid():
        with shown_at_field(form):
            renamed = rename_organization(
                organization=visit.organization, actor=visit.actor, **form.cleaned_data
            )
            messages.success(request, f"The name is {renamed.name} now. Old addresses lead here.")
            return redirect("orgs:settings", name=renamed.name)
    context = visit.context(form=form, waits_until=may_be_renamed_from(visit.organization))
    return render(request, "orgs/rename.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_staff("names:release", "the release of names")
def names_for_staff(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show whose a name was and is; let go of one that is burned, with a reason."""
    asked = NameForm(request.GET if "name" in request.GET else None)
    form = ReleaseForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with shown_at_field(form):
            let_go = release_project_name if "project" in request.POST else release_name
            released = let_go(actor=actor, **form.cleaned_data)
            messages.success(request, f"{released.name} can be had by anybody now.")
            return redirect(f"{request.path}?name={released.name}")
    name = _asked_name(asked, form)
    context: dict[str, Any] = {"asked": asked, "form": form, "name": name}
    if name:
        context |= {
            "answer": name_availability(name),
            "history": queries.history_of_name(name),
            "releasable": queries.releasable(name),
            "projects": queries.history_of_project_name(name),
        }
    return render(request, "orgs/staff_names.html", context, status=422 if form.errors else 200)


def _asked_name(asked: NameForm, form: ReleaseForm) -> str:
    if form.is_bound:
        form.full_clean()
        return str(form.cleaned_data.get("name", ""))
    return str(asked.cleaned_data["name"]) if asked.is_valid() else ""
