"""Every action asks policy first, before anybody waits for it, and again once it holds the lock."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import DjangoDbBlocker

from audit.export import Form
from audit.queries import LogFilter
from kernel.actor import Actor
from kernel.refusals import Forbidden, NotFound, Unpaid
from orgs.actions import (
    access,
    bulk_invitations,
    collaborators,
    deleting,
    invitations,
    logs,
    members,
    names,
    organizations,
    ownership,
    projects,
    second_factor,
    service_tokens,
    teams,
    transfers,
)
from orgs.bulk import Entry
from orgs.levels import Level
from orgs.models import Project, ProjectTransfer, Team
from orgs.roles import Role
from subscriptions.actions import checkout, closing
from tests.builders import (
    a_phase,
    a_project,
    a_role,
    a_user,
    an_actor,
    an_organization,
    entitle,
    the_owner,
)
from tests.houses import House, a_house
from tests.once import DEMOTION, changed, locks_told, one_transaction, rows, undone, when_locking

Act = Callable[[House, Actor], object]
ENTRIES = [Entry(1, "rosa@example.org", "", Role.MEMBER)]


def team(house: House) -> Team:
    return house.organization.teams.get(name=house.names["team"])


def wheel(house: House) -> Project:
    return house.organization.projects.get(name=house.names["project"])


def axle(house: House) -> Project:
    return house.organization.projects.get(name=house.names["axle"])


def coming(house: House) -> ProjectTransfer:
    return ProjectTransfer.objects.get(pk=house.names["transfer_number"])


ACTS: dict[str, Act] = {
    "set_project_role": lambda house, actor: access.set_project_role(
        project=wheel(house), user=house.people["member"], level=Level.READ, actor=actor
    ),
    "remove_project_role": lambda house, actor: access.remove_project_role(
        project=wheel(house), user=house.people["reader"], actor=actor
    ),
    "grant_team": lambda house, actor: access.grant_team(
        team=team(house), projects=[axle(house)], level=Level.READ, actor=actor
    ),
    "grant_team_on_all_present": lambda house, actor: access.grant_team_on_all_present(
        team=team(house), level=Level.READ, actor=actor
    ),
    "revoke_team_grant": lambda house, actor: access.revoke_team_grant(
        team=team(house), project=wheel(house), actor=actor
    ),
    "set_base_level": lambda house, actor: access.set_base_level(
        organization=house.organization, level=Level.READ, actor=actor
    ),
    "preview_invitations": lambda house, actor: bulk_invitations.preview_invitations(
        organization=house.organization, entries=ENTRIES, actor=actor
    ),
    "invite_many": lambda house, actor: bulk_invitations.invite_many(
        organization=house.organization, entries=ENTRIES, actor=actor
    ),
    "invite_collaborator": lambda house, actor: collaborators.invite_collaborator(
        project=wheel(house), email="lea@example.org", level=Level.READ, actor=actor
    ),
    "resend_collaborator_invitation": lambda house, actor: (
        collaborators.resend_collaborator_invitation(
            invitation=wheel(house).collaborator_invitations.get(), actor=actor
        )
    ),
    "revoke_collaborator_invitation": lambda house, actor: (
        collaborators.revoke_collaborator_invitation(
            invitation=wheel(house).collaborator_invitations.get(), actor=actor
        )
    ),
    "invite_member": lambda house, actor: invitations.invite_member(
        organization=house.organization, role=Role.MEMBER, email="rosa@example.org", actor=actor
    ),
    "resend_invitation": lambda house, actor: invitations.resend_invitation(
        invitation=house.organization.invitations.get(), actor=actor
    ),
    "revoke_invitation": lambda house, actor: invitations.revoke_invitation(
        invitation=house.organization.invitations.get(), actor=actor
    ),
    "export_log": lambda house, actor: logs.export_log(
        organization=house.organization, form=Form.CSV, wanted=LogFilter(), filters={}, actor=actor
    ),
    "remove_member": lambda house, actor: members.remove_member(
        organization=house.organization, user=house.people["target"], actor=actor
    ),
    "change_role": lambda house, actor: members.change_role(
        organization=house.organization,
        user=house.people["target"],
        role=Role.MANAGER,
        actor=actor,
    ),
    "rename_organization": lambda house, actor: names.rename_organization(
        organization=house.organization,
        name="bakers",
        confirmation=house.organization.name,
        actor=actor,
    ),
    "change_profile": lambda house, actor: organizations.change_profile(
        organization=house.organization, actor=actor, description="Anew."
    ),
    "set_profile_visibility": lambda house, actor: organizations.set_profile_visibility(
        organization=house.organization, is_public=True, actor=actor
    ),
    "transfer_ownership": lambda house, actor: ownership.transfer_ownership(
        organization=house.organization,
        user=house.people["target"],
        stays=Role.MANAGER,
        confirmation=house.organization.name,
        actor=actor,
    ),
    "register_project": lambda house, actor: projects.register_project(
        name="spoke", organization=house.organization, actor=actor
    ),
    "describe_project": lambda house, actor: projects.describe_project(
        project=wheel(house), description="Rolls.", actor=actor
    ),
    "set_privacy": lambda house, actor: projects.set_privacy(
        project=wheel(house), is_private=False, actor=actor
    ),
    "archive_project": lambda house, actor: projects.archive_project(
        project=wheel(house), is_archived=True, actor=actor
    ),
    "demand_second_factor": lambda house, actor: second_factor.demand_second_factor(
        organization=house.organization, demand=True, actor=actor
    ),
    "create_team": lambda house, actor: teams.create_team(
        organization=house.organization, name="bread", actor=actor
    ),
    "change_team": lambda house, actor: teams.change_team(
        team=team(house), name="centre", description="", actor=actor
    ),
    "delete_project": lambda house, actor: deleting.delete_project(
        project=wheel(house), confirmation=house.names["project"], actor=actor
    ),
    "propose_transfer": lambda house, actor: transfers.propose_transfer(
        project=wheel(house), to_user=house.people["reader"], actor=actor
    ),
    "bring_in": lambda house, actor: transfers.bring_in(
        project=wheel(house), organization=house.organization, actor=actor
    ),
    "accept_transfer": lambda house, actor: transfers.accept_transfer(
        transfer=coming(house), actor=actor
    ),
    "decline_transfer": lambda house, actor: transfers.decline_transfer(
        transfer=coming(house), actor=actor
    ),
    "cancel_transfer": lambda house, actor: transfers.cancel_transfer(
        transfer=axle(house).transfers.get(), actor=actor
    ),
    "begin_attempt": lambda house, actor: checkout.begin_attempt(
        organization=house.organization,
        choice=checkout.Choice("team", "month", 20),
        accepts_terms=True,
        actor=actor,
    ),
    "begin_closing": lambda house, actor: closing.begin_closing(
        organization=house.organization, confirmation=house.organization.name, actor=actor
    ),
    "make_service_token": lambda house, actor: service_tokens.make_service_token(
        organization=house.organization, name="builds", scopes=["teams:write"], actor=actor
    ),
    "revoke_service_token": lambda house, actor: service_tokens.revoke_service_token(
        token=house.organization.service_tokens.get(), actor=actor
    ),
    "undo_closing": lambda house, actor: closing.undo_closing(
        organization=house.organization, actor=actor
    ),
}
OF_MEMBERS: dict[str, Act] = {
    "leave": lambda house, actor: members.leave(organization=house.organization, actor=actor),
    "show_myself": lambda house, actor: members.show_myself(
        organization=house.organization, is_public=True, actor=actor
    ),
}
WITHOUT_LOCK = {"preview_invitations", "export_log"}


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with one_transaction(django_db_blocker):
        yield


@pytest.fixture(scope="module")
def house(db: None) -> House:
    return a_house("guild")


def test_whoever_is_refused_waits_for_no_lock_and_changes_nothing(house: House) -> None:
    """Red without the first ``require`` of any action."""
    member = an_actor(house.people["member"], fresh=True)
    stranger = an_actor(a_user(), fresh=True)
    before = rows()
    for name, act in (ACTS | OF_MEMBERS).items():
        for actor in (stranger, member):
            if name in ACTS or actor is stranger:
                with locks_told() as told, pytest.raises((Forbidden, NotFound)):
                    act(house, actor)
                assert told == [], name

    assert changed(before) == set()


def test_what_moved_while_one_waited_is_not_there(house: House) -> None:
    """Red without the comparison of organizations in ``orgs.actions.projects.again``."""
    elsewhere, project = an_organization(), a_project(house.organization, is_private=True)
    a_role(project, house.people["administrator"], Level.ADMINISTER)
    act = "UPDATE orgs_project SET organization_id = %s WHERE id = %s"

    with (
        undone(),
        when_locking("orgs_organization", act, elsewhere.pk, project.pk) as locked,
        pytest.raises(NotFound),
    ):
        projects.archive_project(
            project=project, is_archived=True, actor=an_actor(house.people["administrator"])
        )
    assert locked


def test_giving_on_all_is_for_owners_however_much_one_administers(house: House) -> None:
    """Red without the second ``require`` in ``grant_team_on_all_present``."""
    owner = house.people["owner"]
    with undone():
        for project in house.organization.projects.all():
            a_role(project, owner, Level.ADMINISTER)
        with (
            when_locking("orgs_organization", DEMOTION, owner.pk) as locked,
            pytest.raises(Forbidden),
        ):
            ACTS["grant_team_on_all_present"](house, an_actor(owner))
    assert locked


def test_where_nothing_private_is_open_nobody_waits_to_bring_it_in(house: House) -> None:
    """Red without ``projects:create_private`` in ``_require_receiver``."""
    giver = an_organization()
    coming = transfers.propose_transfer(
        project=a_project(giver, is_private=True),
        to_organization=house.organization,
        actor=an_actor(the_owner(giver), fresh=True),
    )
    with undone():
        entitle(house.organization, a_phase(features=[]))
        with locks_told() as told, pytest.raises(Unpaid):
            transfers.accept_transfer(transfer=coming, actor=an_actor(house.people["owner"]))

    assert told == []


@pytest.mark.parametrize("name", sorted(ACTS.keys() - WITHOUT_LOCK))
def test_whoever_is_demoted_while_they_wait_for_the_lock_is_refused(
    name: str, house: House
) -> None:
    """Red without the second ``require``, under the lock."""
    owner = house.people["owner"]
    with (
        undone(),
        when_locking("orgs_organization", DEMOTION, owner.pk) as locked,
        pytest.raises((Forbidden, NotFound)),
    ):
        ACTS[name](house, an_actor(owner, fresh=True))
    assert locked
