"""Levels on projects: every way to one, what each holds, and what is withheld from all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from kernel.actor import Actor, ActorKind
from orgs.access import holders_of, who_may
from orgs.decision import NOT_FOUND
from orgs.entitlements import Standing
from orgs.facts import Subject
from orgs.levels import Level
from orgs.matrix import MATRIX, PROJECT_MATRIX
from orgs.models import Membership, Organization, Project
from orgs.policy import decide, decide_many
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

# permission: the least level that holds it; what it needs besides
TABLE: dict[str, tuple[Level, set[str]]] = {
    "projects:read": (Level.READ, set()),
    "projects:read_access": (Level.ADMINISTER, set()),
    "projects:publish": (Level.PUBLISH, {"publishing", "present"}),
    "projects:update": (Level.ADMINISTER, set()),
    "projects:archive": (Level.ADMINISTER, set()),
    "projects:revoke": (Level.ADMINISTER, set()),
    "projects:grant": (Level.ADMINISTER, {"standing"}),
    "collaborators:invite": (Level.ADMINISTER, {"standing"}),
}


def held(actor: Actor, project: Project) -> set[str]:
    return {
        permission for permission in PROJECT_MATRIX if decide(actor, permission, project).allowed
    }


def at_least(level: Level) -> set[str]:
    return {permission for permission, (least, _) in TABLE.items() if least <= level}


def test_the_table_tells_every_permission() -> None:
    assert set(TABLE) == set(PROJECT_MATRIX)


@pytest.mark.parametrize("level", list(Level))
def test_a_level_holds_what_the_table_says_and_what_is_below_it(level: Level) -> None:
    project = a_project(an_organization(), is_private=True)
    person = a_user()
    a_role(project, person, level)

    assert held(an_actor(person), project) == at_least(level)


def a_world(*, is_private: bool = True) -> tuple[Organization, Project]:
    organization = an_organization("guild")
    creator = a_member(organization, Role.MANAGER)
    return organization, a_project(organization, "wheel", by=creator, is_private=is_private)


def ways_of(who: Membership, project: Project) -> list[tuple[Level, str]]:
    for holder in holders_of(project):
        if holder.user_id == who.user_id:
            return [(way.level, way.words) for way in holder.ways]
    return []


def test_every_way_to_a_level_is_told_and_the_most_generous_counts() -> None:
    organization, project = a_world()
    member = a_member(organization)
    core, docs = a_team(organization, "core", members=[member]), a_team(organization, "docs")
    a_grant(project, core, Level.PUBLISH)
    a_grant(project, docs, Level.ADMINISTER)
    a_role(project, member, Level.READ)
    Organization.objects.update(base_level=Level.READ)

    assert ways_of(member, project) == [
        (Level.PUBLISH, "team core grants it"),
        (Level.READ, "own role on the project"),
        (Level.READ, "every member of guild has it"),
    ]
    answer = decide(an_actor(member), "projects:publish", project)
    assert (answer.allowed, answer.because) == (True, "team core grants it")


def test_owners_administer_everything_and_managers_what_they_created() -> None:
    """Red without ``is_creator`` in ``orgs.facts._ways``: managers are locked out, or let in."""
    organization, project = a_world()
    creator = Membership.objects.get(user=project.created_by)
    another = a_member(organization, Role.MANAGER)

    assert ways_of(the_owner(organization), project) == [(Level.ADMINISTER, "owner of guild")]
    assert ways_of(creator, project) == [
        (Level.ADMINISTER, "manager of guild who created it or took it over")
    ]
    assert held(an_actor(another), project) == set()
    Membership.objects.filter(pk=creator.pk).update(role=Role.MEMBER)
    assert held(an_actor(creator), project) == set()


def test_the_base_level_is_for_those_who_take_a_seat() -> None:
    """Red without ``takes_seat(role)`` in ``orgs.facts._ways``."""
    organization, project = a_world()
    Organization.objects.update(base_level=Level.PUBLISH)

    assert held(an_actor(a_member(organization)), project) == at_least(Level.PUBLISH)
    assert held(an_actor(a_member(organization, Role.BILLING_MANAGER)), project) == set()


def test_team_rights_end_with_the_membership_even_when_the_row_of_the_team_were_left() -> None:
    """Red when the lateral join of ``orgs.facts.FACTS`` asks for the person instead of ``m.id``."""
    organization, project = a_world()
    member = a_member(organization)
    a_grant(project, a_team(organization, members=[member]), Level.ADMINISTER)
    actor = an_actor(member)
    assert held(actor, project) == at_least(Level.ADMINISTER)

    member.delete()

    assert held(actor, project) == set()


def test_a_private_project_does_not_exist_for_those_without_a_level() -> None:
    """Red without ``project.is_private`` in ``orgs.policy._answer_project``."""
    organization, project = a_world()
    members = [a_member(organization), a_member(organization, Role.BILLING_MANAGER)]
    strangers = [an_actor(a_user()), *map(an_actor, members)]

    questions = [(who, p, project) for who in strangers for p in PROJECT_MATRIX]

    assert set(decide_many(questions)) == {NOT_FOUND}


def test_everybody_reads_a_public_project_and_no_more() -> None:
    organization, project = a_world(is_private=False)

    for who in (a_user(), a_member(organization)):
        assert held(an_actor(who), project) == {"projects:read"}
        refused = decide(an_actor(who), "projects:publish", project)
        assert refused.reason == "role_too_low"
        assert "“publish” on wheel" in refused.sentence


def test_a_project_of_ones_own_is_administered_and_moved_by_its_owner_alone() -> None:
    owner, stranger = a_user(), a_user()
    project = a_project(owner)

    assert held(an_actor(owner), project) == set(PROJECT_MATRIX)
    assert decide(an_actor(owner, fresh=True), "projects:transfer_out", project).allowed
    stale = decide(an_actor(owner), "projects:transfer_out", project)
    assert stale.reason == "fresh_sign_in_required"
    moved = decide(an_actor(stranger, fresh=True), "projects:transfer_out", project)
    assert moved.reason == "role_too_low"
    assert decide(an_actor(owner, fresh=True), "projects:delete", project).allowed
    assert not decide(an_actor(stranger, fresh=True), "projects:delete", project).allowed


def test_only_owners_move_projects_out_however_much_others_administer() -> None:
    organization, project = a_world()
    person = a_user()
    a_role(project, person, Level.ADMINISTER)

    for who, allowed in (
        (the_owner(organization), True),
        (Membership.objects.get(user=project.created_by), False),
        (person, False),
    ):
        answer = decide(an_actor(who, fresh=True), "projects:transfer_out", project)
        assert answer.allowed is allowed, answer


@pytest.mark.parametrize(
    ("need", "reason", "withhold"),
    [
        ("standing", "standing_restricted", lambda o: entitle(o, a_phase("restricted"))),
        ("publishing", "standing_suspended", lambda o: entitle(o, a_phase("suspended"))),
        ("publishing", "organization_closing", lambda o: entitle(o, a_phase("closing"))),
        (
            "present",
            "project_archived",
            lambda o: o.projects.update(archived_at="2026-01-01T00:00Z"),
        ),
    ],
)
def test_what_is_needed_and_missing_is_told_to_those_who_hold_the_level(
    need: str, reason: str, withhold: Callable[[Organization], object]
) -> None:
    organization, project = a_world()
    owner, person = an_actor(the_owner(organization)), a_user()
    a_role(project, person, Level.READ)

    withhold(organization)

    withheld = {p for p in PROJECT_MATRIX if decide(owner, p, project).reason == reason}
    assert {p for p, (_, needs) in TABLE.items() if need in needs} <= withheld
    assert decide(an_actor(person), "projects:publish", project).reason == "role_too_low"


def test_publishing_outlives_the_standing_by_the_days_the_row_says() -> None:
    """Red with ``growth=True`` on ``projects:publish``."""
    organization, project = a_world()
    owner = an_actor(the_owner(organization))
    entitle(organization, replace(a_phase("restricted"), may_publish=True))
    assert decide(owner, "projects:publish", project).allowed

    entitle(organization, a_phase("restricted"))

    assert decide(owner, "projects:publish", project).reason == "standing_restricted"


def test_a_member_without_the_demanded_factor_sees_of_a_public_project_what_strangers_see() -> None:
    """Red without the way of the public in ``orgs.policy._answer_project``."""
    _, project = a_world(is_private=False)
    Organization.objects.update(requires_second_factor=True)
    creator = an_actor(Membership.objects.get(user=project.created_by))

    assert held(creator, project) == {"projects:read"}
    assert decide(creator, "projects:publish", project).reason == "second_factor_required"
    Project.objects.update(is_private=True)
    assert decide(creator, "projects:read", project).reason == "second_factor_required"


@pytest.mark.parametrize("standing", Standing.values)
def test_taking_away_and_reading_work_in_every_standing(standing: str) -> None:
    organization, project = a_world()
    entitle(organization, a_phase(standing))

    kept = {"projects:read", "projects:update", "projects:archive", "projects:revoke"}

    assert kept <= held(an_actor(the_owner(organization)), project)


def test_a_private_project_of_a_person_is_given_to_nobody() -> None:
    """Red without ``rule.growth and project.is_private`` in ``orgs.needs._project_withholds``."""
    owner = a_user()
    project = a_project(owner, is_private=True)

    assert decide(an_actor(owner), "projects:publish", project).allowed
    assert decide(an_actor(owner), "projects:grant", project).reason == "feature_missing"


def test_a_token_does_no_more_than_its_scopes_on_a_project() -> None:
    organization, project = a_world()
    token = replace(
        an_actor(the_owner(organization)),
        kind=ActorKind.TOKEN,
        scopes=frozenset({"projects:publish"}),
    )

    assert held(token, project) == {"projects:publish"}


@pytest.mark.parametrize("scope", ["projects:read", "projects:publish", "projects:write"])
def test_each_permission_on_a_project_has_its_scope(scope: str) -> None:
    organization, project = a_world()
    token = replace(
        an_actor(the_owner(organization)), kind=ActorKind.TOKEN, scopes=frozenset({scope})
    )
    reading, publishing = {"projects:read", "projects:read_access"}, {"projects:publish"}
    told = {
        "projects:read": reading,
        "projects:publish": publishing,
        "projects:write": set(TABLE) - reading - publishing,
    }

    assert held(token, project) == told[scope]


def test_a_permission_of_projects_asked_about_something_else_finds_nothing() -> None:
    organization, _ = a_world()
    owner = an_actor(the_owner(organization))

    assert decide(owner, "projects:publish", organization) == NOT_FOUND
    assert decide(owner, "projects:publish", a_team(organization)) == NOT_FOUND


def test_a_permission_of_organizations_asked_about_a_project_finds_nothing() -> None:
    """Red without ``of_project`` in ``orgs.policy.answer``: whoever owns a project might do
    everything.
    """
    organization, shared = a_world(is_private=False)
    person = a_user()
    for who, project in ((the_owner(organization), shared), (person, a_project(person))):
        actor = an_actor(who, fresh=True)
        answers = {permission: decide(actor, permission, project) for permission in MATRIX}
        assert answers.pop("projects:transfer_out").allowed
        assert answers.pop("projects:delete").allowed
        assert set(answers.values()) == {NOT_FOUND}


def test_five_hundred_mixed_questions_cost_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    worlds = [an_organization() for _ in range(5)]
    projects = [a_project(organization, is_private=True) for organization in worlds]
    owners = [an_actor(the_owner(organization)) for organization in worlds]
    teams = [a_team(organization) for organization in worlds]
    subjects: list[Subject] = [*worlds, *projects, *teams]
    questions = [
        (who, permission, subject)
        for who in owners
        for subject in subjects
        for permission in ("projects:publish", "projects:create", "teams:grow", "members:leave")
    ]
    questions = (questions * 2)[:500]

    with django_assert_num_queries(1):
        answers = decide_many(questions)

    assert answers == [decide(*question) for question in questions]


def test_who_may_agrees_with_decide_for_every_pair_and_costs_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    organization, project = a_world()
    people = [a_member(organization, role) for role in Role] + [the_owner(organization)]
    for level in Level:
        member = a_member(organization)
        a_grant(project, a_team(organization, members=[member, *people[3:4]]), level)
        person = a_user()
        a_role(project, person, level)
        people.append(member)
    everybody = [an_actor(each) for each in people] + [an_actor(a_user())]
    everybody += [an_actor(role.user) for role in project.roles.all()]

    for is_private in (True, False):
        project.is_private = is_private
        project.save()
        for permission in PROJECT_MATRIX:
            with django_assert_num_queries(1):
                found = who_may(permission, project)
            for actor in everybody:
                expected = decide(actor, permission, project).allowed
                told = found.everybody or actor.user_id in found.decisions
                assert told == expected, (permission, actor)


def test_pages_of_holders_miss_nobody() -> None:
    """Red when managers who hold nothing are involved too: a page of them looks like the end."""
    organization, project = a_world()
    for _ in range(7):
        a_member(organization, Role.MANAGER)
        a_role(project, a_user())
    whole = [holder.user_id for holder in holders_of(project)]

    found: list[int] = []
    after = 0
    while page := holders_of(project, after=after, size=3):
        found += [holder.user_id for holder in page]
        after = page[-1].user_id

    assert found == whole == sorted(whole)
