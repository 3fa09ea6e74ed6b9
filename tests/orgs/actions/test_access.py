"""Giving levels and taking them away."""

from dataclasses import replace

import pytest

from audit.models import AuditEvent
from kernel.actor import ActorKind
from kernel.refusals import Forbidden, NotFound, Unpaid
from orgs.actions.access import (
    grant_team,
    grant_team_on_all_present,
    level_called,
    remove_project_role,
    revoke_team_grant,
    set_base_level,
    set_project_role,
)
from orgs.levels import Level
from orgs.models import Organization, Project, TeamGrant
from orgs.refusals import NoSeatLeft, NotInvolved, StandingWithholds, UnknownLevel
from orgs.roles import Role
from tests.builders import (
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


def levels(project: Project) -> dict[int, int]:
    return dict(project.roles.values_list("user_id", "level"))


def seats(organization: Organization) -> int:
    organization.refresh_from_db()
    return organization.seats_taken


def test_a_member_gets_a_level_and_another_and_twice_is_once() -> None:
    organization = an_organization()
    owner, member = an_actor(the_owner(organization)), a_member(organization)
    project = a_project(organization, is_private=True)

    for level in (Level.READ, Level.PUBLISH, Level.PUBLISH):
        set_project_role(project=project, user=member.user, level=level, actor=owner)

    assert levels(project) == {member.user_id: Level.PUBLISH}
    events = AuditEvent.objects.filter(name="project.role_set").order_by("pk")
    assert [(event.facts["before"], event.facts["after"]) for event in events] == [
        ("none", "read"),
        ("read", "publish"),
    ]
    assert seats(organization) == 2


def test_somebody_from_outside_is_not_given_what_they_did_not_accept() -> None:
    """Red without ``NotInvolved`` in ``set_project_role``."""
    organization = an_organization()
    project = a_project(organization)
    with pytest.raises(NotInvolved):
        set_project_role(
            project=project,
            user=a_user(),
            level=Level.READ,
            actor=an_actor(the_owner(organization)),
        )


def test_a_billing_manager_with_a_level_on_a_private_project_takes_a_seat() -> None:
    """Red without ``claim_seat_for_outsider`` in ``write_role``."""
    organization = an_organization(seats=1)
    payer = a_member(organization, Role.BILLING_MANAGER)
    owner = an_actor(the_owner(organization))
    public, private = a_project(organization), a_project(organization, is_private=True)

    set_project_role(project=public, user=payer.user, level=Level.READ, actor=owner)
    with pytest.raises(NoSeatLeft):
        set_project_role(project=private, user=payer.user, level=Level.READ, actor=owner)

    assert seats(organization) == 1
    entitle(organization, a_phase(seats=2))
    set_project_role(project=private, user=payer.user, level=Level.READ, actor=owner)
    assert seats(organization) == 2
    remove_project_role(project=private, user=payer.user, actor=owner)
    assert seats(organization) == 1


def test_ones_own_level_can_always_be_given_up_and_that_of_others_only_by_administrators() -> None:
    organization = an_organization(standing="suspended")
    project = a_project(organization, is_private=True)
    one, two = a_user(), a_user()
    a_role(project, one, Level.PUBLISH)
    a_role(project, two, Level.READ)
    assert seats(organization) == 3

    with pytest.raises(Forbidden):
        remove_project_role(project=project, user=two, actor=an_actor(one))
    with pytest.raises(NotFound):
        remove_project_role(project=project, user=two, actor=an_actor(a_user()))
    remove_project_role(project=project, user=one, actor=an_actor(one))
    with pytest.raises(NotFound):
        remove_project_role(project=project, user=one, actor=an_actor(one))

    assert levels(project) == {two.pk: Level.READ}
    assert seats(organization) == 2


def test_giving_is_growth_and_taking_away_is_not() -> None:
    organization = an_organization()
    owner, member = an_actor(the_owner(organization)), a_member(organization)
    project, team = a_project(organization), a_team(organization)
    set_project_role(project=project, user=member.user, level=Level.READ, actor=owner)
    grant_team(team=team, projects=[project], level=Level.READ, actor=owner)
    entitle(organization, a_phase("restricted"))

    with pytest.raises(Unpaid):
        set_project_role(project=project, user=member.user, level=Level.PUBLISH, actor=owner)
    with pytest.raises(Unpaid):
        grant_team(team=team, projects=[project], level=Level.PUBLISH, actor=owner)
    remove_project_role(project=project, user=member.user, actor=owner)
    revoke_team_grant(team=team, project=project, actor=owner)

    assert not levels(project)
    assert not TeamGrant.objects.exists()


def test_a_team_gets_a_level_on_many_projects_at_once_and_on_no_later_one() -> None:
    organization = an_organization()
    owner, team = an_actor(the_owner(organization)), a_team(organization)
    projects = [a_project(organization) for _ in range(3)]
    grant_team(team=team, projects=projects[:1], level=Level.READ, actor=owner)

    grant_team_on_all_present(team=team, level=Level.PUBLISH, actor=owner)
    grant_team_on_all_present(team=team, level=Level.PUBLISH, actor=owner)
    a_project(organization)

    assert dict(team.grants.values_list("project_id", "level")) == {
        project.pk: Level.PUBLISH for project in projects
    }
    assert AuditEvent.objects.filter(name="project.team_grant_set").count() == 4


def test_of_many_projects_all_are_granted_or_none() -> None:
    """Red without ``require_all``: somebody who administers one would give away the other."""
    organization, other = an_organization(), an_organization()
    administrator = a_member(organization)
    mine, theirs = a_project(organization), a_project(organization)
    a_role(mine, administrator, Level.ADMINISTER)
    team = a_team(organization)

    with pytest.raises(Forbidden):
        grant_team(
            team=team, projects=[mine, theirs], level=Level.READ, actor=an_actor(administrator)
        )
    foreign = a_project(other)
    a_role(foreign, administrator, Level.ADMINISTER)
    with pytest.raises(NotFound):
        grant_team(
            team=team, projects=[mine, foreign], level=Level.READ, actor=an_actor(administrator)
        )
    assert not TeamGrant.objects.exists()


def test_the_base_level_is_raised_by_who_pays_and_lowered_by_any_owner() -> None:
    """Red without ``projects:set_base_level`` in ``set_base_level``."""
    organization = an_organization()
    owner = an_actor(the_owner(organization))
    with pytest.raises(Forbidden):
        set_base_level(
            organization=organization,
            level=Level.READ,
            actor=an_actor(a_member(organization, Role.MANAGER)),
        )
    for _ in range(2):
        set_base_level(organization=organization, level=Level.PUBLISH, actor=owner)
    entitle(organization, a_phase("restricted"))

    with pytest.raises(StandingWithholds):
        set_base_level(organization=organization, level=Level.ADMINISTER, actor=owner)
    set_base_level(organization=organization, level=Level.READ, actor=owner)
    set_base_level(organization=organization, level=None, actor=owner)

    events = AuditEvent.objects.filter(name="organization.base_level_set").order_by("pk")
    assert [event.facts["after"] for event in events] == ["publish", "read", "none"]


def test_a_token_gives_up_its_owners_level_only_with_the_scope_that_changes_projects() -> None:
    """Red without ``require_credential`` in ``remove_project_role``."""
    person, project = a_user(), a_project(an_organization(), is_private=True)
    a_role(project, person)
    token = replace(an_actor(person), kind=ActorKind.TOKEN, scopes=frozenset({"projects:read"}))

    with pytest.raises(Forbidden) as refused:
        remove_project_role(project=project, user=person, actor=token)
    assert (refused.value.reason, levels(project)) == ("scope_missing", {person.pk: Level.READ})

    writing = replace(token, scopes=frozenset({"projects:write"}))
    remove_project_role(project=project, user=person, actor=writing)
    assert levels(project) == {}


def test_only_owners_give_a_team_a_level_on_everything_at_once() -> None:
    """Red without ``projects:set_base_level`` in ``grant_team_on_all_present``: a manager who
    administers all there is, or where there is nothing, would do it.
    """
    organization = an_organization()
    manager, team = a_member(organization, Role.MANAGER), a_team(organization)
    for _ in range(2):
        with pytest.raises(Forbidden):
            grant_team_on_all_present(team=team, level=Level.READ, actor=an_actor(manager))
        a_project(organization, by=manager)
    assert not TeamGrant.objects.exists()


def test_an_unknown_level_is_refused_by_name() -> None:
    with pytest.raises(UnknownLevel):
        level_called("own")
    assert level_called("publish") is Level.PUBLISH
