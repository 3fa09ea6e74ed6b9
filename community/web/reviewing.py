"""The staff console of the free road: the queue, and one screen for each application."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from community import queries
from community.actions import reviewing
from community.actions.decisions import decide
from community.actions.questions import ask_question
from community.models import Application
from community.models.decision import Outcome
from community.moves import CLAIM_LASTS
from community.states import QUEUED, State
from community.web.forms import (
    ApproveForm,
    AskForm,
    DeclineForm,
    DeferForm,
    NoteForm,
    QueueFilter,
)
from community.web.gate import for_reviewers
from community.web.words import STATES, history_for_staff, wait_in_words
from kernel.actor import Actor
from orgs.name_availability import name_availability
from orgs.web.visit import shown_at_field
from orgs.web.words import standing_of

FORMS: dict[str, type[Form]] = {
    "ask": AskForm,
    "approve": ApproveForm,
    "decline": DeclineForm,
    "defer": DeferForm,
    "note": NoteForm,
}
"""Prefix → form; all of them stand on one screen."""


@require_GET
@for_reviewers
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the queue, the oldest first, and how much lies in it."""
    people = queries.reviewers()
    chosen = QueueFilter(
        request.GET,
        reviewers=[
            (str(each.public_id), f"{each} (you)" if each.pk == actor.user_id else str(each))
            for each in people
        ],
    )
    states = chosen.states()
    reviewer = chosen.cleaned_data.get("reviewer") or None
    page = queries.queue(
        states=states,
        reviewer=UUID(reviewer) if reviewer else None,
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "filter": chosen,
        "is_filtered": bool(reviewer or chosen.cleaned_data.get("state")),
        "page": page,
        "rows": [(each, STATES[each.state]) for each in page.rows],
        "first": bool(request.GET.get("cursor")),
        "load": queries.load(),
        "wait": wait_in_words(queries.usual_wait()),
    }
    return render(request, "staff/home.html", context)


@require_GET
@for_reviewers
def application(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Show everything about one application."""
    found = queries.application_for_review(public_id)
    return render(request, "staff/application.html", _page(found, actor))


@require_POST
@for_reviewers
def claim(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Take it up."""
    found = queries.application_for_review(public_id)
    reviewing.claim_application(application=found, actor=actor)
    hours = int(CLAIM_LASTS.total_seconds() // 3600)
    messages.success(request, f"It is yours for {hours} hours; nobody else decides it meanwhile.")
    return redirect("staff:application", public_id=public_id)


@require_POST
@for_reviewers
def release(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Let it go."""
    found = queries.application_for_review(public_id)
    reviewing.release_application(application=found, actor=actor)
    messages.success(request, f"{found.title} is back in its old place in the queue.")
    return redirect("staff:home")


@require_POST
@for_reviewers
def resume(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Put it back into the queue."""
    found = queries.application_for_review(public_id)
    reviewing.resume_application(application=found, actor=actor)
    messages.success(request, f"{found.title} is back in its old place in the queue.")
    return redirect("staff:application", public_id=public_id)


@require_POST
@for_reviewers
def ask(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Ask the applicant something."""

    def act(found: Application, text: str) -> str:
        ask_question(application=found, text=text, actor=actor)
        return "Your question is on its way. It comes back to you with the answer."

    return _acted(request, actor, public_id, "ask", act)


@require_POST
@for_reviewers
def defer(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Set it aside."""

    def act(found: Application, words: str) -> str:
        reviewing.defer_application(application=found, words=words, actor=actor)
        return f"{found.title} is set aside, and the applicant is told why."

    return _acted(request, actor, public_id, "defer", act)


@require_POST
@for_reviewers
def note(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Leave words for other reviewers."""

    def act(found: Application, text: str) -> str:
        reviewing.add_note(application=found, text=text, actor=actor)
        return "Noted."

    return _acted(request, actor, public_id, "note", act)


@require_POST
@for_reviewers
def approve(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Approve it."""

    def act(found: Application, reason: str, words: str) -> str:
        decide(application=found, outcome=Outcome.APPROVED, reason=reason, words=words, actor=actor)
        return f"{found.title} is approved."

    return _acted(request, actor, public_id, "approve", act, to="staff:home")


@require_POST
@for_reviewers
def decline(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Decline it."""

    def act(found: Application, reason: str, words: str) -> str:
        decide(application=found, outcome=Outcome.DECLINED, reason=reason, words=words, actor=actor)
        return f"{found.title} is declined, and the applicant is told why."

    return _acted(request, actor, public_id, "decline", act, to="staff:home")


def _acted(
    request: HttpRequest,
    actor: Actor,
    public_id: UUID,
    prefix: str,
    act: Callable[..., str],
    *,
    to: str = "",
) -> HttpResponse:
    """Let ``act`` happen with what its form says, or show the whole screen with what is wrong."""
    found = queries.application_for_review(public_id)
    form = FORMS[prefix](request.POST, prefix=prefix)
    if form.is_valid():
        with shown_at_field(form):
            messages.success(request, act(found, **form.cleaned_data))
            return redirect(to) if to else redirect("staff:application", public_id=public_id)
    return render(
        request, "staff/application.html", _page(found, actor, {prefix: form}), status=422
    )


def _page(
    application: Application, actor: Actor, bound: dict[str, Form] | None = None
) -> dict[str, Any]:
    decisions = list(application.decisions.select_related("reviewer").order_by("pk"))
    is_mine = application.reviewer_id == actor.user_id
    forms = {name: form(prefix=name) for name, form in FORMS.items()} | (bound or {})
    return {
        "application": application,
        "state": STATES[application.state],
        "forms": forms,
        "is_open": application.is_undecided,
        "is_waiting": application.state in QUEUED,
        "is_deferred": application.state == State.DEFERRED,
        "is_mine": is_mine and application.state == State.CLAIMED,
        "is_lapsed": application.state == State.CLAIMED and not application.is_held,
        "place": queries.place_in_queue(application),
        "questions": list(application.questions.select_related("asked_by").order_by("pk")),
        "notes": list(application.notes.select_related("author").order_by("-pk")),
        "pending": next((each for each in decisions if each.is_pending), None),
        "history": history_for_staff(application, decisions),
        "rivals": [(each, STATES[each.state]) for each in queries.rivals_of(application)],
        "earlier": [
            (each, STATES[each.state]) for each in queries.earlier_applications(application)
        ],
        "organizations": [
            (place, standing_of(place.organization))
            for place in queries.organizations_of(application.applicant)
        ],
        "availability": name_availability(application.name, for_whom=application.claimant),
    }
