"""Offers to people from outside, made and taken back on the page of who may do what."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kernel.refusals import NotFound
from orgs.actions.collaborators import (
    invite_collaborator,
    resend_collaborator_invitation,
    revoke_collaborator_invitation,
)
from orgs.models import CollaboratorInvitation
from orgs.policy import require
from orgs.web.project_access import access_page
from orgs.web.project_forms import CollaboratorForm
from orgs.web.project_visit import ProjectVisit, at_project
from orgs.web.visit import shown_at_field


@require_POST
@at_project
def invite(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Offer somebody from outside a level."""
    require(visit.actor, "collaborators:invite", visit.project)
    form = CollaboratorForm(request.POST, prefix="offer")
    if form.is_valid():
        with shown_at_field(form):
            offer = invite_collaborator(
                project=visit.project,
                email=form.cleaned_data["email"],
                level=form.cleaned_data["level"],
                actor=visit.actor,
            )
            messages.success(request, f"The offer is on its way to {offer.email}.")
            return redirect("orgs:project_access", name=visit.project.name)
    return access_page(request, visit, offer_form=form)


@require_POST
@at_project
def resend(request: HttpRequest, visit: ProjectVisit, offer: UUID) -> HttpResponse:
    """Send an offer again, with a new link."""
    sent = resend_collaborator_invitation(invitation=_offer(visit, offer), actor=visit.actor)
    messages.success(
        request, f"A new link went to {sent.email}. The old one opens nothing any more."
    )
    return redirect("orgs:project_access", name=visit.project.name)


@require_POST
@at_project
def withdraw(request: HttpRequest, visit: ProjectVisit, offer: UUID) -> HttpResponse:
    """Take an offer back."""
    found = _offer(visit, offer)
    revoke_collaborator_invitation(invitation=found, actor=visit.actor)
    messages.success(request, f"The offer to {found.email} was withdrawn.")
    return redirect("orgs:project_access", name=visit.project.name)


def _offer(visit: ProjectVisit, public_id: UUID) -> CollaboratorInvitation:
    require(visit.actor, "projects:revoke", visit.project)
    found = visit.project.collaborator_invitations.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    found.project = visit.project
    return found
