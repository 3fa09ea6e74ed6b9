"""Teams grow when that is paid for, and shrink always."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from kernel.refusals import Forbidden, NotFound
from orgs.actions.members import leave
from orgs.actions.teams import (
    add_team_member,
    add_team_members,
    change_team,
    create_team,
    delete_team,
    remove_team_member,
    set_maintainer,
)
from orgs.models import Membership, Organization, TeamMembership
from orgs.refusals import (
    ConfirmationWrong,
    NameMalformed,
    NotInTeams,
    StandingWithholds,
    TeamNameTaken,
)
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


def test_an_owner_makes_a_team() -> None:
    organization = an_organization()

    team = create_team(
        organization=organization, name="Core.Team", actor=an_actor(the_owner(organization))
    )

    assert (team.name, team.normalized_name) == ("Core.Team", "core-team")
    assert AuditEvent.objects.filter(name="team.created").count() == 1


@pytest.mark.parametrize("name", ["core", "CORE", "Core"])
def test_a_name_is_unique_in_its_organization_in_every_spelling(name: str) -> None:
    organization = an_organization()
    a_team(organization, "core")

    with pytest.raises(TeamNameTaken):
        create_team(organization=organization, name=name, actor=an_actor(the_owner(organization)))

    other = an_organization()
    create_team(organization=other, name=name, actor=an_actor(the_owner(other)))


@pytest.mark.parametrize("name", ["", "a", "-core", "core-", "ço", "a b", "x" * 51, "core\n"])
def test_a_name_keeps_the_rule(name: str) -> None:
    organization = an_organization()

    with pytest.raises(NameMalformed):
        create_team(organization=organization, name=name, actor=an_actor(the_owner(organization)))


def test_without_the_feature_there_is_no_new_team() -> None:
    organization = an_organization(features=[])

    with pytest.raises(StandingWithholds) as refused:
        create_team(organization=organization, name="core", actor=an_actor(the_owner(organization)))

    assert refused.value.reason == "feature_missing"


def test_a_billing_manager_is_in_no_team() -> None:
    organization = an_organization()
    payer = a_member(organization, Role.BILLING_MANAGER)

    with pytest.raises(NotInTeams):
        add_team_member(
            team=a_team(organization), user=payer.user, actor=an_actor(the_owner(organization))
        )


def test_only_members_are_in_teams() -> None:
    organization = an_organization()

    with pytest.raises(NotFound):
        add_team_member(
            team=a_team(organization), user=a_user(), actor=an_actor(the_owner(organization))
        )


def test_adding_twice_is_once_and_does_not_demote_a_maintainer() -> None:
    organization = an_organization()
    member = a_member(organization)
    team = a_team(organization, maintainers=[member])

    place = add_team_member(team=team, user=member.user, actor=an_actor(the_owner(organization)))

    assert place.is_maintainer
    assert AuditEvent.objects.filter(name="team.member_added").count() == 0


def test_a_maintainer_adds_and_removes_members_of_their_team() -> None:
    organization = an_organization()
    maintainer, other, newcomer = (a_member(organization) for _ in range(3))
    team = a_team(organization, maintainers=[maintainer], members=[other])
    actor = an_actor(maintainer)

    add_team_member(team=team, user=newcomer.user, actor=actor)
    remove_team_member(team=team, user=other.user, actor=actor)

    assert {place.membership for place in team.team_memberships.all()} == {maintainer, newcomer}


def test_a_maintainer_makes_no_maintainers_and_removes_none_but_themselves() -> None:
    """Red without ``if place.is_maintainer and …`` in ``remove_team_member``."""
    organization = an_organization()
    one, two, plain = (a_member(organization) for _ in range(3))
    team = a_team(organization, maintainers=[one, two], members=[plain])
    actor = an_actor(one)

    with pytest.raises(Forbidden):
        set_maintainer(team=team, user=plain.user, is_maintainer=True, actor=actor)
    with pytest.raises(Forbidden):
        add_team_member(
            team=team, user=a_member(organization).user, actor=actor, is_maintainer=True
        )
    with pytest.raises(Forbidden):
        remove_team_member(team=team, user=two.user, actor=actor)
    remove_team_member(team=team, user=one.user, actor=actor)


def test_a_maintainer_of_one_team_is_nobody_in_another() -> None:
    organization = an_organization()
    maintainer, member = a_member(organization), a_member(organization)
    a_team(organization, maintainers=[maintainer])
    other = a_team(organization, members=[member])

    with pytest.raises(Forbidden):
        remove_team_member(team=other, user=member.user, actor=an_actor(maintainer))


def test_teams_shrink_in_every_standing() -> None:
    organization = an_organization()
    one, two = a_member(organization), a_member(organization)
    team = a_team(organization, "core", maintainers=[one], members=[two])
    entitle(organization, a_phase("restricted"))
    owner = an_actor(the_owner(organization))

    remove_team_member(team=team, user=two.user, actor=owner)
    set_maintainer(team=team, user=one.user, is_maintainer=False, actor=owner)
    change_team(team=team, name="kernel", description="", actor=owner)
    with pytest.raises(StandingWithholds):
        add_team_member(team=team, user=two.user, actor=owner)
    with pytest.raises(StandingWithholds):
        set_maintainer(team=team, user=one.user, is_maintainer=True, actor=owner)
    delete_team(team=team, confirmation="kernel", actor=owner)

    assert organization.teams.count() == 0


def test_renaming_to_another_spelling_of_itself_works_and_to_anothers_does_not() -> None:
    organization = an_organization()
    team = a_team(organization, "core")
    a_team(organization, "docs")
    owner = an_actor(the_owner(organization))

    renamed = change_team(team=team, name="CORE", description="", actor=owner)
    with pytest.raises(TeamNameTaken):
        change_team(team=team, name="Docs", description="", actor=owner)

    assert renamed.name == "CORE"


@pytest.mark.parametrize("typed", ["", "CORE", "core "])
def test_a_team_is_deleted_only_when_its_name_is_typed(typed: str) -> None:
    organization = an_organization()
    team = a_team(organization, "core")

    with pytest.raises(ConfirmationWrong):
        delete_team(team=team, confirmation=typed, actor=an_actor(the_owner(organization)))

    assert organization.teams.count() == 1


def test_a_deleted_team_takes_nobodys_membership_along() -> None:
    organization = an_organization()
    team = a_team(organization, "core", members=[a_member(organization)])

    delete_team(team=team, confirmation="core", actor=an_actor(the_owner(organization)))

    assert organization.memberships.count() == 2
    assert AuditEvent.objects.get(name="team.deleted").facts["members"] == 1


def test_leaving_the_organization_empties_the_teams() -> None:
    organization = an_organization()
    member = a_member(organization)
    teams = [a_team(organization, members=[member]) for _ in range(3)]

    leave(organization=organization, actor=an_actor(member))

    assert all(team.team_memberships.count() == 0 for team in teams)


def check_now() -> None:
    """Let the database look at what it would look at when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("claimed", ["the team's", "the member's"])
