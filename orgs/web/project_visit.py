"""Somebody looking at one project: what every page of it begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.actors import of_request
from accounts.models import User
from kernel.actor import Actor, ActorKind
from kernel.refusals import NotFound
from orgs.decision import Decision
from orgs.facts import Way, facts_of
from orgs.matrix import PROJECT_MATRIX
from orgs.models import Project
from orgs.names import is_well_formed, normalized
from orgs.policy import answer, require
from orgs.web.visit import View, right_address

NOBODY = Actor(ActorKind.PERSON)
"""A visitor who is not signed in: a person of whom nothing is known."""

OF_OWNERS = ("projects:transfer_out", "projects:delete")
ASKED = (*PROJECT_MATRIX, *OF_OWNERS)


@dataclass(frozen=True, slots=True)
class ProjectVisit:
    """A project as somebody sees it, with every answer of the policy about it.

    ``ways`` is why they have their level; whoever merely sees a public project has none.
    """

    project: Project
    person: User | None
    actor: Actor
    decisions: Mapping[str, Decision]
    ways: tuple[Way, ...]

    def may(self, permission: str) -> bool:
        """Whether the visitor may do this now."""
        return self.decisions[permission].allowed

    def is_theirs(self, permission: str) -> bool:
        """Whether they hold what owners do; a fresh sign-in is asked for on the way."""
        answer = self.decisions[permission]
        return answer.allowed or answer.reason == "fresh_sign_in_required"

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what the layout of a project's pages needs, and ``more``."""
        held = {permission for permission in self.decisions if self.may(permission)}
        held |= {permission for permission in OF_OWNERS if self.is_theirs(permission)}
        return {
            "project": self.project,
            "permissions": held,
            "ways": self.ways,
            **more,
        }


def project_seen_by(actor: Actor, name: str) -> Project:
    """Return the project of this name in any spelling; to whoever may not see it there is none."""
    found = None
    if is_well_formed(name):
        found = (
            Project.objects.filter(normalized_name=normalized(name))
            .select_related("owner", "organization", "created_by")
            .first()
        )
    if found is None:
        raise NotFound
    require(actor, "projects:read", found)
    return found


def at_project(view: View) -> View:
    """Give a view its visit in the place of a name; another spelling leads to the right address."""

    @wraps(view)
    def load(request: HttpRequest, name: str, **rest: Any) -> HttpResponse:
        person = request.user if isinstance(request.user, User) else None
        actor = of_request(request) if person is not None else NOBODY
        project = project_seen_by(actor, name)
        if project.name != name and request.method == "GET":
            return redirect(right_address(request, name=project.name))
        (facts,) = facts_of([(actor.user_id, project)])
        decisions = {permission: answer(actor, permission, facts) for permission in ASKED}
        ways = facts.ways if facts is not None else ()
        return view(request, ProjectVisit(project, person, actor, decisions, ways), **rest)

    return load


NOT_THEIRS = frozenset({"role_too_low", "not_found"})


def withheld(decision: Decision) -> Decision | None:
    """Return what to show in a form's place: the level is there, something else is missing."""
    return None if decision.allowed or decision.reason in NOT_THEIRS else decision
