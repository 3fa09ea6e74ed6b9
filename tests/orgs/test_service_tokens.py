"""What a token of an organization may: its scopes, at most as a manager, and nowhere else."""

from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from kernel.actor import Actor
from orgs.actions.projects import register_project
from orgs.actors import of_service_token
from orgs.decision import NOT_FOUND
from orgs.entitlements import Feature
from orgs.facts import Subject
from orgs.matrix import MATRIX, PROJECT_MATRIX, SERVICE_TOKENS
from orgs.models import Organization
from orgs.policy import decide, decide_many
from orgs.roles import Role
from orgs.service_scopes import ServiceScope
from tests.builders import (
    a_phase,
    a_project,
    a_service_token,
    a_team,
    a_user,
    an_organization,
    entitle,
)

pytestmark = pytest.mark.django_db

# scope: what it opens in the organization; what on its projects; what on those a token registered
TABLE: dict[str, tuple[set[str], set[str], set[str]]] = {
    "organizations:read": ({"organization:read", "teams:read"}, set(), set()),
    "teams:write": (
        {"teams:grow", "teams:add_members", "teams:shrink", "teams:remove_members"},
        set(),
        set(),
    ),
    "projects:read": (set(), {"projects:read"}, {"projects:read"}),
    "projects:publish": (set(), {"projects:publish"}, {"projects:publish"}),
    "projects:write": (
        {"projects:create", "projects:create_private"},
        set(),
        {"projects:update", "projects:archive"},
    ),
    "audit:read": ({"audit:read"}, set(), set()),
    "decisions:ask": (set(), set(), set()),
}


def a_robot(organization: Organization, *scopes: str) -> Actor:
    return of_service_token(a_service_token(organization, *scopes)[0])


def test_each_scope_opens_what_the_table_says_and_nothing_else() -> None:
    """Red without ``SERVICE_TOKENS`` in ``orgs.policy.answer``: a manager's members:read opens."""
    organization = an_organization()
    team = a_team(organization)
    project = a_project(organization, is_private=True)
    every = a_robot(organization)
    registered = register_project(name="axle", organization=organization, actor=every)

    for scope in TABLE:
        robot = replace(every, scopes=frozenset({scope}))
        held = (
            {p for p in MATRIX if decide(robot, p, team).allowed},
            {p for p in PROJECT_MATRIX if decide(robot, p, project).allowed},
            {p for p in PROJECT_MATRIX if decide(robot, p, registered).allowed} - {"projects:read"},
        )
        own = TABLE[scope][2] - {"projects:read"}  # everybody reads it: it is public
        assert held == (*TABLE[scope][:2], own), scope


def test_the_table_tells_every_scope_and_every_permission() -> None:
    assert set(TABLE) == set(ServiceScope.values)
    told: set[str] = set().union(*(set().union(*opens) for opens in TABLE.values()))
    assert told == SERVICE_TOKENS


def test_it_is_a_manager_at_most_and_never_about_billing_people_or_the_end() -> None:
    for permission in SERVICE_TOKENS & set(MATRIX):
        assert Role.MANAGER in MATRIX[permission].roles, permission
    for permission in SERVICE_TOKENS:
        rule = MATRIX.get(permission) or PROJECT_MATRIX[permission]
        assert not rule.fresh, permission
        area = permission.partition(":")[0]
        assert area not in {"billing", "members", "ownership", "collaborators", "tokens"}


def test_what_is_for_people_is_told_so() -> None:
    organization = an_organization()
    robot = a_robot(organization)

    closed = {p: decide(robot, p, organization) for p in set(MATRIX) - SERVICE_TOKENS}

    fresh = {p for p, rule in MATRIX.items() if rule.fresh}
    told_fresh = {p for p, no in closed.items() if no.reason == "fresh_sign_in_required"}
    assert told_fresh == fresh
    assert {closed[p].reason for p in set(closed) - fresh} == {"scope_missing"}
    assert "person" in closed["billing:read"].sentence


