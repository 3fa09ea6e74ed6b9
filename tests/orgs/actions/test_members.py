"""Changing roles, leaving and removing."""

import pytest

from audit.models import AuditEvent
from kernel.refusals import Forbidden, NotFound
from orgs.actions.members import change_role, leave, remove_member
from orgs.models import Organization, TeamMembership
from orgs.refusals import LastOwner, NoSeatLeft, NotACompany, StandingWithholds
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_team,
    a_user,
    an_actor,
    an_organization,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db


def seats(organization: Organization) -> tuple[int, int]:
    """Return the counter and the truth; the two must never differ."""
    organization.refresh_from_db()
    return organization.seats_taken, organization.memberships.in_seats().count()


def events(organization: Organization) -> list[str]:
    return [e.name for e in AuditEvent.objects.of_organization(organization.pk).order_by("pk")]


@pytest.mark.parametrize("role", ["manager", "billing_manager", "member"])
def test_anybody_leaves_and_gives_back_what_they_took(role: str) -> None:
    organization = an_organization()
    member = a_member(organization, role)

    leave(organization=organization, actor=an_actor(member))

    assert not organization.memberships.filter(user=member.user).exists()
    assert seats(organization) == (1, 1)
    assert events(organization)[-1] == "member.left"


def test_who_leaves_is_in_no_team_any_more() -> None:
    organization = an_organization()
    member = a_member(organization)
    a_team(organization, members=[member])

    leave(organization=organization, actor=an_actor(member))

    assert TeamMembership.objects.count() == 0


def test_the_last_owner_stays() -> None:
    """Red without ``keep_an_owner`` in ``end_membership``."""
    organization = an_organization()
    a_member(organization, Role.MANAGER)

    with pytest.raises(LastOwner):
        leave(organization=organization, actor=an_actor(the_owner(organization)))

    assert seats(organization) == (2, 2)


def test_one_of_two_owners_leaves() -> None:
    organization = an_organization()
    second = a_member(organization, Role.OWNER)

    leave(organization=organization, actor=an_actor(second))

    assert organization.memberships.owners().count() == 1


def test_a_stranger_cannot_leave_what_does_not_exist_for_them() -> None:
    with pytest.raises(NotFound):
        leave(organization=an_organization(), actor=an_actor(a_user()))


@pytest.mark.parametrize("standing", ["restricted", "suspended", "closing"])
def test_leaving_and_removing_work_in_bad_standing(standing: str) -> None:
    organization = an_organization(standing=standing)
    leaver, removed = a_member(organization), a_member(organization)

    leave(organization=organization, actor=an_actor(leaver))
    remove_member(
        organization=organization, user=removed.user, actor=an_actor(the_owner(organization))
    )

    assert seats(organization) == (1, 1)


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("owner", "owner", True),
        ("owner", "manager", True),
        ("owner", "billing_manager", True),
        ("owner", "member", True),
        ("manager", "owner", False),
        ("manager", "manager", False),
        ("manager", "billing_manager", False),
        ("manager", "member", True),
        ("billing_manager", "member", False),
        ("member", "member", False),
    ],
)
def test_who_removes_whom(who: str, whom: str, *, may: bool) -> None:
    organization = an_organization()
    actor = an_actor(a_member(organization, who), fresh=True)
    victim = a_member(organization, whom)

    if may:
        remove_member(organization=organization, user=victim.user, actor=actor)
    else:
        with pytest.raises(Forbidden):
            remove_member(organization=organization, user=victim.user, actor=actor)

    assert organization.memberships.filter(pk=victim.pk).exists() is not may
    assert seats(organization)[0] == seats(organization)[1]


def test_removing_somebody_who_is_not_there_says_so() -> None:
    organization = an_organization()

    with pytest.raises(NotFound):
        remove_member(
            organization=organization, user=a_user(), actor=an_actor(the_owner(organization))
        )


def test_removing_oneself_is_leaving() -> None:
    organization = an_organization()
    second = a_member(organization, Role.OWNER)

    remove_member(organization=organization, user=second.user, actor=an_actor(second))

    event = AuditEvent.objects.get(name="member.left")
    assert event.facts["how"] == "left"


