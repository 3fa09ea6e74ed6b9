"""Projects on their way from one owner to another."""

from collections.abc import Callable

import pytest

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Forbidden, NotFound, Refusal, Unpaid
from orgs.access import holders_of
from orgs.actions.transfers import (
    LIFE,
    accept_transfer,
    bring_in,
    cancel_transfer,
    decline_transfer,
    propose_transfer,
    take_out,
)
from orgs.levels import Level
from orgs.models import Organization, Project, ProjectTransfer
from orgs.policy import decide
from orgs.refusals import AlreadyProposed, AlreadyTheirs, TransferOver
from orgs.roles import Role
from tests.builders import (
    a_grant,
    a_member,
    a_phase,
    a_project,
    a_role,
    a_team,
    a_user,
    an_actor,
    an_organization,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db


def offered(
    *, is_private: bool = False
) -> tuple[Organization, Organization, Project, ProjectTransfer]:
    giver, receiver = an_organization(), an_organization()
    project = a_project(giver, is_private=is_private)
    transfer = propose_transfer(
        project=project, to_organization=receiver, actor=an_actor(the_owner(giver), fresh=True)
    )
    return giver, receiver, project, transfer


def counters(organization: Organization) -> tuple[int, int]:
    organization.refresh_from_db()
    return organization.seats_taken, organization.private_projects


def test_nothing_moves_before_the_other_side_accepts() -> None:
    giver, receiver, project, transfer = offered()

    project.refresh_from_db()
    assert project.organization == giver
    accept_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))

    project.refresh_from_db()
    transfer.refresh_from_db()
    assert project.organization == receiver
    assert transfer.state == "accepted"
    for subject in (giver, receiver):
        names = AuditEvent.objects.about("organization", subject.pk).values_list("name", flat=True)
        assert {"project.transfer_proposed", "project.moved"} <= set(names)


def test_every_level_of_the_old_place_ends_and_both_counters_follow() -> None:
    """Red without ``_end_rights``: team grants and roles would survive the move."""
    giver, receiver, project, transfer = offered(is_private=True)
    member, outsider = a_member(giver), a_user()
    a_grant(project, a_team(giver, members=[member]), Level.ADMINISTER)
    a_role(project, member, Level.PUBLISH)
    a_role(project, outsider, Level.READ)
    assert counters(giver) == (3, 1)

    accept_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))

    assert [holder.user_id for holder in holders_of(project)] == [the_owner(receiver).user_id]
    assert (counters(giver), counters(receiver)) == ((2, 0), (1, 1))
    moved = AuditEvent.objects.get(name="project.moved")
    assert (moved.facts["grants_ended"], moved.facts["roles_ended"]) == (1, 2)


def test_a_manager_who_accepts_keeps_administering() -> None:
    """Red without ``_keep_administering``."""
    _, receiver, project, transfer = offered()
    manager = a_member(receiver, Role.MANAGER)

    accept_transfer(transfer=transfer, actor=an_actor(manager))

    assert decide(an_actor(manager), "projects:grant", project).allowed


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


def test_receiving_is_growth_and_declining_is_not() -> None:
    _, receiver, _, transfer = offered()
    entitle(receiver, a_phase("restricted"))
    owner = an_actor(the_owner(receiver))

    with pytest.raises(Unpaid):
        accept_transfer(transfer=transfer, actor=owner)
    decline_transfer(transfer=transfer, actor=owner)


def test_a_private_project_finds_room_or_stays() -> None:
    giver, receiver, project, transfer = offered(is_private=True)
    entitle(receiver, a_phase(private_projects=0))

    with pytest.raises(Unpaid) as refused:
        accept_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))

    project.refresh_from_db()
    assert (refused.value.reason, project.organization) == ("limit_reached", giver)
    assert counters(receiver) == (1, 0)


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


def test_who_owns_it_already_receives_nothing() -> None:
    organization = an_organization()
    with pytest.raises(AlreadyTheirs):
        propose_transfer(
            project=a_project(organization),
            to_organization=organization,
            actor=an_actor(the_owner(organization), fresh=True),
        )


def test_a_project_of_ones_own_is_brought_in_and_taken_out_in_one_step() -> None:
    organization = an_organization()
    manager = a_member(organization, Role.MANAGER)
    project = a_project(manager.user)

    bring_in(project=project, organization=organization, actor=an_actor(manager, fresh=True))
    project.refresh_from_db()
    assert project.organization == organization
    assert decide(an_actor(manager), "projects:grant", project).allowed

    entitle(organization, a_phase("suspended"))
    owner = the_owner(organization)
    take_out(project=project, actor=an_actor(owner, fresh=True))

    project.refresh_from_db()
    assert project.owner == owner.user
    assert project.organization_id is None


def test_nobody_brings_in_what_is_not_theirs_or_where_they_may_not() -> None:
    organization, stranger = an_organization(), a_user()
    project = a_project(stranger)
    for who in (stranger, the_owner(organization)):
        with pytest.raises(Refusal) as refused:
            bring_in(project=project, organization=organization, actor=an_actor(who, fresh=True))
        assert refused.value.reason in ("not_found", "role_too_low")
    project.refresh_from_db()
    assert project.owner == stranger


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
    assert counters(giver) == (1, 0)
