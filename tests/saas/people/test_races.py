"""An account is deleted while its person is given something, on two real connections."""

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.actions.tokens import make_personal_token
from accounts.models import User
from accounts.presence import account_gone
from audit.models import AuditEvent
from kernel.refusals import Refusal
from orgs.actions.collaborators import accept_collaboration, invite_collaborator
from orgs.actions.invitations import accept_invitation, invite_member
from orgs.actions.projects import register_project
from orgs.actions.transfers import accept_transfer, propose_transfer
from orgs.levels import Level
from orgs.models import ProjectTransfer
from saas.people.deletion import delete_account
from subscriptions.actions.founding import found_company
from tests.builders import (
    a_project,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    signed_in,
    the_owner,
)
from tests.community.builders import a_draft
from tests.saas.api.calling import a_program
from tests.waiting import until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], object]


def joining(user: User) -> Act:
    _, token = an_invitation(an_organization(), user.email)
    return partial(accept_invitation, token=token, user=user, actor=an_actor(user))


def collaborating(user: User) -> Act:
    project = a_project(an_organization())
    owner = an_actor(the_owner(project.organization), fresh=True)  # type: ignore[arg-type]
    invitation = invite_collaborator(
        project=project, email=user.email, level=Level.READ, actor=owner
    )
    return partial(accept_collaboration, token=invitation.token, user=user, actor=an_actor(user))


def taking_over(user: User) -> Act:
    project = a_project(an_organization())
    owner = an_actor(the_owner(project.organization), fresh=True)  # type: ignore[arg-type]
    transfer = propose_transfer(project=project, to_user=user, actor=owner)
    return partial(accept_transfer, transfer=transfer, actor=an_actor(user))


def being_offered(user: User) -> Act:
    organization = an_organization()
    return partial(
        propose_transfer,
        project=a_project(organization),
        to_user=user,
        actor=an_actor(the_owner(organization), fresh=True),
    )


def being_invited(user: User) -> Act:
    organization = an_organization()
    return partial(
        invite_member,
        organization=organization,
        role="member",
        user=user,
        actor=an_actor(the_owner(organization)),
    )


def registering(user: User) -> Act:
    return partial(register_project, name="wheel", actor=an_actor(user))


def founding(user: User) -> Act:
    return partial(
        found_company, name="guild", display_name="Guild", owner=user, actor=an_actor(user)
    )


def applying(user: User) -> Act:
    return partial(a_draft, user)


def making_a_token(user: User) -> Act:
    return partial(
        make_personal_token,
        user=user,
        name="ci",
        scopes=["projects:read"],
        actor=an_actor(user, fresh=True),
    )


GIVEN: dict[Callable[[User], Act], str] = {
    joining: "places_changed",
    collaborating: "places_changed",
    founding: "places_changed",
    being_offered: "places_changed",
    taking_over: "owns_projects",
    registering: "owns_projects",
    being_invited: "ok",
    applying: "ok",
    making_a_token: "ok",
}
"""What a person can be given, and what a deletion says that comes a moment later."""


def deletes(user: User) -> None:
    delete_account(user=user, confirmation=user.email, actor=an_actor(user, fresh=True))


def meanwhile(first: Act, second: Act) -> str:
    """Let ``second`` begin while ``first`` is not committed yet; return what became of it."""
    outcome: list[str] = []

    def run() -> None:
        try:
            second()
            outcome.append("ok")
        except Refusal as refusal:
            outcome.append(refusal.reason)
        except Exception as error:  # told by the assertion that compares outcomes
            gone = account_gone(error)
            outcome.append(gone.reason if gone else repr(error))
        finally:
            connection.close()

    thread = Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        until_somebody_waits_for_a_lock()
    thread.join(timeout=30)
    return outcome[0]


def left_with(user: User) -> list[str]:
    """Return what is somebody's, by the names of the tables."""
    kept: dict[str, QuerySet[Any]] = {
        "place": user.memberships.all(),
        "level": user.project_roles.all(),
        "project": user.owned_projects.all(),
        "token": user.tokens.live(),
        "application": user.applications.exclude(state="withdrawn"),
        "offer": ProjectTransfer.objects.open().filter(to_user=user),
    }
    return [name for name, rows in kept.items() if rows.exists()]


@pytest.mark.parametrize("given", GIVEN)
def test_nothing_is_given_to_whoever_deletes_their_account_meanwhile(
    given: Callable[[User], Act],
) -> None:
    """Red without the triggers that ask ``accounts_refuse_deleted_person``."""
    user = a_user()
    act = given(user)

    outcome = meanwhile(partial(deletes, user), act)

    assert outcome in ("account_gone", "invitation_closed", "transfer_over", "not_found")
    assert left_with(user) == []


@pytest.mark.parametrize("given", GIVEN)
def test_what_was_given_a_moment_before_is_seen_by_the_deletion(
    given: Callable[[User], Act],
) -> None:
    """Red without ``PlacesChanged``: an organization would be locked after the person."""
    user = a_user()
    act = given(user)

    outcome = meanwhile(act, partial(deletes, user))

    user.refresh_from_db()
    assert outcome == GIVEN[given]
    assert (outcome == "ok") == (user.deleted_at is not None)
    assert outcome != "ok" or left_with(user) == []
    assert AuditEvent.objects.filter(name="account.deleted").exists() == (outcome == "ok")


def test_the_page_and_the_api_say_that_the_account_is_gone() -> None:
    """Red without ``account_gone`` in ``RefusalPages`` and in the API's problems."""
    told: list[str] = []

    def by_page(user: User) -> Act:
        browser = signed_in(user)

        def register() -> None:
            sent = {"name": "wheel", "owner": "-", "is_private": "no"}
            page = browser.post("/projects/new/", sent)
            told.append(f"{page.status_code} {'account_gone' in page.content.decode()}")

        return register

    def by_program(user: User) -> Act:
        program = a_program(user)

        def register() -> None:
            answer = program.post("/projects", {"name": "wheel"})
            told.append(f"{answer.status} {answer.body['code'] == 'account_gone'}")

        return register

    for registers in (by_page, by_program):
        user = a_user()
        act = registers(user)
        assert meanwhile(partial(deletes, user), act) == "ok"
    assert told == ["409 True", "409 True"]