def test_the_last_owner_is_not_demoted() -> None:
    """Red without ``keep_an_owner`` in ``change_role``."""
    organization = an_organization()
    owner = the_owner(organization)

    with pytest.raises(LastOwner):
        change_role(
            organization=organization,
            user=owner.user,
            role=Role.MEMBER,
            actor=an_actor(owner, fresh=True),
        )


def test_a_role_with_a_seat_takes_one() -> None:
    """Red without ``claim_seat`` in ``change_role``."""
    organization = an_organization(seats=2)
    payer = a_member(organization, Role.BILLING_MANAGER)

    change_role(
        organization=organization,
        user=payer.user,
        role=Role.MEMBER,
        actor=an_actor(the_owner(organization)),
    )

    assert seats(organization) == (2, 2)


def test_a_full_organization_has_no_seat_for_a_billing_manager() -> None:
    organization = an_organization(seats=1)
    payer = a_member(organization, Role.BILLING_MANAGER)

    with pytest.raises(NoSeatLeft):
        change_role(
            organization=organization,
            user=payer.user,
            role=Role.MEMBER,
            actor=an_actor(the_owner(organization)),
        )

    payer.refresh_from_db()
    assert payer.role == Role.BILLING_MANAGER
    assert seats(organization) == (1, 1)


def test_entering_a_seat_needs_standing_and_leaving_one_does_not() -> None:
    organization = an_organization()
    payer = a_member(organization, Role.BILLING_MANAGER)
    member = a_member(organization)
    entitle(organization, a_phase("restricted"))
    owner = an_actor(the_owner(organization))

    change_role(organization=organization, user=member.user, role=Role.BILLING_MANAGER, actor=owner)
    with pytest.raises(StandingWithholds):
        change_role(organization=organization, user=payer.user, role=Role.MEMBER, actor=owner)

    assert seats(organization) == (1, 1)


def test_who_becomes_billing_manager_gives_back_the_seat_and_leaves_all_teams() -> None:
    """Red without ``membership.team_memberships.all().delete()``: the database refuses then."""
    organization = an_organization()
    member = a_member(organization)
    a_team(organization, members=[member])

    change_role(
        organization=organization,
        user=member.user,
        role=Role.BILLING_MANAGER,
        actor=an_actor(the_owner(organization)),
    )

    assert TeamMembership.objects.count() == 0
    assert seats(organization) == (1, 1)


def test_changing_between_seat_roles_moves_no_seat() -> None:
    organization = an_organization(seats=2)
    member = a_member(organization)

    change_role(
        organization=organization,
        user=member.user,
        role=Role.MANAGER,
        actor=an_actor(the_owner(organization)),
    )

    assert seats(organization) == (2, 2)


def test_giving_the_same_role_twice_is_once() -> None:
    organization = an_organization()
    member = a_member(organization)
    owner = an_actor(the_owner(organization))

    for _ in range(2):
        change_role(organization=organization, user=member.user, role=Role.MANAGER, actor=owner)

    assert events(organization).count("member.role_changed") == 1


@pytest.mark.parametrize("role", ["manager", "billing_manager", "member"])
def test_only_owners_change_roles(role: str) -> None:
    organization = an_organization()
    actor, member = an_actor(a_member(organization, role)), a_member(organization)

    with pytest.raises(Forbidden):
        change_role(organization=organization, user=member.user, role=Role.OWNER, actor=actor)


def test_a_community_has_nobody_who_pays() -> None:
    """Red without the question of ``members:invite_billing_manager`` in ``change_role``."""
    organization = an_organization(kind="community")
    member, owner = a_member(organization), an_actor(the_owner(organization))

    with pytest.raises(NotACompany):
        change_role(
            organization=organization, user=member.user, role=Role.BILLING_MANAGER, actor=owner
        )

    member.refresh_from_db()
    assert (member.role, seats(organization)) == (Role.MEMBER, (2, 2))
