"""A world that is built once for a whole module, and what it takes to ask in it without a trace.

A module that wants one has a ``db`` fixture of module scope that holds ``one_transaction``, and no
``django_db`` mark: that would end the transaction with each test. Within it a request that may
write is ``undone()``, and ``rows()`` before and after a whole round tells whether any of it wrote.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

UNCOUNTED = frozenset({"accounts_cache", "django_session", "usersessions_usersession"})
"""What looking may write: sessions, the browsers they are in, and what limits them."""
BRACES = re.compile(r"\{(\w+)\}")
DEMOTION = "UPDATE orgs_membership SET role = 'member' WHERE user_id = %s"
LOCKS = ("FOR NO KEY UPDATE", "FOR UPDATE", "pg_advisory_xact_lock")


@contextmanager
def one_transaction(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Hold one transaction for what is built and asked inside, and undo it."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Undo what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> dict[str, str]:
    """Return a digest of the rows of every table, in one statement."""
    parts = [
        f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0)"  # noqa: S608 -- names of our own tables
        f" FROM {name} t"
        for name in connection.introspection.table_names()
        if name not in UNCOUNTED
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


@contextmanager
def locks_told() -> Iterator[list[str]]:
    """Tell every statement that locks something."""
    told: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if any(lock in sql for lock in LOCKS):
            told.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        yield told


@contextmanager
def when_locking(table: str, statement: str, *values: Any) -> Iterator[list[str]]:
    """Run a statement just before the first lock on ``table`` is had, as whoever held it would
    have; tell the lock, if there was one.
    """
    told: list[str] = []

    def intervene(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not told and f'FROM "{table}"' in sql and any(lock in sql for lock in LOCKS):
            told.append(sql)
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
        return execute(sql, *rest)

    with connection.execute_wrapper(intervene):
        yield told


def changed(before: dict[str, str]) -> set[str]:
    """Return the tables whose rows are not what they were."""
    return {name for name, digest in rows().items() if before.get(name) != digest}


def placeholders(told_in: Any) -> set[str]:
    """Return what stands in braces in a text, or in the texts of a list or a mapping."""
    if isinstance(told_in, str):
        return set(BRACES.findall(told_in))
    if isinstance(told_in, dict):
        told_in = list(told_in.values())
    if not isinstance(told_in, list):
        return set()
    return set().union(*map(placeholders, told_in))


def filled(told_in: Any, names: Mapping[str, str]) -> Any:
    """Return the same with names in the place of the braces."""
    if isinstance(told_in, str):
        return told_in.format_map(names)
    if isinstance(told_in, list):
        return [filled(each, names) for each in told_in]
    if isinstance(told_in, dict):
        return {key: filled(each, names) for key, each in told_in.items()}
    return told_in


def like_none(name: str) -> str:
    """Return something of the same kind that nothing is called."""
    if "@" in name:
        return "no.such@thing.example"
    if name.isdecimal():
        return "999999999"
    return str(UUID(int=2026, version=4)) if "-" in name and len(name) == 36 else "no-such-thing"
