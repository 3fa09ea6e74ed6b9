"""Applications in every state, each made in one line, by the very actions that lead there."""

from itertools import count
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory

from accounts import actors
from accounts.models import User
from community.actions.applications import (
    appeal_decision,
    begin_application,
    submit_application,
    withdraw_application,
)
from community.actions.decisions import decide
from community.actions.questions import ask_question
from community.actions.reviewing import claim_application, defer_application
from community.models import Application
from community.states import State
from kernel.actor import Actor
from tests.builders import a_user, an_actor, signed_in

_numbers = count(1)


def a_reviewer(role: str = "reviewer") -> User:
    """Return a member of staff."""
    return a_user(staff_role=role)


def reviewing(reviewer: User) -> Actor:
    """Return a member of staff who used a second factor."""
    person = actors.person(reviewer)
    return Actor(
        person.kind,
        user_id=person.user_id,
        label=person.label,
        staff_role=reviewer.staff_role,
        address="192.0.2.7",
    )


def with_second_factor(user: User) -> Client:
    """Return a browser whose session was confirmed with a second factor."""
    client = signed_in(user)
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    record_authentication(request, user, method="mfa")
    request.session.save()
    return client


def answers(**other: Any) -> dict[str, Any]:
    """Return what a complete application says."""
    number = next(_numbers)
    return {
        "name": f"orchard-{number}",
        "display_name": f"The Orchard {number}",
        "url": "https://orchard.example.org/",
        "description": "People who grow things together.",
        "intended_use": "To publish our tools as one group.",
        "people": 7,
        "repository_url": "https://code.example.org/orchard",
        "license_url": "https://code.example.org/orchard/license",
        "maintainers": "Kim and Ada",
        **other,
    }


def a_draft(applicant: User | None = None, **fields: Any) -> Application:
    """Return a complete draft."""
    applicant = applicant or a_user()
    return begin_application(applicant=applicant, actor=an_actor(applicant), **answers(**fields))


def an_application(
    state: str = State.SUBMITTED,
    *,
    applicant: User | None = None,
    reviewer: User | None = None,
    **fields: Any,
) -> Application:
    """Return an application in ``state``, led there by its people."""
    draft = a_draft(applicant, **fields)
    owner, staff = an_actor(draft.applicant), reviewing(reviewer or a_reviewer())
    if state != State.DRAFT:
        submit_application(application=draft, actor=owner)
    if state not in (State.DRAFT, State.SUBMITTED, State.WITHDRAWN):
        claim_application(application=draft, actor=staff)
    match state:
        case State.NEEDS_INFORMATION:
            ask_question(application=draft, text="Who are you?", actor=staff)
        case State.DEFERRED:
            defer_application(application=draft, words="Until spring.", actor=staff)
        case State.APPROVED:
            decided(draft, "approved", staff)
        case State.DECLINED | State.APPEALED:
            decided(draft, "declined", staff)
        case State.WITHDRAWN:
            withdraw_application(application=draft, actor=owner)
    if state == State.APPEALED:
        appeal_decision(application=draft, actor=owner, words="Please look again.")
    return Application.objects.get(pk=draft.pk)


def decided(
    application: Application, outcome: str, staff: Actor, *, words: str = "Too little to see."
) -> None:
    """Decide an application that is claimed."""
    reason = "open_project" if outcome == "approved" else "too_little_shown"
    decide(application=application, outcome=outcome, reason=reason, words=words, actor=staff)
