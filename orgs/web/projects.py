"""My projects, registering one, what a project is, and its settings."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actors import of_request
from kernel.actor import Actor
from kernel.refusals import NotFound, Refusal, Unpaid
from orgs import project_queries, transfer_queries
from orgs.actions.projects import archive_project, describe_project, register_project, set_privacy
from orgs.decision import Decision
from orgs.models import Organization, Project, ProjectTransfer
from orgs.policy import decide_many, require
from orgs.web.project_forms import (
    MYSELF,
    ConfirmedForm,
    DescriptionForm,
    RegisterForm,
    owner_choices,
)
from orgs.web.project_visit import ProjectVisit, at_project
from orgs.web.visit import sent, shown_at_field, signed_in_person


@require_GET
def list_projects(request: HttpRequest) -> HttpResponse:
    """Show what a person owns, was given or created, and what is offered to them."""
    user, cursor = signed_in_person(request), request.GET.get("cursor", "")
    page = project_queries.my_projects(user, cursor=cursor)
    ways = project_queries.levels_of(user.pk, page.rows)
    context = {
        "page": page,
        "rows": [(project, ways.get(project.pk)) for project in page.rows],
        "first": bool(cursor),
        "offers": transfer_queries.offers_to_person(user),
    }
    return render(request, "orgs/projects.html", context)


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a project of one's own, or in an organization where one may."""
    user, actor = signed_in_person(request), of_request(request)
    organizations = transfer_queries.organizations_led_by(user)
    open_ones, shut = _where_to_register(actor, organizations)
    form = RegisterForm(
        sent(request),
        owners=owner_choices(open_ones, me=f"You, {user}"),
        initial={"owner": request.GET.get("organization", MYSELF)},
    )
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            with shown_at_field(form):
                project = _registered(form, organizations, actor)
                messages.success(request, f"{project.name} is registered.")
                return redirect("orgs:project", name=project.name)
        except Unpaid as caught:  # the plan changed meanwhile, or does not hold private projects
            refusal = caught
    status = refusal.status if refusal else 422 if form.errors else 200
    context = {"form": form, "refusal": refusal, "shut": shut}
    return render(request, "orgs/new_project.html", context, status=status)


def _registered(form: RegisterForm, organizations: Sequence[Organization], actor: Actor) -> Project:
    chosen = dict(form.cleaned_data)
    by_name = {each.name: each for each in organizations}
    return register_project(organization=by_name.get(chosen.pop("owner")), actor=actor, **chosen)


def _where_to_register(
    actor: Actor, organizations: Sequence[Organization]
) -> tuple[list[Organization], list[tuple[Organization, Decision]]]:
    """Return where projects can be registered now, and what each organization withholds."""
    permissions = ("projects:create", "projects:create_private")
    answers = iter(decide_many([(actor, p, each) for each in organizations for p in permissions]))
    open_ones, shut = [], []
    for organization in organizations:
        public, private = next(answers), next(answers)
        if public.allowed:
            open_ones.append(organization)
        if not private.allowed:
            shut.append((organization, private if public.allowed else public))
    return open_ones, shut


@login_not_required
@require_GET
@at_project
def project(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Show what a project is, whose it is, and what the visitor may do and why."""
    mine = None
    if visit.person is not None:
        mine = visit.project.roles.filter(user=visit.person).first()
    place = visit.project.organization
    is_member = place is not None and place.memberships.filter(user=visit.person).exists()
    context = visit.context(
        role=mine,
        owned_by=_owned_by(visit, is_member=is_member),
        offer=_offer_to_see(visit),
        administrators=project_queries.administrators_of(visit.project) if visit.ways else [],
        is_member=is_member,
    )
    return render(request, "orgs/project.html", context)


def _offer_to_see(visit: ProjectVisit) -> ProjectTransfer | None:
    """Return the open offer to whoever could take it back."""
    if not visit.is_theirs("projects:transfer_out"):
        return None
    return transfer_queries.open_offer_of(visit.project)


def _owned_by(visit: ProjectVisit, *, is_member: bool) -> str:
    """Say whose the project is, as far as the visitor may know."""
    project = visit.project
    if project.organization is not None:
        knows = is_member or visit.ways or project.organization.profile_is_public
        return project.organization.display_name if knows else "An organization"
    if project.owner is None:
        return ""
    return "You" if project.owner == visit.person else project.owner.public_name


@require_http_methods(["GET", "POST"])
@at_project
def settings(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Show the settings of a project; say anew what it is."""
    require(visit.actor, "projects:update", visit.project)
    form = DescriptionForm(sent(request), initial={"description": visit.project.description})
    if form.is_valid():
        describe_project(project=visit.project, actor=visit.actor, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("orgs:project_settings", name=visit.project.name)
    return _settings_page(request, visit, form=form)


@require_POST
@at_project
def visibility(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Show a project to everybody, once its name was typed, or only to those with a level."""
    require(visit.actor, "projects:update", visit.project)
    is_private = request.POST.get("is_private") == "yes"
    confirmed = ConfirmedForm(request.POST, project=visit.project)
    if not is_private and not confirmed.is_valid():
        return _settings_page(request, visit, confirmed=confirmed)
    try:
        changed = set_privacy(project=visit.project, is_private=is_private, actor=visit.actor)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _settings_page(request, visit, refusal=refusal)
    seen = "only by people with a level on it" if changed.is_private else "by everybody"
    messages.success(request, f"{changed.name} is seen {seen} now.")
    return redirect("orgs:project_settings", name=changed.name)


@require_POST
@at_project
def archive(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Keep a project for reading only, or bring it back."""
    is_archived = request.POST.get("is_archived") == "yes"
    changed = archive_project(project=visit.project, is_archived=is_archived, actor=visit.actor)
    words = "is archived. It can be read, and brought back" if is_archived else "is back"
    messages.success(request, f"{changed.name} {words}.")
    return redirect("orgs:project_settings", name=changed.name)


def _settings_page(
    request: HttpRequest,
    visit: ProjectVisit,
    *,
    form: DescriptionForm | None = None,
    confirmed: ConfirmedForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    form = form or DescriptionForm(initial={"description": visit.project.description})
    wrong = confirmed.errors.get("confirmation", [""])[0] if confirmed else ""
    status = refusal.status if refusal else 422 if form.errors or wrong else 200
    context = visit.context(form=form, wrong=wrong, refusal=refusal)
    return render(request, "orgs/project_settings.html", context, status=status)
