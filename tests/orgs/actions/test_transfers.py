"""Projects on their way from one owner to another."""

from collections.abc import Callable

import pytest

from accounts.models import User
from audit.models import AuditEvent
from audit.queries import project_log
from kernel import clock
from kernel.refusals import Forbidden, NotFound, Refusal, Unpaid
from orgs.access import holders_of
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
    take_out,
)
from orgs.levels import Level
from orgs.models import Membership, Organization, Project, ProjectTransfer
from orgs.policy import decide
from orgs.refusals import AlreadyProposed, AlreadyTheirs, TooManyOffers, TransferOver
from orgs.roles import Role
from orgs.transfer_queries import offers_to_organization, offers_to_person
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
    """Red without ``created_by`` in ``_move``; no level of their own appears for it."""
    _, receiver, project, transfer = offered()
    manager = a_member(receiver, Role.MANAGER)

    accept_transfer(transfer=transfer, actor=an_actor(manager))

    answer = decide(an_actor(manager), "projects:grant", project)
    assert (answer.allowed, project.roles.exists()) == (True, False)
    assert answer.because == f"manager of {receiver.name} who created it or took it over"


def test_whoever_created_it_for_another_owner_has_nothing_by_that_any_more() -> None:
    """Red without ``created_by`` in ``_move``: a manager here would administer what they made
    elsewhere.
    """
    organization = an_organization()
    manager = a_member(organization, Role.MANAGER)
    project = a_project(manager.user, by=manager)
    transfer = propose_transfer(
        project=project, to_organization=organization, actor=an_actor(manager, fresh=True)
    )

    accept_transfer(transfer=transfer, actor=an_actor(the_owner(organization)))

    assert decide(an_actor(manager), "projects:grant", project).reason == "role_too_low"


def test_what_a_service_token_registered_is_in_the_hands_of_whoever_accepts() -> None:
    """Red without ``created_by_organization`` in ``_move``: a project has one creator."""
    _, _, project, transfer = offered()
    Project.objects.update(created_by=None, created_by_organization=project.organization)
    person = the_owner(transfer.to_organization)  # type: ignore[arg-type]  # it has one

    accept_transfer(transfer=transfer, actor=an_actor(person))

    project.refresh_from_db()
    assert (project.created_by, project.created_by_organization) == (person.user, None)


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


def test_the_receivers_own_log_tells_offer_and_answer() -> None:
    """Red without ``_tell_receiver``."""
    giver, receiver, project, transfer = offered()
    declined = AuditEvent.objects.of_organization(receiver.pk).about("project", project.pk)
    decline_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))
    again = propose_transfer(
        project=project, to_organization=receiver, actor=an_actor(the_owner(giver), fresh=True)
    )
    accept_transfer(transfer=again, actor=an_actor(the_owner(receiver)))

    assert [event.name for event in declined.order_by("pk")] == [
        "project.offer_received",
        "project.received_offer_closed",
        "project.offer_received",
        "project.received",
    ]
    told = project_log(project.pk, receiver.pk).rows[0].sentence()
    assert told.startswith(f"{project.name} came here from {giver.name}; accepted by")


def test_a_person_reads_how_a_project_came_to_them_and_brings_in_without_hearing_twice() -> None:
    organization = an_organization()
    owner = the_owner(organization)
    project = a_project(organization)

    take_out(project=project, actor=an_actor(owner, fresh=True))
    assert [row.name for row in project_log(project.pk, None).rows] == [
        "project.received",
        "project.offer_received",
    ]
    project.refresh_from_db()
    bring_in(project=project, organization=organization, actor=an_actor(owner, fresh=True))

    there = AuditEvent.objects.of_organization(organization.pk).about("project", project.pk)
    assert [event.name for event in there.order_by("pk")] == [
        "project.transfer_proposed",
        "project.moved",
        "project.transfer_proposed",
        "project.moved",
    ]


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
