"""Who takes a seat, since when: a ledger that only grows, and tells what is true."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel import clock
from orgs.actions.access import remove_project_role, set_project_role
from orgs.actions.invitations import accept_invitation
from orgs.actions.members import change_role, leave
from orgs.actions.ownership import transfer_ownership
from orgs.actions.seats import recount_everywhere
from orgs.levels import Level
from orgs.models import Membership, Organization, SeatEntry
from orgs.roles import Role
from orgs.seat_ledger import seat_history, seat_holders
from tests.builders import (
    a_member,
    a_project,
    a_role,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db


def lines(organization: Organization) -> list[tuple[int, int, bool]]:
    """Return the ledger, the earliest line first."""
    entries = SeatEntry.objects.filter(organization=organization).order_by("pk")
    return list(entries.values_list("user_id", "number", "is_taken"))


def test_coming_going_and_coming_again_are_three_lines() -> None:
    """Red without ``_take`` writing an entry, and without ``_write_down`` in ``recount``."""
    organization, person = an_organization(seats=2), a_user()
    owner = the_owner(organization).user_id
    for time in range(2):
        _, token = an_invitation(organization, email=person.email)
        accept_invitation(token=token, user=person, actor=an_actor(person))
        if time == 0:
            leave(organization=organization, actor=an_actor(person))

    assert lines(organization) == [
        (owner, 1, True),
        (person.pk, 1, True),
        (person.pk, 2, False),
        (person.pk, 3, True),
    ]


def test_since_when_is_told_and_by_what() -> None:
    organization = an_organization()
    with clock.held_at(clock.now() + timedelta(days=3)):
        manager = a_member(organization, Role.MANAGER)
        outsider = a_user()
        a_role(a_project(organization, name="hidden", is_private=True), outsider)
        recount_everywhere()
        later = clock.now()

    rows = seat_holders(organization).rows

    assert [(row.user.pk, row.role, list(row.projects)) for row in rows] == [
        (the_owner(organization).user_id, Role.OWNER, []),
        (manager.user_id, Role.MANAGER, []),
        (outsider.pk, None, ["hidden"]),
    ]
    assert [row.since == later for row in rows] == [False, True, True]


def test_another_role_with_a_seat_writes_nothing_and_one_without_gives_back() -> None:
    organization = an_organization()
    owner, member = an_actor(the_owner(organization)), a_member(organization)
    before = len(lines(organization))

    change_role(organization=organization, user=member.user, role="manager", actor=owner)
    assert len(lines(organization)) == before
    change_role(organization=organization, user=member.user, role="billing_manager", actor=owner)

    assert lines(organization)[before:] == [(member.user_id, 2, False)]


def test_an_outsider_who_becomes_a_member_keeps_the_seat_and_its_day() -> None:
    organization, person = an_organization(), a_user()
    a_role(a_project(organization, is_private=True), person)
    recount_everywhere()
    _, token = an_invitation(organization, email=person.email)

    accept_invitation(token=token, user=person, actor=an_actor(person))

    assert lines(organization)[1:] == [(person.pk, 1, True)]


def test_a_level_on_a_private_project_takes_a_seat_and_gives_it_back() -> None:
    organization = an_organization()
    owner = an_actor(the_owner(organization))
    project = a_project(organization, is_private=True)
    payer = a_member(organization, Role.BILLING_MANAGER)

    set_project_role(project=project, user=payer.user, level=Level.READ, actor=owner)
    remove_project_role(project=project, user=payer.user, actor=owner)

    assert lines(organization)[1:] == [(payer.user_id, 1, True), (payer.user_id, 2, False)]


def test_an_owner_who_hands_over_and_leaves_gives_the_seat_to_the_heir() -> None:
    organization = an_organization(seats=1)
    former = the_owner(organization)
    heir = a_member(organization, Role.BILLING_MANAGER)

    transfer_ownership(
        organization=organization,
        user=heir.user,
        stays="leave",
        confirmation=organization.name,
        actor=an_actor(former, fresh=True),
    )

    assert set(lines(organization)[1:]) == {(former.user_id, 2, False), (heir.user_id, 1, True)}
    assert [row.user for row in seat_holders(organization).rows] == [heir.user]


def test_what_was_never_written_down_is_found_by_night() -> None:
    organization, person = an_organization(), a_user()
    Membership.objects.create(organization=organization, user=person, role=Role.MEMBER)

    recount_everywhere()

    assert lines(organization)[1:] == [(person.pk, 1, True)]


@pytest.mark.parametrize("change", [SeatEntry.objects.update, SeatEntry.objects.all().delete])
def test_no_line_is_changed_or_taken_away(change: Callable[..., object]) -> None:
    an_organization()
    words = {"is_taken": False} if change == SeatEntry.objects.update else {}

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change(**words)


@pytest.mark.parametrize(("number", "is_taken"), [(1, True), (1, False), (0, True)])
def test_nobody_takes_twice_or_begins_with_giving_back(number: int, *, is_taken: bool) -> None:
    organization = an_organization()
    person = the_owner(organization).user if number == 1 and is_taken else a_user()

    with pytest.raises(IntegrityError), transaction.atomic():
        organization.seats.create(user=person, number=number, is_taken=is_taken)


def test_pages_cost_alike_however_many_there_are() -> None:
    organization = an_organization(seats=None)
    counted = []
    for _ in range(2):
        for _ in range(7):
            a_member(organization)
        with CaptureQueriesContext(connection) as queries:
            seat_holders(organization, size=10)
            seat_history(organization, size=10)
        counted.append(len(queries))

    first = seat_holders(organization, size=10)
    rest = seat_holders(organization, size=10, cursor=first.next_cursor)

    assert counted[0] == counted[1]
    assert len({row.user for row in (*first.rows, *rest.rows)}) == 15


def test_the_pages_name_everybody() -> None:
    organization = an_organization()
    gone = a_member(organization)
    leave(organization=organization, actor=an_actor(gone))
    browser = signed_in(the_owner(organization))

    now = browser.get(f"/orgs/{organization.name}/billing/seats/").content.decode()
    ever = browser.get(f"/orgs/{organization.name}/billing/seats/history/").content.decode()

    assert the_owner(organization).user.email in now
    assert gone.user.email not in now
    assert str(gone.user) in ever
    assert "Given back" in ever
