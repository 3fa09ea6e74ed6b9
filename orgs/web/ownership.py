"""Handing an organization over to another of its members."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orgs.actions.ownership import LEAVE, transfer_ownership
from orgs.policy import require
from orgs.refusals import ConfirmationWrong
from orgs.roles import takes_seat
from orgs.web.forms import OwnershipForm
from orgs.web.people import membership_of
from orgs.web.visit import Visit, sent, visiting


@require_http_methods(["GET", "POST"])
@visiting
def hand_over(request: HttpRequest, visit: Visit, person: UUID) -> HttpResponse:
    """Say what handing over means, and do it once the name was typed and the sign-in is fresh."""
    organization = visit.organization
    require(visit.actor, "ownership:transfer", organization)
    heir = membership_of(visit, person)
    form = OwnershipForm(sent(request))
    error = ""
    if form.is_valid():
        try:
            transfer_ownership(
                organization=organization,
                user=heir.user,
                stays=form.cleaned_data["stays"],
                confirmation=request.POST.get("confirmation", "").strip(),
                actor=visit.actor,
            )
        except ConfirmationWrong as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"{heir.user} owns {organization.display_name} now.")
            if form.cleaned_data["stays"] == LEAVE:
                return redirect("orgs:list")
            return redirect("orgs:people", name=organization.name)
    context = visit.context(heir=heir, form=form, error=error, needs_seat=not takes_seat(heir.role))
    status = 422 if error or form.errors else 200
    return render(request, "orgs/hand_over.html", context, status=status)
