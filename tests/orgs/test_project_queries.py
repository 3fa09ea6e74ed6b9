"""Lists of projects: they hold exactly what the policy opens, whatever the sizes."""

import random

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from orgs.access import holders_of, how_many_hold
from orgs.facts import Way
from orgs.levels import Level
from orgs.models import Membership, Organization, Project
from orgs.policy import decide_many
from orgs.project_queries import (
    Access,
    access_to,
    administrators_of,
    grants_of,
    my_projects,
    projects_of,
    projects_without_grant,
    seen_by,
)
from orgs.roles import Role
from tests.builders import (
    a_grant,
    a_member,
    a_project,
    a_role,
    a_team,
    a_user,
    an_actor,
    an_organization,
    the_owner,
)

pytestmark = pytest.mark.django_db


def mixed() -> tuple[list[Organization], list[User]]:
    """Three organizations with every way to a level in them, and everybody who could have one."""
    chance = random.Random(5)
    houses = [an_organization(f"house-{n}") for n in range(3)]
    people = [a_user() for _ in range(4)]
    for house, base in zip(houses, (None, Level.READ, Level.ADMINISTER), strict=True):
        members = [a_member(house, role) for role in (Role.MANAGER, Role.MEMBER, Role.MEMBER)]
        members.append(a_member(house, Role.BILLING_MANAGER))
        teams = [a_team(house, members=[members[1]]), a_team(house, maintainers=[members[2]])]
        for _ in range(12):
            creator = chance.choice([*members, the_owner(house)])
            project = a_project(house, by=creator, is_private=chance.random() < 0.7)
            if chance.random() < 0.5:
                a_grant(project, chance.choice(teams), chance.choice(list(Level)))
            if chance.random() < 0.5:
                a_role(
                    project, chance.choice([*people, members[3].user]), chance.choice(list(Level))
                )
        Organization.objects.filter(pk=house.pk).update(base_level=base)
        people += [member.user for member in members] + [the_owner(house).user]
    return houses, people


def opened_to(person: User, permission: str, projects: list[Project]) -> set[int]:
    answers = decide_many([(an_actor(person), permission, each) for each in projects])
    return {each.pk for each, answer in zip(projects, answers, strict=True) if answer.allowed}


def test_a_list_holds_what_the_policy_opens_for_everybody_and_every_project() -> None:
    """Red without any of the ways in ``orgs.project_queries.with_level``."""
    houses, people = mixed()
    for person in people[:4]:
        a_role(a_project(person, is_private=True), people[4], Level.READ)
    everything = list(Project.objects.all())

    for person in people:
        opened = opened_to(person, "projects:read", everything)
        assert (
            set(Project.objects.filter(seen_by(person.pk)).values_list("pk", flat=True)) == opened
        )
        for house in houses:
            listed = {each.pk for each in projects_of(house, seen_by_id=person.pk).rows}
            assert listed == {each.pk for each in house.projects.all()} & opened


def test_what_a_team_can_be_given_is_what_its_giver_administers() -> None:
    """Red when ``least`` is left out of any way in ``with_level``."""
    houses, people = mixed()

    for house in houses:
        team, projects = a_team(house), list(house.projects.all())
        for person in people:
            page = projects_without_grant(team, administered_by=person.pk)
            opened = opened_to(person, "projects:revoke", projects)
            assert {each.pk for each in page.rows} == opened, person


def test_a_project_names_those_who_administer_it() -> None:
    houses, _ = mixed()

    for house in houses:
        for project in house.projects.all():
            named = {person.pk for person in administrators_of(project)}
            told = {h.user_id for h in holders_of(project) if h.level is Level.ADMINISTER}
            assert named == told


def test_the_page_of_access_tells_everybody_once_and_in_pages() -> None:
    houses, _ = mixed()
    for house in houses:
        for project in house.projects.all():
            rows: list[Access] = []
            cursor = ""
            while True:
                page = access_to(project, cursor=cursor, size=2)
                rows += page.rows
                cursor = page.next_cursor
                if not cursor:
                    break
            assert [row.person.pk for row in rows] == [h.user_id for h in holders_of(project)]
            assert how_many_hold(project) == len(rows)
            for row, holder in zip(rows, holders_of(project), strict=True):
                assert row.level == holder.level
                assert set(holder.ways) <= set(row.ways)


