"""Deleting an organization, and taking that back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kernel.refusals import Refusal
from orgs.models import Organization
from orgs.policy import require
from orgs.refusals import ConfirmationWrong
from orgs.web.visit import Visit, visiting
from subscriptions.actions.closing import (
    UNDO_FOR,
    begin_closing,
    require_nothing_left,
    undo_closing,
)


@require_http_methods(["GET", "POST"])
@visiting
def delete(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what deleting means and what stands against it; do it once the name was typed.

    While it is being closed, say until when that can be undone.
    """
    organization = visit.organization
    if organization.is_closing:
        require(visit.actor, "organization:undo_delete", organization)
        return render(request, "subscriptions/closing.html", visit.context())
    require(visit.actor, "organization:delete", organization)
    error = ""
    if request.method == "POST":
        try:
            begin_closing(
                organization=organization,
                confirmation=request.POST.get("confirmation", "").strip(),
                actor=visit.actor,
            )
        except ConfirmationWrong as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"{organization.display_name} is being closed.")
            return redirect("subscriptions:delete", name=organization.name)
    context = visit.context(
        error=error,
        refusal=_what_stands_against(organization),
        people=organization.memberships.count(),
        teams=organization.teams.count(),
        days=UNDO_FOR.days,
    )
    return render(request, "subscriptions/delete.html", context, status=422 if error else 200)


@require_POST
@visiting
def undo(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take the deletion back."""
    organization = undo_closing(organization=visit.organization, actor=visit.actor)
    messages.success(request, f"{organization.display_name} stays. Everything is as it was.")
    return redirect("orgs:overview", name=organization.name)


def _what_stands_against(organization: Organization) -> Refusal | None:
    """Return what must be done first, to be shown in place of the form; the action asks again."""
    try:
        require_nothing_left(organization)
    except Refusal as refusal:
        return refusal
    return None
