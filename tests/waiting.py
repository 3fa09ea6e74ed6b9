"""Waiting until another connection has come as far as a test needs it."""

import time

from django.db import connection


def until_somebody_waits_for_a_lock(seconds: float = 10) -> None:
    """Return once a connection of this database stands in line for a lock."""
    deadline = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees it frozen
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < deadline, "nobody came to the lock"
            time.sleep(0.01)
