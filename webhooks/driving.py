"""Driving what is due, and telling each event what became of it."""

from django.db import connection

from kernel import clock
from subscriptions.sync import drive_due
from webhooks.handlers import LOOKS, MIRRORS

TELL = """
UPDATE webhooks_stripeevent e
   SET state = CASE WHEN t.dead THEN 'dead' WHEN u.id IS NOT NULL THEN 'foreign' ELSE 'done' END,
       done_at = %s
  FROM subscriptions_synctarget t
  LEFT JOIN subscriptions_unknowncustomer u ON u.customer_id = t.object_id
 WHERE e.state IN ('waiting', 'dead') AND t.kind = e.target_kind AND t.object_id = e.target_id
   AND (t.done_gen >= t.gen OR (t.dead AND e.state = 'waiting'))
"""


def drive(*, limit: int = 50) -> int:
    """Look at what is due, gates before the mirror; return how much was looked at."""
    looked = drive_due(LOOKS, limit=limit)
    tell_events()
    looked += drive_due(MIRRORS, limit=limit)
    if looked:
        tell_events()
    return looked


def drain(*, most: int = 10_000) -> int:
    """Drive until nothing is due; return how much was looked at."""
    total = 0
    while total < most and (looked := drive()):
        total += looked
    return total


def tell_events() -> int:
    """Write on waiting events whether their target was looked at, is dead, or is nobody's here."""
    with connection.cursor() as cursor:
        cursor.execute(TELL, [clock.wall()])
        return int(cursor.rowcount)
