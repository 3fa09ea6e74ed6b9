"""Questions from programs: order, number, secrecy, words, and what they cost."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel import clock
from orgs.facts import Subject
from orgs.levels import Level
from orgs.matrix import MATRIX
from orgs.models import Membership, Organization
from orgs.policy import decide
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_project,
    a_role,
    a_team,
    a_user,
    an_actor,
    an_organization,
    the_owner,
)
from tests.saas.api.calling import Program, a_host, a_program, a_robot, is_problem

pytestmark = pytest.mark.django_db


def a_question(
    who: User | Membership | str, subject: str, permission: str = "organization:read"
) -> dict[str, str]:
    user = who.user if isinstance(who, Membership) else who
    name = user if isinstance(user, str) else str(user.public_id)
    return {"user": name, "permission": permission, "subject": subject}


def asked(program: Program, *questions: dict[str, str]) -> list[dict[str, Any]]:
    answer = program.post("/decisions", {"questions": list(questions)})
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["decisions"]
    return found


def test_a_host_hears_what_the_policy_says_about_everyone_and_everything() -> None:
    organization = an_organization("guild", seats=1)
    team = a_team(organization, "core")
    people = [the_owner(organization), *(a_member(organization, role) for role in Role)]
    subjects: dict[str, Subject] = {"organization:guild": organization, "team:guild/core": team}
    questions = [
        a_question(person, name, permission)
        for person in people
        for permission in MATRIX
        for name in subjects
    ]

    answers = asked(a_host(), *questions)

    for question, answer in zip(questions, answers, strict=True):
        person = next(p for p in people if str(p.user.public_id) == question["user"])
        decision = decide(an_actor(person), question["permission"], subjects[question["subject"]])
        assert (answer["allowed"], answer["reason"], answer["because"], answer["sentence"]) == (
            decision.allowed, decision.reason, decision.because, decision.sentence,
        )  # fmt: skip


def test_an_answer_says_what_would_help_and_where() -> None:
    owner = the_owner(an_organization("guild", standing="restricted"))

    [answer] = asked(a_host(), a_question(owner, "organization:guild", "teams:grow"))

    assert (answer["allowed"], answer["reason"]) == (False, "standing_restricted")
    assert answer["remedy"]["action"] == "Choose a plan and subscribe"
    assert answer["remedy"]["url"].startswith("http")
    assert answer["remedy"]["url"].endswith("/orgs/guild/billing/")


def test_what_needs_a_fresh_sign_in_is_told_so() -> None:
    owner = the_owner(an_organization("guild"))

    [answer] = asked(a_host(), a_question(owner, "organization:guild", "organization:delete"))

    assert answer["reason"] == "fresh_sign_in_required"


@pytest.mark.parametrize("spelling", ["Guild-Hall", "GUILD.HALL", "guild__hall"])
def test_any_spelling_of_a_name_is_the_name(spelling: str) -> None:
    organization = an_organization("Guild-Hall")
    a_team(organization, "Core.Team")
    owner = the_owner(organization)

    answers = asked(
        a_host(),
        a_question(owner, f"organization:{spelling}"),
        a_question(owner, f"team:{spelling}/core-team", "teams:read"),
        a_question(str(owner.user.public_id).upper(), f"organization:{spelling}"),
    )

    assert [answer["allowed"] for answer in answers] == [True, True, True]


def test_a_personal_token_asks_about_its_owner_only() -> None:
    """Turns red without ``found.filter(pk__in=…)`` in saas/api/decisions.py."""
    organization = an_organization("guild")
    owner, member = the_owner(organization), a_member(organization)

    mine, theirs = asked(
        a_program(member, "decisions:ask"),
        a_question(member, "organization:guild"),
        a_question(owner, "organization:guild"),
    )

    assert (mine["allowed"], mine["reason"]) == (True, "ok")
    assert (theirs["allowed"], theirs["reason"]) == (False, "not_found")


def test_a_service_token_asks_about_its_organization_and_those_with_a_right_there() -> None:
    """Red without any of the conditions on ``own`` in ``saas.api.named.NAMED``."""
    organization, other = an_organization("guild"), an_organization("bakery")
    wheel = a_project(organization, "wheel", is_private=True)
    a_project(other, "bread")
    a_team(other, "core")
    member, outsider = a_member(organization), a_user()
    a_role(wheel, outsider, Level.PUBLISH)
    a_member(other, user=member.user)
    a_project(organization, "axle")

    answers = asked(
        a_robot(organization, "decisions:ask"),
        a_question(member, "organization:guild"),
        a_question(outsider, "project:wheel", "projects:publish"),
        a_question(member, "organization:bakery"),
        a_question(member, "team:bakery/core", "teams:read"),
        a_question(member, "project:bread", "projects:read"),
        a_question(a_user(), "project:axle", "projects:read"),
    )

    assert [answer["reason"] for answer in answers] == ["ok", "ok", *["not_found"] * 4]


def test_what_one_may_not_know_looks_like_what_does_not_exist() -> None:
    organization = an_organization("guild")
    a_team(organization, "core")
    member, stranger = a_member(organization), a_user()

    answers = [
        *asked(
            a_program(stranger, "decisions:ask"),
            a_question(stranger, "organization:guild"),
            a_question(stranger, "team:guild/core"),
            a_question(stranger, "organization:nowhere"),
            a_question(stranger, "project:wheel"),
            a_question(member, "organization:guild"),
        ),
        *asked(
            a_host(),
            a_question(stranger, "organization:guild"),
            a_question(str(uuid4()), "organization:guild"),
            a_question("external:42", "organization:guild"),
            a_question(member, "team:guild/none"),
            a_question(member, "team:nowhere/core"),
            a_question(member, "project:guild"),
        ),
    ]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["reason"] == "not_found"
    assert answers[0]["remedy"] is None


def test_people_who_were_switched_off_may_nothing() -> None:
    organization = an_organization("guild")
    owner = the_owner(organization)
    User.objects.filter(pk=owner.user_id).update(is_active=False)

    [answer] = asked(a_host(), a_question(owner, "organization:guild"))

    assert answer["reason"] == "not_found"


@pytest.mark.parametrize("subject", ["organization:guild", "team:guild/core"])
def test_a_closed_organization_is_not_found(subject: str) -> None:
    """Red without either ``o.state <> %(closed)s`` of ``NAMED``."""
    organization = an_organization("guild")
    owner = the_owner(organization)
    a_team(organization, "core")
    Organization.objects.filter(pk=organization.pk).update(state="closed")

    [answer] = asked(a_host(), a_question(owner, subject))

    assert answer["reason"] == "not_found"


@pytest.mark.parametrize("subject", ["organization:old", "team:old/core"])
def test_a_name_that_was_released_leads_nowhere(subject: str) -> None:
    """Red without either ``n.released_at IS NULL`` of ``NAMED``."""
    organization = an_organization("guild")
    a_team(organization, "core")
    old = organization.names.create(name="old", normalized_name="old", skeleton="old")
    [led] = asked(a_host(), a_question(the_owner(organization), subject))
    assert led["allowed"]

    organization.names.filter(pk=old.pk).update(released_at=clock.now(), released_because="x")

    [answer] = asked(a_host(), a_question(the_owner(organization), subject))
    assert answer["reason"] == "not_found"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"permission": "organization:burn"}, "permission"),
        ({"permission": ""}, "permission"),
        ({"user": "rosa"}, "user"),
        ({"user": "external:"}, "user"),
        ({"subject": "planet:mars"}, "subject"),
        ({"subject": "team:guild"}, "subject"),
        ({"subject": "organization:a\x00"}, "subject"),
        ({"fresh": True}, "fresh"),
    ],
)
def test_a_question_that_cannot_be_meant_is_named_by_its_pointer(
    wrong: dict[str, object], field: str
) -> None:
    good = a_question(str(uuid4()), "organization:guild")

    answer = a_host().post("/decisions", {"questions": [good, {**good, **wrong}]})

    assert is_problem(answer, 422)
    assert [error["pointer"] for error in answer.body["errors"]] == [f"/questions/1/{field}"]


@pytest.mark.parametrize(("number", "status"), [(0, 422), (1, 200), (500, 200), (501, 422)])
def test_one_to_five_hundred_questions_are_answered_at_once(number: int, status: int) -> None:
    question = a_question(str(uuid4()), "organization:guild")

    answer = a_host().post("/decisions", {"questions": [question] * number})

    assert answer.status == status


@pytest.mark.parametrize("program", [a_program, a_host], ids=["person", "host"])
def test_asking_needs_its_scope(program: Any) -> None:
    scope = "entitlements:read" if program is a_host else "teams:write"
    caller = a_host(scope) if program is a_host else a_program(a_user(), scope)

    answer = caller.post("/decisions", {"questions": [a_question(str(uuid4()), "project:x")]})

    assert is_problem(answer, 403, "scope_missing")


def test_many_questions_cost_as_many_queries_as_one() -> None:
    """Turns red when people, organizations or teams are looked up one by one."""
    organizations = [an_organization(f"guild-{letter}") for letter in "abcdefgh"]
    questions = []
    for organization in organizations:
        a_team(organization, "core")
        member = a_member(organization)
        for subject in (f"organization:{organization.name}", f"team:{organization.name}/core"):
            questions += [a_question(member, subject), a_question(the_owner(organization), subject)]
    host = a_host()
    asked(host, questions[0])  # the use of the token is noted once

    few, many = (_queries(host, some) for some in (questions[:4], questions))

    assert few == many == 3  # the token, what is named, facts


@pytest.mark.parametrize("kind", ["host", "person", "service token"])
def test_a_question_alone_is_answered_as_among_others_and_in_one_statement(kind: str) -> None:
    """Turns red when ``facts_of_project`` leaves out what NAMED asks for, such as ``is_active``."""
    house = an_organization("guild", private_projects=9)
    owner, member, gone = the_owner(house), a_member(house), a_member(house)
    gone.user.is_active = False
    gone.user.save()
    private = a_project(house, "secret", is_private=True)
    a_role(private, member, Level.PUBLISH)
    a_project(name="open")
    caller = {
        "host": lambda: a_host("decisions:ask", "directory:write"),
        "person": lambda: a_program(member, "decisions:ask"),
        "service token": lambda: a_robot(house, "decisions:ask"),
    }[kind]()
    if kind == "host":
        words = {"email": "owner@host.example", "name": "Owner"}
        assert caller.put("/directory/users/7", words).status == 200
        words = {"name": "vouched", "owner": "external:7"}
        assert caller.put("/directory/projects/9", words).status == 200
    people: list[User | Membership | str] = [owner, member, gone, a_user(), str(uuid4())]
    people += ["external:7", "external:8"]
    names = ["secret", "SECRET", "open", "none", "external:9", "external:8"]
    questions = [
        a_question(who, f"project:{name}", permission)
        for who in people
        for name in names
        for permission in ("projects:read", "projects:publish", "projects:update")
    ]
    together = asked(caller, *questions)

    alone = [asked(caller, question)[0] for question in questions]

    assert alone == together
    assert len({answer["reason"] for answer in alone}) == 3  # ok, role_too_low, not_found
    with CaptureQueriesContext(connection) as queries:
        asked(caller, questions[0])
    assert len(queries) == 2  # the token, and everything else


def _queries(program: Program, questions: list[dict[str, str]]) -> int:
    with CaptureQueriesContext(connection) as queries:
        answers = asked(program, *questions)
        number = len(queries)
    assert len(answers) == len(questions)
    assert all(answer["allowed"] for answer in answers)
    return number
