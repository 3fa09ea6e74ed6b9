"""Offers of projects: who makes them, who answers, and what ends them."""

from collections.abc import Callable

import pytest

from accounts.models import User
from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Forbidden, NotFound
from orgs.actions.members import change_role, leave
from orgs.actions.ownership import transfer_ownership
from orgs.actions.transfers import (
    A_DAY,
    DAY,
    LIFE,
    accept_transfer,
    bring_in,
    cancel_transfer,
    decline_transfer,
    propose_transfer,
)
from orgs.models import Membership, Organization, ProjectTransfer
from orgs.refusals import AlreadyProposed, AlreadyTheirs, TooManyOffers, TransferOver
from orgs.roles import Role
from orgs.transfer_queries import offers_to_organization, offers_to_person
from tests.builders import (
    a_member,
    a_project,
    a_user,
    an_actor,
    an_organization,
    the_owner,
)
from tests.orgs.actions.offers import offered

pytestmark = pytest.mark.django_db


def test_an_offer_holds_no_longer_than_the_right_to_make_it() -> None:
    """Red without ``still_standing`` in ``accept_transfer``."""
    giver, receiver, project, transfer = offered()
    a_member(giver, Role.OWNER)
    giver.memberships.filter(pk=the_owner(giver).pk).update(role=Role.MANAGER)

    with pytest.raises(TransferOver):
        accept_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))

    project.refresh_from_db()
    assert project.organization == giver
    assert offers_to_organization(receiver) == []


def test_an_offer_of_somebody_whose_account_is_closed_moves_nothing() -> None:
    """Red without ``is_active`` in ``still_standing``."""
    person = a_user()
    project = a_project(a_user())
    transfer = propose_transfer(
        project=project,
        to_user=person,
        actor=an_actor(project.owner, fresh=True),  # type: ignore[arg-type]  # it has one
    )
    User.objects.filter(pk=transfer.proposed_by_id).update(is_active=False)

    with pytest.raises(TransferOver):
        accept_transfer(transfer=transfer, actor=an_actor(person))
    assert offers_to_person(person) == []


def leaves(owner: Membership, heir: Membership) -> None:
    leave(organization=owner.organization, actor=an_actor(owner))


def becomes_manager(owner: Membership, heir: Membership) -> None:
    change_role(
        organization=owner.organization,
        user=owner.user,
        role=Role.MANAGER,
        actor=an_actor(heir, fresh=True),
    )


def hands_over(owner: Membership, heir: Membership) -> None:
    transfer_ownership(
        organization=owner.organization,
        user=heir.user,
        stays=Role.MEMBER,
        confirmation=owner.organization.name,
        actor=an_actor(owner, fresh=True),
    )


@pytest.mark.parametrize("ending", [leaves, becomes_manager, hands_over])
def test_what_an_owner_offered_is_taken_back_when_they_are_owner_no_longer(
    ending: Callable[[Membership, Membership], None],
) -> None:
    """Red without ``take_back_offers`` in ``offboarding``, ``change_role``, ``transfer_ownership``.

    What another owner offered stays open.
    """
    giver, receiver, project, transfer = offered()
    heir = a_member(giver, Role.OWNER)
    another = propose_transfer(
        project=a_project(giver), to_organization=receiver, actor=an_actor(heir, fresh=True)
    )

    ending(the_owner(giver), heir)

    transfer.refresh_from_db()
    another.refresh_from_db()
    assert (transfer.state, another.state) == ("canceled", "open")
    assert AuditEvent.objects.filter(name="project.transfer_closed").count() == 1
    propose_transfer(project=project, to_user=a_user(), actor=an_actor(heir, fresh=True))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.BILLING_MANAGER, Role.MEMBER, None])
def test_only_an_owner_offers_and_only_after_a_fresh_sign_in(role: Role | None) -> None:
    giver, receiver = an_organization(), an_organization()
    project = a_project(giver)
    person = a_member(giver, role) if role else a_user()
    with pytest.raises(Forbidden) as refused:
        propose_transfer(
            project=project, to_organization=receiver, actor=an_actor(person, fresh=True)
        )
    assert refused.value.reason == "role_too_low"
    with pytest.raises(Forbidden) as refused:
        propose_transfer(
            project=project, to_organization=receiver, actor=an_actor(the_owner(giver))
        )
    assert refused.value.reason == "fresh_sign_in_required"


def test_only_the_receiving_side_answers() -> None:
    giver, receiver, _, transfer = offered()
    for who in (the_owner(giver), a_user()):
        for act in (accept_transfer, decline_transfer):
            with pytest.raises(NotFound):
                act(transfer=transfer, actor=an_actor(who))
    with pytest.raises(Forbidden):
        accept_transfer(transfer=transfer, actor=an_actor(a_member(receiver)))
    decline_transfer(transfer=transfer, actor=an_actor(a_member(receiver, Role.MANAGER)))

    transfer.refresh_from_db()
    assert transfer.state == "declined"