def test_a_missing_scope_is_told_with_the_page_where_another_is_made() -> None:
    organization = an_organization("guild")
    robot = a_robot(organization, ServiceScope.PROJECTS_READ)

    answer = decide(robot, "teams:grow", organization)

    assert (answer.reason, "teams:write" in answer.sentence) == ("scope_missing", True)
    assert answer.remedy is not None
    assert answer.remedy.url == "/orgs/guild/settings/tokens/"


def test_elsewhere_it_is_a_stranger() -> None:
    """Red without the comparison of organizations in ``orgs.facts.acts_for``."""
    robot = a_robot(an_organization())
    other = an_organization()
    team, hidden = a_team(other), a_project(other, is_private=True)
    shown, someones = a_project(other), a_project(a_user(), is_private=True)

    questions: list[tuple[Actor, str, Subject | None]] = [
        (robot, p, subject) for p in MATRIX for subject in (other, team)
    ]
    questions += [(robot, p, project) for p in PROJECT_MATRIX for project in (hidden, someones)]

    assert set(decide_many(questions)) == {NOT_FOUND}
    assert {p for p in PROJECT_MATRIX if decide(robot, p, shown).allowed} == {"projects:read"}


def test_an_answer_says_that_a_token_has_it() -> None:
    organization = an_organization("guild")
    robot = a_robot(organization)
    registered = register_project(name="axle", organization=organization, actor=robot)

    assert decide(robot, "teams:grow", organization).because == "service token of guild"
    assert decide(robot, "projects:publish", a_project(organization)).because == (
        "service token of guild"
    )
    assert decide(robot, "projects:update", registered).because == (
        "a service token of guild registered it"
    )


def test_what_one_token_registered_the_next_one_administers_until_it_moves() -> None:
    """Red with ``is_of_tokens`` read from anything but the present owner in ``orgs.facts``."""
    organization, other = an_organization(), an_organization()
    project = register_project(name="axle", organization=organization, actor=a_robot(organization))
    another, theirs = a_robot(organization), a_robot(other)
    assert decide(another, "projects:archive", project).allowed

    project.organization = other
    project.save()

    assert decide(another, "projects:archive", project).reason == "role_too_low"
    assert decide(theirs, "projects:archive", project).reason == "role_too_low"
    assert decide(theirs, "projects:publish", project).allowed


def test_gates_hold_for_it_and_tokens_outlive_the_feature() -> None:
    """Losing the feature closes making new ones; what runs goes on (docs/decisions/0014)."""
    organization = an_organization()
    robot, project = a_robot(organization), a_project(organization)
    entitle(organization, a_phase(features=set(Feature) - {Feature.ORG_TOKENS}))
    assert decide(robot, "projects:publish", project).allowed

    entitle(organization, a_phase("restricted"))

    for permission, subject in (("teams:grow", organization), ("projects:publish", project)):
        assert decide(robot, permission, subject).reason == "standing_restricted"
    assert decide(robot, "teams:shrink", organization).allowed


def test_a_second_factor_is_demanded_of_members_and_a_token_is_none() -> None:
    """Red without ``lacks_second_factor=False`` in ``orgs.facts._of_service_token``."""
    organization = an_organization()
    robot = a_robot(organization)
    Organization.objects.update(requires_second_factor=True)

    assert decide(robot, "teams:grow", organization).allowed


def test_one_question_and_many_cost_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    organization = an_organization()
    robot, project = a_robot(organization), a_project(organization, is_private=True)

    with django_assert_num_queries(1):
        assert decide(robot, "projects:publish", project).allowed
    with django_assert_num_queries(1):
        answers = decide_many([(robot, p, organization) for p in MATRIX])

    assert {p for p, yes in zip(MATRIX, answers, strict=True) if yes.allowed} == (
        SERVICE_TOKENS & set(MATRIX)
    )
