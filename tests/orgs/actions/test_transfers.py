"""Projects on their way from one owner to another."""

import pytest

from audit.models import AuditEvent
from audit.queries import project_log
from kernel.refusals import Refusal, Unpaid
from orgs.access import holders_of
from orgs.actions.transfers import (
    accept_transfer,
    bring_in,
    decline_transfer,
    propose_transfer,
    take_out,
)
from orgs.levels import Level
from orgs.models import Organization, Project
from orgs.policy import decide
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
from tests.orgs.actions.offers import offered

pytestmark = pytest.mark.django_db


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
