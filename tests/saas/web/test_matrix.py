"""Every page for everybody: nobody, strangers, each role, collaborators and staff."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from orgs.models import Organization
from orgs.roles import Role
from tests.builders import a_member, a_user
from tests.journeys.shots import routes
from tests.once import (
    DEMOTION,
    changed,
    like_none,
    locks_told,
    one_transaction,
    placeholders,
    rows,
    undone,
    when_locking,
)
from tests.saas.web.accounts import OF_ACCOUNTS, OF_DEVELOPMENT, OF_SIGNING_IN
from tests.saas.web.asking import Told, World, a_browser, a_world, addresses
from tests.saas.web.organizations import OF_APPLICATIONS, OF_MONEY, OF_ORGANIZATIONS
from tests.saas.web.projects import OF_PROJECTS
from tests.saas.web.row import AGAIN, DONE, NOBODY, SIGN_IN, Answer, Row
from tests.saas.web.staff import OF_STAFF

ROWS = (
    *OF_ACCOUNTS, *OF_DEVELOPMENT, *OF_ORGANIZATIONS, *OF_MONEY, *OF_APPLICATIONS, *OF_PROJECTS,
    *OF_STAFF, *OF_SIGNING_IN,
)  # fmt: skip
OF_MEMBERS = {"orgs:invitation", "orgs:leave", "orgs:show_me", "subscriptions:found"}
"""What is done under a lock, and needs no right in the organization that could be taken away."""
ITS_OWN_PROOF = {"invitation_token", "offer_token", "unsubscribe", "confirmation", "receiver"}
"""What is secret, so that whoever holds it may; and an address to which a project is offered."""
REFUSED = (403, 404, SIGN_IN, AGAIN)
KNOWN_UNDER_THE_LOCK = ("orgs:remove_member", "manager")
"""A manager may remove some: whom, shows under the lock."""
VISITORS = sorted({who for row in ROWS for m in ("GET", "POST") for who in row.answers(m)})


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with one_transaction(django_db_blocker):
        yield


@pytest.fixture(scope="module")
def world(db: None) -> World:
    return a_world()


def asked(who: str, method: str) -> list[tuple[Row, Answer]]:
    """Return the rows that a visitor is asked by, and what is expected."""
    return [(row, row.answers(method)[who]) for row in ROWS if who in row.answers(method)]


def deviation(row: Row, who: str, told: Told, expected: Answer) -> str:
    """Return how an answer is not what the matrix says; nothing when it is."""
    if told.answer == expected:
        return ""
    return f"{row.route} {dict(row.path)}: {who} is answered {told.answer}, and not {expected}"


def test_no_route_is_forgotten() -> None:
    assert {row.route for row in ROWS} == routes()


def test_what_is_not_listed_is_the_apis_or_the_operators() -> None:
    spaces = {name.partition(":")[0] for name, _ in addresses()} - {
        route.partition(":")[0] for route in routes()
    }
    assert spaces == {"admin", "api", "/api(?"}


def test_the_operators_site_opens_no_door_to_anybody_else(world: World) -> None:
    before = rows()
    for name, address in addresses():
        if name.startswith("admin:") and name != "admin:login":
            assert world.browsers[NOBODY].ask("GET", address).answer in (SIGN_IN, DONE), name
            assert world.browsers["owner"].ask("GET", address).answer == DONE, name
    answers = {NOBODY: SIGN_IN, "owner": 404, "reviewer": DONE}
    login = reverse("admin:login")
    assert {who: world.browsers[who].ask("GET", login).answer for who in answers} == answers
    assert world.browsers["reviewing"].ask("GET", reverse("admin:index")).answer == 200

    assert changed(before) == set()


@pytest.mark.parametrize("who", VISITORS)
def test_pages_are_shown_as_the_matrix_says_and_looking_changes_nothing(
    who: str, world: World
) -> None:
    before = rows()
    wrong = [
        deviation(row, who, world.ask(who, row), expected) for row, expected in asked(who, "GET")
    ]

    assert not any(wrong), "\n".join(filter(None, wrong))
    assert changed(before) == set()


@pytest.mark.parametrize("who", VISITORS)
def test_forms_are_taken_as_the_matrix_says(who: str, world: World) -> None:
    wrong = []
    for row, expected in asked(who, "POST"):
        if expected not in REFUSED:
            with undone():
                wrong.append(deviation(row, who, world.ask(who, row, "POST"), expected))

    assert not any(wrong), "\n".join(filter(None, wrong))


@pytest.mark.parametrize("who", VISITORS)
def test_whoever_is_refused_changes_nothing_and_holds_nobody_up(who: str, world: World) -> None:
    """Permission is asked before anything is locked, and before what was sent is judged."""
    before, wrong = rows(), []
    for row, expected in asked(who, "POST"):
        if expected in REFUSED:
            with locks_told() as told:
                wrong.append(deviation(row, who, world.ask(who, row, "POST"), expected))
            if told and (row.route, who) != KNOWN_UNDER_THE_LOCK:
                wrong.append(f"{row.route}: {who} waits for {told[0]}")
        if expected in (403, AGAIN):
            empty = world.ask(who, replace(row, body={}), "POST")
            wrong.append(deviation(row, who, empty, expected))
        if expected == 403 and who == "reader":  # who sees a project learns of nobody in it
            for key in placeholders(dict(row.path)) - {"project"}:
                nobodys = world.ask(who, row, "POST", **{key: like_none(world.names[key])})
                wrong.append(deviation(row, who, nobodys, expected))

    assert not any(wrong), "\n".join(filter(None, wrong))
    assert changed(before) == set()


def test_whoever_is_demoted_while_they_wait_for_the_lock_is_refused(world: World) -> None:
    """Policy is asked again under the lock."""
    owner, found = world.house.people["owner"], {}
    for row in ROWS:
        if row.answers("POST").get("owner") not in (None, *REFUSED, 405):
            with undone(), when_locking("orgs_organization", DEMOTION, owner.pk) as locked:
                told = world.ask("owner", row, "POST")
            if locked:
                found[row.route] = told.answer

    assert {route for route, answer in found.items() if answer not in (403, 404)} == OF_MEMBERS


def test_asking_for_the_head_alone_changes_nothing(world: World) -> None:
    before = rows()
    for row in [row for row in ROWS if "owner" in row.answers("GET")]:
        assert world.ask("owner", row, "HEAD").answer != 500, row.route

    assert changed(before) == set()


def test_what_is_another_organizations_is_as_what_is_not(world: World) -> None:
    """Each name and id in address and form in turn: nothing is told of it, nothing is changed."""
    before, wrong = rows(), []
    for row in ROWS:
        for method in ("GET", "POST"):
            keys = placeholders(dict(row.path))
            if method == "POST":
                keys |= placeholders(dict(row.body)) | placeholders(list(row.body))
            if row.answers(method).get("owner") in (None, 405):
                continue
            for key in (keys & set(world.foreign)) - ITS_OWN_PROOF:
                name = world.foreign[key]
                theirs = world.ask("owner", row, method, **{key: name})
                nobodys = world.ask("owner", row, method, **{key: like_none(name)})
                where = f"{method} {row.route}, {key}"
                if theirs.answer != nobodys.answer or theirs.answer not in (404, 422):
                    wrong.append(f"{where}: {theirs.answer}, but none is {nobodys.answer}")
                if theirs.without(name) != nobodys.without(like_none(name)):
                    wrong.append(f"{where}: not the same words")
                if "zephyr" in theirs.without(name):
                    wrong.append(f"{where}: tells of it")

    assert not wrong, "\n".join(wrong)
    assert changed(before) == set()


def test_what_is_in_one_of_ones_two_organizations_is_not_in_the_other(world: World) -> None:
    """Red when a child is looked up by its id alone: who owns both may act on both."""
    wrong = []
    with undone():
        both = a_user()
        for organization in Organization.objects.filter(name__in=("guild", "zephyr")):
            a_member(organization, Role.OWNER, user=both)
        world.browsers["owner of both"] = a_browser(both, "password")
        for row in ROWS:
            keys = placeholders(dict(row.path))
            for key in keys - {"name", "project"} if keys & {"name", "project"} else ():
                method = "GET" if row.post is None else "POST"
                name, none = world.foreign[key], like_none(world.foreign[key])
                told = world.ask("owner of both", row, method, **{key: name})
                wrong.append(deviation(row, "the owner of both", told, 404))
                nothing = world.ask("owner of both", row, method, **{key: none})
                if told.without(name) != nothing.without(none):
                    wrong.append(f"{row.route}, {key}: not the same words")

    assert not any(wrong), "\n".join(filter(None, wrong))
