"""Dropping the oldest part of a log: through the one function of the database that may."""

from datetime import datetime

from django.db import connection, transaction

BATCH = 5000


def prune(stream: str, *, before: datetime, batch: int = BATCH) -> int:
    """Drop the sealed events of a stream up to the first that happened at ``before`` or later.

    Leaves a checkpoint, from which the rest is verified. Returns how many events were dropped;
    twice is once. A damaged part is not dropped: raises DatabaseError.
    """
    total = 0
    while dropped := _prune_some(stream, before, batch):
        total += dropped
    return total


@transaction.atomic
def _prune_some(stream: str, before: datetime, most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_prune(%s, %s, %s)", [stream, before, most])
        return int(cursor.fetchone()[0])
