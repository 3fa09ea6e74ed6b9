"""The end of a test with real transactions: its rows go, and nothing else is touched.

Django truncates every table and lists models and permissions anew, which takes longer than most
such tests. Here the few tables that have rows are emptied, past the triggers that guard the log:
whoever runs the tests must be a superuser of their database.
"""

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier, Literal

STAYS = {"django_migrations", "django_content_type", "auth_permission"}
LOCK = SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE")
HAS_ROWS = SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
EMPTY = SQL("DELETE FROM {}")


def empty_tables() -> None:
    """Delete every row of every model, once nobody is writing any more."""
    names = sorted(set(connection.introspection.django_table_names(only_existing=True)) - STAYS)
    tables = [Identifier(name) for name in names]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK.format(SQL(", ").join(tables)))
        asked = [HAS_ROWS.format(Literal(n), name) for n, name in enumerate(tables)]
        cursor.execute(SQL(" UNION ALL ").join(asked))
        filled = [tables[number] for (number,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(EMPTY.format(table))
