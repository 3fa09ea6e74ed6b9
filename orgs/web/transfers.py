"""A project moves: offered, canceled, moved between places of one's own, answered."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import of_request
from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import Conflict, NotFound
from orgs import transfer_queries
from orgs.actions.transfers import (
    accept_transfer,
    bring_in,
    cancel_transfer,
    decline_transfer,
    propose_transfer,
    take_out,
)
from orgs.decision import Decision
from orgs.models import Organization, ProjectTransfer
from orgs.policy import decide, require
from orgs.refusals import NoSuchReceiver, TransferOver
from orgs.web.project_forms import MYSELF, ConfirmedForm, OfferForm
from orgs.web.project_visit import ProjectVisit, at_project
from orgs.web.visit import sent, shown_at_field, signed_in_person


@require_http_methods(["GET", "POST"])
@at_project
def transfer(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Show the open offer, or what moving means; offer the project to somebody."""
    require(visit.actor, "projects:transfer_out", visit.project)
    form = OfferForm(sent(request), project=visit.project)
    if form.is_valid():
        with shown_at_field(form):
            receiver = _receiver(form.cleaned_data["receiver"])
            try:
                propose_transfer(
                    project=visit.project,
                    actor=visit.actor,
                    to_organization=receiver if isinstance(receiver, Organization) else None,
                    to_user=receiver if isinstance(receiver, User) else None,
                )
            except Conflict as refusal:  # theirs already, or offered already
                form.add_error("receiver", refusal.sentence)
            else:
                messages.success(request, f"{visit.project.name} is on offer, for seven days.")
                return redirect("orgs:transfer", name=visit.project.name)
    context = visit.context(
        form=form,
        offer=transfer_queries.open_offer_of(visit.project),
        losing=transfer_queries.losing_by_move(visit.project),
        places=_own_places(visit),
    )
    return render(request, "orgs/transfer.html", context, status=422 if form.errors else 200)


@require_POST
@at_project
def cancel(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Take the open offer back."""
    require(visit.actor, "projects:transfer_out", visit.project)
    offer = transfer_queries.open_offer_of(visit.project)
    if offer is None:
        raise TransferOver
    cancel_transfer(transfer=offer, actor=visit.actor)
    messages.success(request, f"{visit.project.name} is not on offer any more.")
    return redirect("orgs:transfer", name=visit.project.name)


@require_http_methods(["GET", "POST"])
@at_project
def move(request: HttpRequest, visit: ProjectVisit) -> HttpResponse:
    """Bring a project into an organization of one's own, or take it out to oneself."""
    require(visit.actor, "projects:transfer_out", visit.project)
    to = request.GET.get("to", "")
    place = next((each for each in _own_places(visit) if each.key == to), None)
    if place is None:
        raise NotFound
    form = ConfirmedForm(sent(request), project=visit.project)
    if form.is_valid():
        if isinstance(place.owner, Organization):
            bring_in(project=visit.project, organization=place.owner, actor=visit.actor)
        else:
            take_out(project=visit.project, actor=visit.actor)
        messages.success(request, f"{visit.project.name} belongs to {place.label} now.")
        return redirect("orgs:project", name=visit.project.name)
    losing, person = transfer_queries.losing_by_move(visit.project), signed_in_person(request)
    context = visit.context(
        form=form,
        place=place,
        refusal=_why_not_receive(visit.actor, place.owner, is_private=visit.project.is_private),
        offer=transfer_queries.open_offer_of(visit.project),
        losing=losing,
        kept=transfer_queries.keeping(losing, place.owner, taker=person),
        gaining=transfer_queries.gaining_by_move(place.owner, taker=person),
    )
    return render(request, "orgs/move_project.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, transfer: int) -> HttpResponse:
    """Show an offer to the receiving side, and take its answer."""
    actor, person = of_request(request), signed_in_person(request)
    offer = _offer_to(actor, transfer)
    if request.method == "POST":
        return _answered(request, offer, actor)
    if not offer.is_open or not transfer_queries.still_standing([offer]):
        raise TransferOver
    receiver = offer.to_organization or person
    context = {
        "offer": offer,
        "losing": transfer_queries.losing_by_move(offer.project),
        "gaining": transfer_queries.gaining_by_move(receiver, taker=person),
        "refusal": _why_not_receive(actor, receiver, is_private=offer.project.is_private),
    }
    return render(request, "orgs/answer_transfer.html", context)


def _answered(request: HttpRequest, offer: ProjectTransfer, actor: Actor) -> HttpResponse:
    name = offer.project.name
    if request.POST.get("answer") == "accept":
        accept_transfer(transfer=offer, actor=actor)
        messages.success(request, f"{name} belongs to {offer.to_organization or 'you'} now.")
        return redirect("orgs:project", name=name)
    if request.POST.get("answer") != "decline":
        return redirect("orgs:answer_transfer", transfer=offer.pk)
    decline_transfer(transfer=offer, actor=actor)
    messages.success(request, f"You declined {name}. It stays where it is.")
    if offer.to_organization is not None:
        return redirect("orgs:organization_projects", name=offer.to_organization.name)
    return redirect("orgs:projects")


def _offer_to(actor: Actor, number: int) -> ProjectTransfer:
    """Return the offer to the actor or an organization of theirs; to others there is none."""
    found = transfer_queries.transfer_numbered(number)
    if found is None:
        raise NotFound
    if found.to_organization is not None:
        require(actor, "projects:decline_transfer", found.to_organization)
    elif found.to_user_id != actor.user_id:
        raise NotFound
    return found


def _receiver(words: str) -> User | Organization:
    found = transfer_queries.receiver_called(words.strip())
    if found is None:
        raise NoSuchReceiver(field="receiver")
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody could move a project without asking anybody."""

    key: str
    label: str
    owner: User | Organization


def _own_places(visit: ProjectVisit) -> list[Place]:
    """Return the organizations that a visitor leads, and themselves, without the present owner."""
    person = visit.person
    if person is None:
        return []
    places = [
        Place(each.name, each.display_name, each)
        for each in transfer_queries.organizations_led_by(person)
        if each.pk != visit.project.organization_id
    ]
    if visit.project.organization_id is not None:
        places.append(Place(MYSELF, "you", person))
    return places


def _why_not_receive(
    actor: Actor, receiver: User | Organization, *, is_private: bool
) -> Decision | None:
    """Return what keeps a receiver from taking a project over now."""
    if isinstance(receiver, User):
        return None
    asked = ["projects:receive", *(["projects:create_private"] if is_private else [])]
    answers = [decide(actor, permission, receiver) for permission in asked]
    return next((each for each in answers if not each.allowed), None)