def test_the_database_refuses_a_member_of_one_organization_in_a_team_of_another(
    claimed: str,
) -> None:
    here, there = an_organization(), an_organization()
    organization: Organization = here if claimed == "the team's" else there
    TeamMembership.objects.create(
        organization=organization, team=a_team(here), membership=a_member(there)
    )

    with pytest.raises(IntegrityError):
        check_now()


def test_the_database_refuses_a_billing_manager_in_a_team() -> None:
    organization = an_organization()
    payer = a_member(organization, Role.BILLING_MANAGER)
    team = a_team(organization)

    with pytest.raises(IntegrityError), transaction.atomic():
        TeamMembership.objects.create(organization=organization, team=team, membership=payer)


def test_the_database_refuses_to_make_somebody_in_a_team_billing_manager() -> None:
    organization = an_organization()
    member = a_member(organization)
    a_team(organization, members=[member])

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(role=Role.BILLING_MANAGER)


def test_several_enter_at_once_with_an_event_each_and_who_is_in_stays_as_they_are() -> None:
    organization = an_organization()
    people = [a_member(organization) for _ in range(3)]
    team = a_team(organization, maintainers=people[:1])

    places = add_team_members(
        team=team, users=[each.user for each in people], actor=an_actor(the_owner(organization))
    )

    assert [place.membership for place in places] == people
    assert [place.is_maintainer for place in places] == [True, False, False]
    assert AuditEvent.objects.filter(name="team.member_added").count() == 2


def test_all_enter_or_none() -> None:
    organization = an_organization()
    team, member = a_team(organization), a_member(organization)
    actor = an_actor(the_owner(organization))

    for wrong, refusal in (
        (a_user(), NotFound),
        (a_member(an_organization()).user, NotFound),
        (a_member(organization, Role.BILLING_MANAGER).user, NotInTeams),
    ):
        with pytest.raises(refusal) as refused:
            add_team_members(team=team, users=[member.user, wrong], actor=actor)
        assert refused.value.field == "user"

    assert not team.team_memberships.exists()


def test_a_maintainer_adds_several_and_makes_no_maintainers() -> None:
    organization = an_organization()
    maintainer, newcomer = a_member(organization), a_member(organization)
    team = a_team(organization, maintainers=[maintainer])
    other = a_team(organization)
    actor = an_actor(maintainer)

    add_team_members(team=team, users=[newcomer.user], actor=actor)
    with pytest.raises(Forbidden):
        add_team_members(team=team, users=[newcomer.user], actor=actor, is_maintainer=True)
    with pytest.raises(Forbidden):
        add_team_members(team=other, users=[newcomer.user], actor=actor)
