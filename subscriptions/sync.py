"""Looking at Stripe: who has news, who looks, and whose look counts.

Claim → fence → fetch → apply. A target is claimed by lease with ``SKIP LOCKED``; the fence number
is
taken after the claim and before the request leaves, so of two looks the one that began later wins,
also when a lease was stolen. The queue is this table: a killed worker costs a lease, a lost broker
nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least

from kernel import clock
from kernel.refusals import Unavailable
from subscriptions.models import SyncTarget

Look = Callable[[str, int], None]
Looks = Mapping[str, Look]

CUSTOMER, DISPUTE = "customer", "dispute"
LEASE = timedelta(seconds=30)
ATTEMPTS = 12
CLAIMS = 40
SILENCES = 6
"""Looks that Stripe did not answer count no higher: what reaches ``CLAIMS`` kills its workers."""
LONGEST_WAIT = timedelta(hours=1)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A target held by this worker until its lease ends."""

    pk: int
    kind: str
    object_id: str
    gen: int
    attempts: int
    claims: int


def mark_dirty(kind: str, object_id: str) -> None:
    """Note that there is news of a target; a dead one revives."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO subscriptions_synctarget AS t
                   (kind, object_id, gen, done_gen, due, attempts, claims, dead, error)
            VALUES (%s, %s, 1, 0, %s, 0, 0, false, '')
            ON CONFLICT (kind, object_id) DO UPDATE
               SET gen = t.gen + 1, due = least(t.due, excluded.due),
                   attempts = CASE WHEN t.dead THEN 0 ELSE t.attempts END,
                   claims = CASE WHEN t.dead THEN 0 ELSE t.claims END, dead = false
            """,
            [kind, object_id, clock.wall()],
        )


def drive_due(looks: Looks, *, limit: int = 50) -> int:
    """Look at what is due, one target after another, and return how many were claimed.

    Each is claimed when its own look begins: a lease of half a minute would not cover a round.
    """
    for looked in range(limit):
        claims = _claim(limit=1, kinds=list(looks))
        if not claims:
            return looked
        _drive(claims[0], looks[claims[0].kind])
    return limit


class Driven(StrEnum):
    """What came of looking at one target at once."""

    CLEAN = "clean"
    TAKEN = "taken"  # somebody else is looking
    FAILED = "failed"


def drive_now(kind: str, object_id: str, look: Look) -> Driven:
    """Look at one target at once, if nobody else is looking."""
    claims = _claim(limit=1, kinds=[kind], object_id=object_id)
    if any(not _drive(claim, look) for claim in claims):
        return Driven.FAILED
    dirty = SyncTarget.objects.dirty().filter(kind=kind, object_id=object_id).exists()
    return Driven.TAKEN if dirty else Driven.CLEAN


def next_fence() -> int:
    """Return a number higher than every one before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('subscriptions_fence')")
        return int(cursor.fetchone()[0])


def _claim(*, limit: int, kinds: list[str], object_id: str | None = None) -> list[Claim]:
    now = clock.wall()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE subscriptions_synctarget SET lease_until = %(lease)s, claims = claims + 1
             WHERE id IN (
                   SELECT id FROM subscriptions_synctarget
                    WHERE gen > done_gen AND NOT dead AND kind = ANY(%(kinds)s)
                      AND (due <= %(now)s OR %(one)s::text IS NOT NULL)
                      AND (lease_until IS NULL OR lease_until < %(now)s)
                      AND (%(one)s::text IS NULL OR object_id = %(one)s)
                    ORDER BY due LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
            RETURNING id, kind, object_id, gen, attempts, claims
            """,
            {"now": now, "lease": now + LEASE, "kinds": kinds, "one": object_id, "limit": limit},
        )
        return [Claim(*row) for row in cursor.fetchall()]


def _drive(claim: Claim, look: Look) -> bool:
    """Look with no transaction open; write what came of it, and return whether it went well.

    Only the object's own fault counts.
    """
    if claim.claims >= CLAIMS:
        _bury(claim)
        return False
    fence = next_fence()
    try:
        look(claim.object_id, fence)
    except Unavailable as error:
        _put_off(claim, error)
        return False
    except Exception as error:  # a poison target must not stop the others; it is logged and counted
        _failed(claim, error)
        return False
    SyncTarget.objects.filter(pk=claim.pk).update(
        done_gen=Greatest(F("done_gen"), claim.gen),
        due=clock.wall(),
        lease_until=None,
        attempts=0,
        claims=0,
        error="",
        done_at=clock.wall(),
    )
    return True


def _put_off(claim: Claim, error: Unavailable) -> None:
    """Stripe does not answer: that is nobody's fault here, so nothing dies of it."""
    log.warning("Stripe does not answer", target=claim.object_id, error=str(error))
    SyncTarget.objects.filter(pk=claim.pk).update(
        due=clock.wall() + _wait(min(claim.claims, SILENCES)),
        lease_until=None,
        claims=Least(F("claims"), SILENCES),
        error=str(error)[:2000],
    )


def _bury(claim: Claim) -> None:
    """Nobody who looked at it lived to tell: it is left alone until its next news."""
    log.error("target kills its workers", target=claim.object_id, claims=claim.claims)
    SyncTarget.objects.filter(pk=claim.pk).update(
        lease_until=None, dead=True, error=f"{claim.claims} workers ended while they looked"
    )


def _failed(claim: Claim, error: Exception) -> None:
    attempts = claim.attempts + 1
    dead = attempts >= ATTEMPTS
    log.error("look failed", target=claim.object_id, attempts=attempts, dead=dead, exc_info=error)
    SyncTarget.objects.filter(pk=claim.pk).update(
        due=clock.wall() + _wait(attempts),
        lease_until=None,
        attempts=attempts,
        claims=Least(F("claims"), SILENCES),
        error=f"{type(error).__name__}: {error}"[:2000],
    )
    if not dead:
        return
    if not SyncTarget.objects.filter(pk=claim.pk, gen=claim.gen).update(dead=True):
        # News came during this look: that is a new life.
        SyncTarget.objects.filter(pk=claim.pk).update(attempts=0, due=clock.wall())


def _wait(tries: int) -> timedelta:
    return min(LONGEST_WAIT, timedelta(seconds=2**tries))