def test_who_lacks_the_demanded_factor_does_not_list_what_they_cannot_read() -> None:
    """Red without ``with_level`` beside the own role in ``my_projects``."""
    organization = an_organization()
    member = a_member(organization)
    a_role(a_project(organization, is_private=True), member)
    mine = a_project(member.user)
    assert len(my_projects(member.user).rows) == 2

    Organization.objects.update(requires_second_factor=True)

    assert list(my_projects(member.user).rows) == [mine]


def test_each_team_is_a_way_of_its_own() -> None:
    """Red without ``_ways_by_teams`` in ``access_to``: the facts know only the best team."""
    organization = an_organization()
    member = a_member(organization)
    project = a_project(organization)
    a_grant(project, a_team(organization, "core", members=[member]), Level.PUBLISH)
    a_grant(project, a_team(organization, "docs", members=[member]), Level.READ)
    a_grant(project, a_team(organization, "other"), Level.ADMINISTER)

    (row,) = [row for row in access_to(project).rows if row.person == member.user]

    assert row.ways == (
        Way(Level.PUBLISH, "team core grants it"),
        Way(Level.READ, "team docs grants it"),
    )
    assert row.own_level is None


def test_access_costs_the_same_however_many_there_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    organization = an_organization()
    project = a_project(organization)
    team = a_team(organization, members=[a_member(organization) for _ in range(20)])
    a_grant(project, team)

    with django_assert_num_queries(4):
        assert len(access_to(project).rows) == 21


def test_my_projects_are_what_i_own_was_given_or_created() -> None:
    """Red without ``with_level`` in ``my_projects``: who was made a plain member would still find
    the private project they created.
    """
    organization = an_organization("guild")
    me = a_member(organization, Role.MANAGER)
    own, created = a_project(me.user, "own"), a_project(organization, "created", by=me)
    hidden = a_project(organization, "hidden", by=me, is_private=True)
    given = a_project(an_organization(), "given", is_private=True)
    a_role(given, me)
    Organization.objects.filter(pk=organization.pk).update(base_level=Level.READ)
    a_project(organization, "by-everybody")

    assert [each.name for each in my_projects(me.user).rows] == [
        "created",
        "given",
        "hidden",
        "own",
    ]
    Organization.objects.update(base_level=None)
    Membership.objects.filter(pk=me.pk).update(role=Role.MEMBER)
    assert [each.name for each in my_projects(me.user).rows] == ["given", "own"]
    assert {own.pk, created.pk, hidden.pk} <= set(Project.objects.values_list("pk", flat=True))


def test_a_team_does_not_betray_projects_that_the_visitor_does_not_see() -> None:
    """Red without ``seen_by`` in ``grants_of``."""
    organization = an_organization()
    member = a_member(organization)
    team = a_team(organization)
    a_grant(a_project(organization, "open"), team, Level.PUBLISH)
    a_grant(a_project(organization, "secret", is_private=True), team)

    (seen,) = grants_of(team, seen_by_id=member.user_id).rows
    assert (seen.name, vars(seen)["granted"]) == ("open", Level.PUBLISH)
    assert len(grants_of(team, seen_by_id=the_owner(organization).user_id).rows) == 2


def test_words_find_by_name_in_any_spelling_and_by_description() -> None:
    organization = an_organization()
    owner = the_owner(organization).user_id
    a_project(organization, "Wind_Vane")
    turning = a_project(organization, "turner")
    Project.objects.filter(pk=turning.pk).update(description="Follows the WIND.")
    a_project(organization, "100-percent")

    def found(words: str) -> list[str]:
        return [each.name for each in projects_of(organization, seen_by_id=owner, words=words).rows]

    assert found("wind.va") == ["Wind_Vane"]
    assert found("wind") == ["turner", "Wind_Vane"]
    assert found("%") == []
