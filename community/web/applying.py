"""What an applicant sees and does."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actors import of_request
from accounts.models import User
from community import queries
from community.actions.applications import (
    FIELDS,
    appeal_decision,
    begin_application,
    edit_application,
    submit_application,
    withdraw_application,
)
from community.actions.questions import answer_question
from community.models import Application, Question
from community.reasons import REASONS
from community.refusals import AppealSpent, NotEditable
from community.states import State
from community.web.forms import AnswerForm, AppealForm, ApplicationForm, KindForm
from community.web.words import STATES, STEPS, history_for_applicant, wait_in_words
from kernel.refusals import NotFound
from orgs.name_availability import name_availability
from orgs.web.visit import sent, shown_at_field

COMPANY_ROAD = "/orgs/new/company/"


def person(request: HttpRequest) -> User:
    """Return who sits before the browser; the pages here are shown to nobody else."""
    if not isinstance(request.user, User):
        raise TypeError("this page needs a signed-in person")
    return request.user


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Ask who stands behind it; send companies to their own road, and show communities the form."""
    kind = request.GET.get("kind")
    if kind == KindForm.COMPANY:
        return redirect(COMPANY_ROAD)
    if kind != KindForm.COMMUNITY:
        question = KindForm(request.GET if "kind" in request.GET else None)
        asked = {"form": question}
        return render(request, "community/kind.html", asked, status=_status(question))
    is_draft = request.POST.get("then") == "keep"
    form = ApplicationForm(sent(request), draft=is_draft)
    if form.is_valid():
        with shown_at_field(form):
            actor = of_request(request)
            application = begin_application(
                applicant=person(request), actor=actor, **form.cleaned_data
            )
            return _after_writing(request, application)
    context = {"form": form, "is_draft": True}
    return render(request, "community/form.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change what was written."""
    application = queries.application_of(person(request), public_id)
    if not application.is_editable:
        raise NotEditable("It cannot be changed now. Its page tells where it stands.")
    is_draft = application.state == State.DRAFT and request.POST.get("then") == "keep"
    stored = {field: getattr(application, field) for field in FIELDS}
    form = ApplicationForm(sent(request), initial=stored, draft=is_draft)
    if form.is_valid():
        with shown_at_field(form):
            edit_application(
                application=application, actor=of_request(request), **form.cleaned_data
            )
            return _after_writing(request, application)
    context = {
        "form": form,
        "application": application,
        "is_draft": application.state == State.DRAFT,
    }
    return render(request, "community/form.html", context, status=_status(form))


@require_GET
def list_applications(request: HttpRequest) -> HttpResponse:
    """Show a person's applications."""
    rows = [(each, STATES[each.state]) for each in queries.applications_of(person(request))]
    return render(request, "community/list.html", {"rows": rows})


@require_GET
def application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show where an application stands, and what can be done."""
    found = queries.application_of(person(request), public_id)
    return render(request, "community/application.html", _page(found))


@require_POST
def submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a draft into the queue; what is missing leads back to the form."""
    found = queries.application_of(person(request), public_id)
    return _submitted(request, found, ApplicationForm(_stored(found)))


@require_POST
def answer(request: HttpRequest, public_id: UUID, question: UUID) -> HttpResponse:
    """Take the answer to one question."""
    found = queries.application_of(person(request), public_id)
    asked = Question.objects.filter(application=found, public_id=question).first()
    if asked is None:
        raise NotFound
    form = AnswerForm(request.POST, prefix=str(question))
    if form.is_valid():
        with shown_at_field(form):
            after = answer_question(
                question=asked, text=form.cleaned_data["text"], actor=of_request(request)
            )
            words = "Your answer is with the reviewer."
            if after.state == State.NEEDS_INFORMATION:
                words = "Kept. There is another question."
            messages.success(request, words)
            return redirect("community:application", public_id=public_id)
    context = _page(found, answered={asked.pk: form})
    return render(request, "community/application.html", context, status=422)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what withdrawing means, and do it when that is confirmed."""
    found = queries.application_of(person(request), public_id)
    if request.method == "POST":
        withdraw_application(application=found, actor=of_request(request))
        messages.success(request, f"You withdrew the application for {found.title}.")
        return redirect("community:list")
    return render(request, "community/withdraw.html", {"application": found})


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask another reviewer to look."""
    found = queries.application_of(person(request), public_id)
    if found.appealed_at is not None:
        raise AppealSpent
    form = AppealForm(sent(request), initial={"name": found.name})
    if form.is_valid():
        with shown_at_field(form):
            appeal_decision(application=found, actor=of_request(request), **form.cleaned_data)
            messages.success(request, "Another reviewer will look at it.")
            return redirect("community:application", public_id=public_id)
    availability = name_availability(found.name, for_whom=found.claimant)
    context = {"application": found, "form": form, "availability": availability}
    return render(request, "community/appeal.html", context, status=_status(form))


def _after_writing(request: HttpRequest, application: Application) -> HttpResponse:
    """Submit a draft when that was asked for; else tell that it is kept."""
    if application.state == State.DRAFT and request.POST.get("then") == "submit":
        return _submitted(request, application, ApplicationForm(request.POST))
    messages.success(request, "Saved.")
    return redirect("community:application", public_id=application.public_id)


def _submitted(
    request: HttpRequest, application: Application, form: ApplicationForm
) -> HttpResponse:
    """Submit; a refusal that belongs to a field is shown there, with everything kept as a draft."""
    if form.is_valid():
        with shown_at_field(form):
            submit_application(application=application, actor=of_request(request))
            messages.success(request, "It is in the queue. A mail confirms it.")
            return redirect("community:application", public_id=application.public_id)
    context = {"form": form, "application": application, "is_draft": True, "is_kept": True}
    return render(request, "community/form.html", context, status=422)


def _stored(application: Application) -> dict[str, Any]:
    return {field: getattr(application, field) for field in FIELDS}


def _page(
    application: Application, answered: dict[int, AnswerForm] | None = None
) -> dict[str, Any]:
    words = STATES[application.state]
    questions = list(application.questions.order_by("pk"))
    decision = application.decisions.carried_out().order_by("-pk").first()
    place = queries.place_in_queue(application)
    return {
        "application": application,
        "state": words,
        "steps": STEPS,
        "place": place,
        "wait": wait_in_words(queries.usual_wait()) if place else "",
        "open": [
            (each, (answered or {}).get(each.pk) or AnswerForm(prefix=str(each.public_id)))
            for each in questions
            if each.answered_at is None and application.state == State.NEEDS_INFORMATION
        ],
        "answered": [each for each in questions if each.answered_at is not None],
        "history": history_for_applicant(application),
        "decision": decision,
        "reason": REASONS[decision.reason] if decision else None,
        "may_appeal": application.state == State.DECLINED and application.appealed_at is None,
        "may_withdraw": application.state == State.DRAFT or application.is_undecided,
    }


def _status(form: Any) -> int:
    return 422 if form.errors else 200
