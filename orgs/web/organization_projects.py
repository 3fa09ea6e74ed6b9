"""The projects of an organization, what is offered to it, and what every member has on them."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from kernel.refusals import Refusal
from orgs import project_queries, transfer_queries
from orgs.actions.access import set_base_level
from orgs.decision import Decision
from orgs.levels import Level
from orgs.models import ProjectTransfer
from orgs.policy import require
from orgs.web.project_forms import NO_LEVEL, BaseLevelForm
from orgs.web.project_visit import withheld
from orgs.web.visit import Visit, visiting


@require_GET
@visiting
def projects(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what the visitor sees of the projects, by name."""
    return _page(request, visit)


@require_POST
@visiting
def base_level(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what every member has on all projects."""
    require(visit.actor, "organization:update", visit.organization)
    form = BaseLevelForm(request.POST, most=Level.ADMINISTER)
    if not form.is_valid():
        return _page(request, visit, form=form)
    level = form.cleaned_data["level"]
    try:
        set_base_level(organization=visit.organization, level=level, actor=visit.actor)
    except Refusal as refusal:
        if not refusal.remedy:
            raise
        return _page(request, visit, refusal=refusal)
    words = f"the level “{level.key}”" if level is not None else "nothing by itself"
    messages.success(request, f"Every member has {words} on all projects now.")
    return redirect("orgs:organization_projects", name=visit.organization.name)


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    form: BaseLevelForm | None = None,
    refusal: Refusal | Decision | None = None,
) -> HttpResponse:
    organization, person = visit.organization, visit.person
    cursor = request.GET.get("cursor", "")
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = project_queries.projects_of(
        organization, seen_by_id=person.pk, words=words, cursor=cursor
    )
    ways = project_queries.levels_of(person.pk, page.rows)
    raising = withheld(visit.decisions["projects:set_base_level"])
    context = visit.context(
        page=page,
        rows=[(project, ways.get(project.pk)) for project in page.rows],
        first=bool(cursor),
        words=words,
        offers=_offers(visit),
        form=form or _base_form(visit, is_shut=raising is not None),
        refusal=refusal or raising,
        shut=withheld(visit.decisions["projects:create"]),
    )
    status = getattr(refusal, "status", 422 if form and form.errors else 200)
    return render(request, "orgs/organization_projects.html", context, status=status)


def _offers(visit: Visit) -> Sequence[ProjectTransfer]:
    if not visit.may("projects:decline_transfer"):
        return []
    return transfer_queries.offers_to_organization(visit.organization)


def _base_form(visit: Visit, *, is_shut: bool) -> BaseLevelForm:
    """Offer every level; no more than what holds now where giving more is withheld."""
    base = visit.organization.base_level
    most = (base or 0) if is_shut else Level.ADMINISTER
    now = Level(base).key if base is not None else NO_LEVEL
    return BaseLevelForm(initial={"level": now}, most=most)
