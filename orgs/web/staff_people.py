"""People as staff see them: found by address, and helped when their second factor is lost."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs import queries
from orgs.actions.factor_resets import (
    PERMISSION,
    ask_second_factor_reset,
    factors_of,
    withdraw_second_factor_reset,
)
from orgs.web.forms import ResetForm
from orgs.web.gate import for_staff
from orgs.web.visit import sent, shown_at_field

gate = for_staff(PERMISSION, "helping people with their accounts")


@require_GET
@gate
def people(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 -- a staff view
    """Find people by the beginning of their address."""
    asked = request.GET.get("q", "").strip()
    found = queries.people_at(asked) if asked.isprintable() and asked else []
    return render(request, "staff/people.html", {"asked": asked, "found": found})


@require_http_methods(["GET", "POST"])
@gate
def person(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Show a person's factors and organizations; ask for a reset."""
    user = _person(public_id)
    form = ResetForm(sent(request))
    if form.is_valid():
        with shown_at_field(form):
            ask_second_factor_reset(user=user, actor=actor, **form.cleaned_data)
            messages.success(request, f"{user} was told by mail, and has a day to object.")
            return redirect("staff_people:person", public_id=public_id)
    context = {
        "person": user,
        "form": form,
        "factors": factors_of(user),
        "reset": user.second_factor_resets.open().select_related("asked_by").first(),
        "resets": user.second_factor_resets.exclude(outcome="").order_by("-pk")[:10],
        "places": queries.memberships_of(user),
        "is_me": user.pk == actor.user_id,
    }
    status = 422 if form.errors else 200
    return render(request, "staff/person.html", context, status=status)


@require_POST
@gate
def withdraw(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    """Stop a reset that was asked for."""
    user = _person(public_id)
    withdraw_second_factor_reset(user=user, actor=actor)
    messages.success(request, "The reset was withdrawn.")
    return redirect("staff_people:person", public_id=public_id)


def _person(public_id: UUID) -> User:
    found = User.objects.filter(public_id=public_id, deleted_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found
