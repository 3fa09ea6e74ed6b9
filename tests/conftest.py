"""What every test stands on: no strange sockets, tasks at once, a clock that can be held."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from pytest_socket import socket_allow_hosts

from kernel import clock
from saas.celery import app
from tests import kept, stack
from tests.emptying import empty_tables

HERE = ["127.0.0.1", "::1", "localhost"]
"""The only machine that tests speak to."""


@pytest.fixture(autouse=True)
def _only_this_machine() -> None:
    """Refuse every connection beyond this machine."""
    socket_allow_hosts(HERE, allow_unix_socket=True)


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_once() -> None:
    """Hash as in production, but without the million rounds that make guessing slow, and tests."""
    PBKDF2PasswordHasher.iterations = 1


@pytest.fixture(scope="session", autouse=True)
def _tasks_run_at_once() -> None:
    """Let a task run where it is asked for, and its faults be seen."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Begin from the migrated database of an earlier run, where one is kept."""
    if stack.STACK and stack.STACK.kept.is_lent:
        connection.settings_dict["TEST"]["TEMPLATE"] = kept.DATABASE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep what was migrated for the next run; let tests with real transactions end quickly.

    At the end, whoever still holds a connection (a live server whose browser has just gone) lets
    go of it, so that the database can be dropped.
    """
    with django_db_blocker.unblock():
        if stack.STACK and not stack.STACK.kept.is_lent:
            connection.close()
            stack.STACK.keep(connection.settings_dict["NAME"])
    TransactionTestCase._fixture_teardown = lambda _case: empty_tables()  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def at() -> Iterator[Callable[[datetime], datetime]]:
    """Hold business time: ``at(moment)`` from there to the end of the test, or to the next call."""
    with ExitStack() as held:

        def hold(moment: datetime) -> datetime:
            held.enter_context(clock.held_at(moment))
            return moment

        yield hold
