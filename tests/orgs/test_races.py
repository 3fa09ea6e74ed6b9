"""Two who come at once, on two real connections."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from kernel.refusals import Refusal
from orgs.actions.invitations import accept_invitation, invite_member
from orgs.actions.members import change_role, leave
from orgs.actions.organizations import create_organization
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    the_owner,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts together, each on its own connection; return what became of each: ok or a reason."""
    start, outcomes = Barrier(len(acts)), [""] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        connection.ensure_connection()
        start.wait(timeout=10)
        try:
            act()
            outcomes[index] = "ok"
        except Refusal as refusal:
            outcomes[index] = refusal.reason
        except Exception as error:  # noqa: BLE001 -- told by the assertion that compares outcomes
            outcomes[index] = repr(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes)


def test_of_two_owners_leaving_at_once_one_stays() -> None:
    """Red without ``Organization.objects.lock`` in ``orgs.actions.members.leave``."""
    for _ in range(ROUNDS):
        organization = an_organization()
        owners = [the_owner(organization), a_member(organization, Role.OWNER)]
        actors = [an_actor(owner) for owner in owners]

        outcomes = at_once(
            lambda: leave(organization=organization, actor=actors[0]),
            lambda: leave(organization=organization, actor=actors[1]),
        )

        assert outcomes == ["last_owner", "ok"]
        assert organization.memberships.owners().count() == 1
        organization.refresh_from_db()
        assert organization.seats_taken == 1


def test_of_two_owners_demoting_each_other_one_stays() -> None:
    """Red without ``Organization.objects.lock`` in ``orgs.actions.members.change_role``."""
    for _ in range(ROUNDS):
        organization = an_organization()
        one, two = the_owner(organization), a_member(organization, Role.OWNER)

        def demote(organization: Organization, who: object, by: object) -> None:
            change_role(
                organization=organization,
                user=who.user,  # type: ignore[attr-defined]  # a membership
                role=Role.MEMBER,
                actor=an_actor(by),  # type: ignore[arg-type]  # a membership
            )

        outcomes = at_once(
            lambda: demote(organization, two, one), lambda: demote(organization, one, two)
        )

        assert outcomes == ["ok", "role_too_low"]
        assert organization.memberships.owners().count() == 1


def test_the_last_seat_is_given_once() -> None:
    """Red without ``Organization.objects.lock`` in ``accept_invitation``."""
    for _ in range(ROUNDS):
        organization = an_organization(seats=3)
        a_member(organization)
        tokens = [an_invitation(organization)[1] for _ in range(2)]
        people = [a_user() for _ in range(2)]

        outcomes = at_once(
            lambda: accept_invitation(
                token=tokens[0], user=people[0], actor=an_actor(people[0])
            ),
            lambda: accept_invitation(
                token=tokens[1], user=people[1], actor=an_actor(people[1])
            ),
        )

        assert outcomes == ["no_seat_left", "ok"]
        organization.refresh_from_db()
        assert organization.seats_taken == organization.memberships.count() == 3


def test_one_link_followed_by_two_lets_one_in() -> None:
    """Red without reading the invitation again under the lock in ``accept_invitation``."""
    for _ in range(ROUNDS):
        organization = an_organization()
        _, token = an_invitation(organization)
        people = [a_user() for _ in range(2)]

        outcomes = at_once(
            lambda: accept_invitation(token=token, user=people[0], actor=an_actor(people[0])),
            lambda: accept_invitation(token=token, user=people[1], actor=an_actor(people[1])),
        )

        assert outcomes == ["invitation_closed", "ok"]
        assert organization.memberships.count() == 2


def test_the_last_room_is_offered_once() -> None:
    """Red without the second ``require`` in ``invite_member``."""
    for _ in range(ROUNDS):
        organization = an_organization(seats=2)
        owner = an_actor(the_owner(organization))

        def invite(organization: Organization, email: str, actor: object = owner) -> None:
            invite_member(
                organization=organization,
                email=email,
                role=Role.MEMBER,
                actor=actor,  # type: ignore[arg-type]  # an actor
            )

        outcomes = at_once(
            lambda: invite(organization, "one@example.org"),
            lambda: invite(organization, "two@example.org"),
        )

        assert outcomes == ["no_seat_left", "ok"]
        assert organization.invitations.open().count() == 1


def test_a_name_is_taken_once() -> None:
    """Red without ``lock_skeleton`` in ``take_name``: the loser then meets the constraint."""
    for number in range(ROUNDS):
        owner = a_user()
        spellings = (f"acme-{number}", f"ACME_{number}")

        def found(name: str, owner: object = owner) -> None:
            create_organization(
                name=name,
                display_name="Acme",
                kind="company",
                owner=owner,  # type: ignore[arg-type]  # a person
                actor=an_actor(owner),  # type: ignore[arg-type]  # a person
            )

        outcomes = at_once(lambda: found(spellings[0]), lambda: found(spellings[1]))

        assert outcomes == ["name_taken", "ok"]


def test_names_that_look_alike_stand_in_one_line() -> None:
    """Red without ``lock_skeleton`` in ``take_name``: no constraint would stop the second."""
    for number in range(ROUNDS):
        owner = a_user()
        spellings = (f"goo-{number}gle", f"g00-{number}gle")

        def found(name: str, owner: object = owner) -> None:
            create_organization(
                name=name,
                display_name="Alike",
                kind="company",
                owner=owner,  # type: ignore[arg-type]  # a person
                actor=an_actor(owner),  # type: ignore[arg-type]  # a person
            )

        outcomes = at_once(lambda: found(spellings[0]), lambda: found(spellings[1]))

        assert outcomes == ["name_confusable", "ok"]
