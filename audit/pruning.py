"""Dropping the oldest part of a log: through the one function of the database that may."""

from datetime import datetime

from django.db import connection

BATCH = 5000


def prune(stream: str, *, before: datetime, batch: int = BATCH) -> int:
    """Drop the sealed events of a stream up to the first that happened at ``before`` or later.

    Leaves a checkpoint, from which the rest is verified. Returns how many events were dropped;
    twice is once. A damaged part is not dropped: raises DatabaseError.
    """
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT audit_prune(%s, %s, %s)", [stream, before, batch])
            [dropped] = cursor.fetchone()
            total += dropped
            if dropped < batch:
                return total
