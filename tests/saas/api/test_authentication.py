"""Tokens at the door: recognised in one query, and told apart by nobody outside."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from accounts.actions.hosts import revoke_host
from accounts.actions.tokens import revoke_personal_token
from accounts.models import Host, PersonalToken, User
from accounts.tokens import make_token
from kernel import clock
from kernel.actor import SYSTEM
from orgs.models import Organization, ServiceToken
from tests.builders import (
    a_service_token,
    a_user,
    an_actor,
    an_organization,
    signed_in,
    the_owner,
)
from tests.saas.api.calling import Program, a_host, a_program, a_robot, is_problem

pytestmark = pytest.mark.django_db


def test_a_token_acts_for_the_person_who_made_it() -> None:
    user = a_user(name="Rosa")

    body = a_program(user, "teams:write").get("/me").body

    assert (body["kind"], body["id"], body["name"]) == ("person", str(user.public_id), "Rosa")
    assert body["email"] == user.email
    assert body["token"]["scopes"] == ["teams:write"]


def test_a_host_acts_for_nobody() -> None:
    body = a_host().get("/me").body

    assert (body["kind"], body["id"], body["email"]) == ("host", None, None)
    assert body["token"]["expires_at"] is None


def test_a_service_token_acts_for_its_organization_and_for_nobody() -> None:
    organization = an_organization("guild")

    body = a_robot(organization, "projects:publish").get("/me").body

    assert (body["kind"], body["id"], body["email"]) == ("service_token", None, None)
    assert (body["name"], body["organization"]) == ("robot", "guild")
    assert body["token"]["scopes"] == ["projects:publish"]


def test_a_service_token_outlives_who_made_it_and_dies_with_its_organization() -> None:
    """Red without the state of the organization in ``_organization``."""
    organization = an_organization()
    robot, maker = a_robot(organization), the_owner(organization)
    maker.delete()
    User.objects.filter(pk=maker.user_id).update(is_active=False)
    assert robot.get("/me").status == 200

    Organization.objects.update(state="closed")

    assert is_problem(robot.get("/me"), 401, "not_authenticated")


def test_a_session_opens_nothing_here() -> None:
    """The API knows no cookies, so no page elsewhere can make a browser call it."""
    response = signed_in(a_user()).get("/api/v1/me")

    assert response.status_code == 401


def test_unknown_revoked_and_expired_tokens_and_inactive_people_look_alike() -> None:
    revoked, expired, inactive, host = (
        a_program(a_user()), a_program(a_user()), a_program(a_user()), a_host(),
    )  # fmt: skip
    unknown = Program(make_token(PersonalToken.PREFIX).text)
    rows = list(PersonalToken.objects.select_related("user").order_by("pk"))
    revoke_personal_token(token=rows[0], actor=an_actor(rows[0].user))
    PersonalToken.objects.filter(pk=rows[1].pk).update(expires_at=clock.wall())
    User.objects.filter(pk=rows[2].user_id).update(is_active=False)
    revoke_host(name=Host.objects.get().name, actor=SYSTEM)
    robot, ended = a_service_token(an_organization())
    ServiceToken.objects.filter(pk=robot.pk).update(revoked_at=clock.wall())
    robots = (Program(ended), Program(make_token(ServiceToken.PREFIX).text))

    programs = (unknown, revoked, expired, inactive, host, *robots)
    answers = [program.get("/me") for program in programs]

    assert all(is_problem(answer, 401, "not_authenticated") for answer in answers)
    bodies = [{**answer.body, "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)


def test_typos_and_noise_cost_no_query() -> None:
    """Turns red without ``is_well_formed`` in saas/api/authentication.py."""
    text = a_program(a_user()).token
    typo = text[:-1] + ("0" if text[-1] != "0" else "1")

    with CaptureQueriesContext(connection) as queries:
        answers = [
            Program(noise).get("/me") for noise in (typo, "x", "ch_pat_é" + "a" * 35, text + " ")
        ]
        asked = len(queries)

    assert [answer.status for answer in answers] == [401] * 4
    assert asked == 0


def queries_of(program: Program) -> int:
    """Return how many queries stand before the body is even read."""
    with CaptureQueriesContext(connection) as queries:
        program.post("/decisions", {})
        return len(queries)


def test_a_token_is_recognised_in_one_query_and_noted_in_another_at_most_once_a_minute() -> None:
    """Turns red without ``NOTED_EVERY`` in saas/api/authentication.py."""
    program = a_program(a_user())
    robot = a_robot(an_organization())
    begin = clock.wall()

    with travel(begin, tick=False):
        first, second = (queries_of(program) for _ in range(2))
        queries_of_robot = [queries_of(robot) for _ in range(2)]
    with travel(begin + timedelta(seconds=61), tick=False):
        program.get("/me")
        robot.get("/me")

    assert [first, second] == queries_of_robot == [2, 1]
    for kind in (PersonalToken, ServiceToken):
        assert kind._default_manager.get().last_used_at == begin + timedelta(seconds=61)


def test_the_scheme_is_read_whatever_its_case_and_nothing_else_is() -> None:
    token = a_program(a_user()).token
    program = Program()

    assert program.get("/me", Authorization=f"bearer {token}").status == 200
    assert program.get("/me", Authorization=f"Basic {token}").status == 401
    assert program.get("/me", Authorization=token).status == 401
