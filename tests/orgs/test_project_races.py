"""Projects that two want to change at once, on two real connections."""

from functools import partial

import pytest

from orgs.actions.access import set_project_role
from orgs.actions.deleting import delete_project
from orgs.actions.projects import register_project, set_privacy
from orgs.actions.transfers import accept_transfer, bring_in, cancel_transfer, propose_transfer
from orgs.levels import Level
from orgs.models import Project
from orgs.roles import Role
from tests.builders import a_member, a_project, a_user, an_actor, an_organization, the_owner
from tests.orgs.test_races import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_offer_accepted_while_it_is_canceled_ends_in_one_way() -> None:
    """Red without ``_still_open`` behind the locks of ``accept_transfer``, or of ``_close``."""
    seen = set()
    for _ in range(ROUNDS):
        giver, receiver = an_organization(), an_organization()
        project, owner = a_project(giver), an_actor(the_owner(giver), fresh=True)
        transfer = propose_transfer(project=project, to_organization=receiver, actor=owner)

        outcomes = at_once(
            partial(accept_transfer, transfer=transfer, actor=an_actor(the_owner(receiver))),
            partial(cancel_transfer, transfer=transfer, actor=owner),
        )

        project.refresh_from_db()
        transfer.refresh_from_db()
        assert outcomes in (["ok", "transfer_over"], ["not_found", "ok"])
        assert (transfer.outcome == "accepted") == (project.organization == receiver)
        seen.add(transfer.outcome)
    assert seen <= {"accepted", "canceled"}


def test_two_offers_that_cross_do_not_wait_for_each_other_for_ever() -> None:
    """Red (deadlock) without ``order_by("pk")`` in ``_lock_sides``."""
    for _ in range(ROUNDS):
        one, two = an_organization(), an_organization()
        acts = []
        for giver, receiver in ((one, two), (two, one)):
            transfer = propose_transfer(
                project=a_project(giver),
                to_organization=receiver,
                actor=an_actor(the_owner(giver), fresh=True),
            )
            acts.append(
                partial(accept_transfer, transfer=transfer, actor=an_actor(the_owner(receiver)))
            )

        assert at_once(*acts) == ["ok", "ok"]


def test_two_projects_brought_in_crosswise_do_not_wait_for_each_other_for_ever() -> None:
    """Red (deadlock) without ``_lock`` in ``bring_in``: each would hold the side that gives."""
    for _ in range(ROUNDS):
        person = a_user()
        one, two = an_organization(owner=person), an_organization(owner=person)

        outcomes = at_once(
            *[
                partial(
                    bring_in,
                    project=a_project(giver),
                    organization=receiver,
                    actor=an_actor(person, fresh=True),
                )
                for giver, receiver in ((one, two), (two, one))
            ]
        )

        assert outcomes == ["ok", "ok"]


def test_the_last_private_project_is_made_once() -> None:
    """Red without ``Organization.objects.lock`` in ``_made_room``."""
    for number in range(ROUNDS):
        organization = an_organization(private_projects=1)
        owner = an_actor(the_owner(organization))

        outcomes = at_once(
            *[
                partial(
                    register_project,
                    name=f"wheel-{number}-{each}",
                    organization=organization,
                    is_private=True,
                    actor=owner,
                )
                for each in range(2)
            ]
        )

        organization.refresh_from_db()
        assert outcomes == ["limit_reached", "ok"]
        assert organization.private_projects == organization.projects.count() == 1


def test_a_project_name_is_taken_once() -> None:
    """Red without ``get_or_create``: the second would meet the constraint as an error."""
    for number in range(ROUNDS):
        outcomes = at_once(
            *[
                partial(register_project, name=name, actor=an_actor(a_user()))
                for name in (f"hub-{number}", f"HUB_{number}")
            ]
        )

        assert outcomes == ["ok", "project_name_taken"]
        assert Project.objects.filter(normalized_name=f"hub-{number}").count() == 1


def test_the_last_seat_is_not_given_to_two_outsiders() -> None:
    """Red without the lock of the organization in ``again``."""
    for _ in range(ROUNDS):
        organization = an_organization(seats=2)
        owner = an_actor(the_owner(organization))
        payers = [a_member(organization, Role.BILLING_MANAGER) for _ in range(2)]
        hidden, shown = a_project(organization, is_private=True), a_project(organization)
        set_project_role(project=shown, user=payers[1].user, level=Level.READ, actor=owner)

        outcomes = at_once(
            partial(
                set_project_role,
                project=hidden,
                user=payers[0].user,
                level=Level.READ,
                actor=owner,
            ),
            partial(set_privacy, project=shown, is_private=True, actor=owner),
        )

        organization.refresh_from_db()
        assert outcomes == ["no_seat_left", "ok"]
        assert organization.seats_taken == 2


def test_a_name_that_is_deleted_while_somebody_takes_it_is_theirs_never() -> None:
    """Red without the trigger: whoever waited for the deletion would have the name."""
    for number in range(ROUNDS):
        organization = an_organization()
        project = a_project(organization, f"gone-{number}")

        outcomes = at_once(
            partial(
                delete_project,
                project=project,
                confirmation=project.name,
                actor=an_actor(the_owner(organization), fresh=True),
            ),
            partial(register_project, name=project.name, actor=an_actor(a_user())),
        )

        assert outcomes in (["ok", "project_name_burned"], ["ok", "project_name_taken"])
        assert not Project.objects.filter(normalized_name=project.normalized_name).exists()


def test_a_project_deleted_while_it_is_taken_over_or_given_ends_in_one_way() -> None:
    """Red without ``again`` in ``delete_project``."""
    for _ in range(ROUNDS):
        giver, receiver = an_organization(), an_organization()
        project, owner = a_project(giver), an_actor(the_owner(giver), fresh=True)
        person = a_member(giver)
        transfer = propose_transfer(project=project, to_organization=receiver, actor=owner)

        outcomes = at_once(
            partial(delete_project, project=project, confirmation=project.name, actor=owner),
            partial(accept_transfer, transfer=transfer, actor=an_actor(the_owner(receiver))),
            partial(
                set_project_role, project=project, user=person.user, level=Level.READ, actor=owner
            ),
        )

        there = Project.objects.filter(pk=project.pk).first()
        assert all(each in ("ok", "not_found", "transfer_over") for each in outcomes), outcomes
        assert "ok" in outcomes
        assert there is None or there.organization == receiver
