"""One person looking at one organization: what every page of it begins with."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actors import of_request
from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import NotFound, Refusal
from orgs.decision import Decision
from orgs.matrix import MATRIX
from orgs.models import Organization, Team
from orgs.names import is_well_formed, normalized
from orgs.policy import decide_many
from orgs.refusals import SecondFactorRequired

View = Callable[..., HttpResponse]
"""A view; what stands in its address comes by keyword."""


@dataclass(frozen=True, slots=True)
class Visit:
    """An organization as one of its people sees it, with every answer of the policy about it."""

    organization: Organization
    person: User
    actor: Actor
    decisions: Mapping[str, Decision]

    def may(self, permission: str) -> bool:
        """Whether the visitor may do this now."""
        return self.decisions[permission].allowed

    def at(self, team: Team) -> "Visit":
        """Return the same visit with the answers that hold in one of its teams."""
        return replace(self, decisions=_decisions(self.actor, team))

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what the layout of an organization's pages needs, and ``more``."""
        held = {permission for permission, answer in self.decisions.items() if answer.allowed}
        return {"organization": self.organization, "permissions": held, **more}


def signed_in_person(request: HttpRequest) -> User:
    """Return who sits before the browser; the pages here are shown to nobody else."""
    if not isinstance(request.user, User):
        raise TypeError("this page needs a signed-in person")
    return request.user


def organization_seen_by(request: HttpRequest, name: str) -> Organization:
    """Return the organization of this name in any spelling; to all but its members there is none.

    A name it had before finds it too.
    """
    if not is_well_formed(name):
        raise NotFound
    found = (
        Organization.objects.named(name)
        .of_user(signed_in_person(request).pk)
        .select_related("entitlements")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def team_seen_by(visit: Visit, name: str) -> Team:
    """Return the team of this name in any spelling. Refuses with NotFound."""
    if not is_well_formed(name):
        raise NotFound
    found = visit.organization.teams.filter(normalized_name=normalized(name)).first()
    if found is None:
        raise NotFound
    return found


def visiting(view: View) -> View:
    """Give a view its visit in the place of a name; another spelling leads to the right address."""

    @wraps(view)
    def load(request: HttpRequest, name: str, **rest: Any) -> HttpResponse:
        organization = organization_seen_by(request, name)
        if organization.name != name and request.method == "GET":
            return redirect(right_address(request, name=organization.name))
        actor = of_request(request)
        person = signed_in_person(request)
        visit = Visit(organization, person, actor, _decisions(actor, organization))
        _require_second_factor(visit, view)
        return view(request, visit, **rest)

    return load


def at_team(view: View) -> View:
    """Give a view its visit and team in the place of two names."""

    @wraps(view)
    def load(request: HttpRequest, visit: Visit, team: str, **rest: Any) -> HttpResponse:
        found = team_seen_by(visit, team)
        if found.name != team and request.method == "GET":
            return redirect(right_address(request, team=found.name))
        return view(request, visit.at(found), found, **rest)

    return visiting(load)


def without_second_factor(view: View) -> View:
    """Mark a page that stays open to members who lack the second factor that is demanded."""
    view.open_without_second_factor = True  # type: ignore[attr-defined]  # a mark of ours
    return view


def _require_second_factor(visit: Visit, view: View) -> None:
    answer = visit.decisions["organization:read"]
    if answer.reason != SecondFactorRequired.reason:
        return
    if not getattr(view, "open_without_second_factor", False):
        raise SecondFactorRequired(answer.sentence)


def right_address(request: HttpRequest, **spelled: str) -> str:
    """Return this page's address with its names spelled as given, the query kept."""
    match = request.resolver_match
    if match is None:
        raise NotFound
    query = request.META.get("QUERY_STRING", "")
    path = reverse(match.view_name, kwargs={**match.kwargs, **spelled})
    return f"{path}?{query}" if query else path


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: nothing unless it was sent."""
    return request.POST if request.method == "POST" else None


@contextmanager
def shown_at_field(form: Form) -> Iterator[None]:
    """Put a refusal that belongs to a field of the form beside it; let all others become pages."""
    try:
        yield
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, refusal.sentence)


def _decisions(actor: Actor, subject: Organization | Team) -> dict[str, Decision]:
    answers = decide_many([(actor, permission, subject) for permission in MATRIX])
    return dict(zip(MATRIX, answers, strict=True))