def cancel(transfer: ProjectTransfer, giver: Organization, receiver: Organization) -> None:
    cancel_transfer(transfer=transfer, actor=an_actor(the_owner(giver), fresh=True))


def decline(transfer: ProjectTransfer, giver: Organization, receiver: Organization) -> None:
    decline_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))


def accept(transfer: ProjectTransfer, giver: Organization, receiver: Organization) -> None:
    accept_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))


@pytest.mark.parametrize("ending", [cancel, decline, accept])
def test_an_offer_is_answered_once(ending: Callable[..., None]) -> None:
    """Red without ``_still_open``."""
    giver, receiver, _, transfer = offered()
    ending(transfer, giver, receiver)

    for again in (decline, accept):
        with pytest.raises(TransferOver):
            again(transfer, giver, receiver)


@pytest.mark.parametrize("ending", [decline, accept])
def test_whoever_made_an_offer_hears_that_it_is_over(ending: Callable[..., None]) -> None:
    """Red without ``_require_giver``: once accepted, their level is gone with the project."""
    giver, receiver, _, transfer = offered()
    ending(transfer, giver, receiver)

    with pytest.raises(TransferOver):
        cancel_transfer(transfer=transfer, actor=an_actor(transfer.proposed_by, fresh=True))


def test_to_others_an_accepted_offer_is_the_receivers() -> None:
    """Red when everybody is told what became of it."""
    giver, receiver, _, transfer = offered()
    accept(transfer, giver, receiver)

    for other in (a_user(), a_member(giver, Role.OWNER)):
        with pytest.raises((Forbidden, NotFound)):
            cancel_transfer(transfer=transfer, actor=an_actor(other, fresh=True))


def test_mailboxes_are_not_filled_with_offers(at: Callable[..., object]) -> None:
    """Red without ``_require_room`` in ``_propose``; what is accepted counts for nothing."""
    start = clock.now()
    at(start)
    giver, receiver = an_organization(), an_organization()
    owner, project = an_actor(the_owner(giver), fresh=True), a_project(giver)
    bring_in(project=a_project(the_owner(giver).user), organization=giver, actor=owner)
    for _ in range(A_DAY):
        cancel_transfer(
            transfer=propose_transfer(project=project, to_organization=receiver, actor=owner),
            actor=owner,
        )

    with pytest.raises(TooManyOffers) as refused:
        propose_transfer(project=project, to_organization=receiver, actor=owner)

    assert refused.value.again_at == start + DAY
    assert project.transfers.count() == A_DAY
    bring_in(project=a_project(the_owner(giver).user), organization=giver, actor=owner)
    at(start + DAY)
    assert propose_transfer(project=project, to_organization=receiver, actor=owner).is_open


def test_an_offer_lapses_by_the_clock_and_makes_way(at: Callable[..., object]) -> None:
    giver, receiver, project, transfer = offered()
    owner = an_actor(the_owner(giver), fresh=True)
    with pytest.raises(AlreadyProposed):
        propose_transfer(project=project, to_user=a_user(), actor=owner)

    at(clock.now() + LIFE)

    with pytest.raises(TransferOver):
        accept(transfer, giver, receiver)
    another = propose_transfer(project=project, to_organization=receiver, actor=owner)
    transfer.refresh_from_db()
    assert (transfer.outcome, another.is_open) == ("lapsed", True)
    told = AuditEvent.objects.get(name="project.transfer_closed")
    assert (told.facts["outcome"], told.actor_kind) == ("lapsed", "system")


def test_who_owns_it_already_receives_nothing() -> None:
    organization = an_organization()
    with pytest.raises(AlreadyTheirs):
        propose_transfer(
            project=a_project(organization),
            to_organization=organization,
            actor=an_actor(the_owner(organization), fresh=True),
        )


def test_an_offer_to_a_person_is_theirs_alone_to_answer() -> None:
    giver, person = an_organization(), a_user()
    project = a_project(giver, is_private=True)
    transfer = propose_transfer(
        project=project, to_user=person, actor=an_actor(the_owner(giver), fresh=True)
    )
    with pytest.raises(NotFound):
        accept_transfer(transfer=transfer, actor=an_actor(a_user()))

    accept_transfer(transfer=transfer, actor=an_actor(person))

    project.refresh_from_db()
    assert (project.owner, project.is_private) == (person, True)
    giver.refresh_from_db()
    assert (giver.seats_taken, giver.private_projects) == (1, 0)
