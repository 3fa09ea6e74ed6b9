"""Handing ownership to another member."""

from typing import Any

import pytest

from audit.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, NotFound
from orgs.actions.ownership import transfer_ownership
from orgs.models import Membership, Organization
from orgs.refusals import ConfirmationWrong, NoSeatLeft, OwnershipStays, StandingWithholds
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db


def hand_over(organization: Organization, to: Membership, **other: Any) -> None:
    """Hand over by the first owner, freshly signed in, who becomes manager."""
    given: dict[str, Any] = {
        "user": to.user,
        "stays": "manager",
        "confirmation": organization.name,
        "actor": an_actor(the_owner(organization), fresh=True),
    }
    transfer_ownership(organization=organization, **(given | other))


def roles(organization: Organization) -> dict[int, str]:
    """Return who is what; the counter of seats must be true."""
    organization.refresh_from_db()
    assert organization.seats_taken == organization.memberships.in_seats().count()
    return dict(organization.memberships.values_list("user_id", "role"))


@pytest.mark.parametrize("stays", ["manager", "member"])
@pytest.mark.parametrize("before", ["manager", "member"])
def test_the_heir_owns_and_the_former_owner_becomes_what_they_chose(
    before: str, stays: str
) -> None:
    organization = an_organization(seats=2)
    former, heir = the_owner(organization), a_member(organization, before)

    hand_over(organization, heir, stays=stays)

    assert roles(organization) == {former.user_id: stays, heir.user_id: Role.OWNER}
    event = AuditEvent.objects.get(name="ownership.transferred")
    assert event.sentence().endswith(f"is {stays} now")


def test_the_former_owner_leaves_if_they_like() -> None:
    organization = an_organization()
    heir = a_member(organization)

    hand_over(organization, heir, stays="leave")

    assert roles(organization) == {heir.user_id: Role.OWNER}
    assert [e.name for e in AuditEvent.objects.order_by("pk")][-2:] == [
        "ownership.transferred",
        "member.left",
    ]


def test_a_billing_manager_needs_a_free_seat() -> None:
    """Red without ``_seat`` in ``transfer_ownership``."""
    organization = an_organization(seats=1)
    payer = a_member(organization, Role.BILLING_MANAGER)

    with pytest.raises(NoSeatLeft):
        hand_over(organization, payer)
    entitle(organization, a_phase(seats=2))
    hand_over(organization, payer)

    assert roles(organization)[payer.user_id] == Role.OWNER


def test_a_seat_that_is_offered_is_not_free_for_an_heir() -> None:
    """Red without ``require`` in ``_seat``: claiming counts holders alone."""
    organization = an_organization(seats=2)
    payer = a_member(organization, Role.BILLING_MANAGER)
    an_invitation(organization)

    with pytest.raises(NoSeatLeft):
        hand_over(organization, payer)


@pytest.mark.parametrize("standing", ["active", "restricted", "suspended"])
def test_a_billing_manager_takes_over_the_seat_of_who_leaves_in_every_standing(
    standing: str,
) -> None:
    organization = an_organization(seats=1)
    payer = a_member(organization, Role.BILLING_MANAGER)
    entitle(organization, a_phase(standing, seats=1))

    with pytest.raises((NoSeatLeft, StandingWithholds)):
        hand_over(organization, payer)
    hand_over(organization, payer, stays="leave")

    assert roles(organization) == {payer.user_id: Role.OWNER}


def test_of_two_owners_one_hands_over_and_the_other_stays() -> None:
    organization = an_organization()
    former, second = the_owner(organization), a_member(organization, Role.OWNER)
    heir = a_member(organization)

    hand_over(organization, heir)

    assert roles(organization) == {
        former.user_id: Role.MANAGER,
        second.user_id: Role.OWNER,
        heir.user_id: Role.OWNER,
    }


def test_the_other_owner_may_be_the_heir() -> None:
    organization = an_organization()
    former, second = the_owner(organization), a_member(organization, Role.OWNER)

    hand_over(organization, second, stays="member")

    assert roles(organization) == {former.user_id: Role.MEMBER, second.user_id: Role.OWNER}


def test_nobody_hands_over_to_themselves_or_to_a_stranger() -> None:
    organization = an_organization()

    with pytest.raises(OwnershipStays):
        hand_over(organization, the_owner(organization))
    with pytest.raises(NotFound):
        hand_over(organization, a_member(an_organization()))


@pytest.mark.parametrize("confirmation", ["", "Guild", "guild "])
def test_the_name_is_typed_exactly(confirmation: str) -> None:
    """Red without ``ConfirmationWrong`` in ``transfer_ownership``."""
    organization = an_organization("guild")

    with pytest.raises(ConfirmationWrong):
        hand_over(organization, a_member(organization), confirmation=confirmation)


@pytest.mark.parametrize("stays", ["owner", "billing_manager", ""])
def test_the_former_owner_becomes_nothing_else(stays: str) -> None:
    organization = an_organization()

    with pytest.raises(Invalid) as refused:
        hand_over(organization, a_member(organization), stays=stays)

    assert refused.value.field == "stays"


def test_only_an_owner_who_has_just_signed_in_hands_over() -> None:
    organization = an_organization()
    heir = a_member(organization)

    for role in ("manager", "billing_manager", "member"):
        with pytest.raises(Forbidden):
            hand_over(organization, heir, actor=an_actor(a_member(organization, role), fresh=True))
    with pytest.raises(Forbidden) as stale:
        hand_over(organization, heir, actor=an_actor(the_owner(organization)))
    with pytest.raises(NotFound):
        hand_over(organization, heir, actor=an_actor(a_user(), fresh=True))

    assert stale.value.reason == "fresh_sign_in_required"
    assert organization.memberships.owners().count() == 1
