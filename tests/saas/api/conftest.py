"""A real browser for the pages of this folder, when one is installed; a world for the matrix."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from orgs.roles import Role
from tests.browser import browser_type_launch_args
from tests.builders import a_user
from tests.houses import a_house
from tests.once import one_transaction
from tests.saas.api.calling import a_program
from tests.saas.api.matrix import World

__all__ = ["browser_type_launch_args"]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Hold one transaction for a module whose tests share a world."""
    with one_transaction(django_db_blocker):
        yield


@pytest.fixture(scope="module")
def world(db: None) -> World:
    """Return two organizations, and programs of the people of the one and of a stranger."""
    house, other = a_house("guild"), a_house("zephyr")
    people = {str(role): house.people[role] for role in Role}
    people["reader"] = house.people["reader"]
    people["stranger"] = a_user("stranger@example.org")
    programs = {who: a_program(user) for who, user in people.items()}
    for program in programs.values():
        program.get("/me")  # the first use of a token is noted
    return World(people, programs, house.names, other.names)
