"""Whether the service can do its work: database, migrations, broker, a worker."""

import time
from datetime import timedelta

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from kernel import clock

WORKER_PULSE = "worker-pulse"
BEAT_PULSE = "beat-pulse"
PULSE_LIFE = timedelta(seconds=60)

NEEDS = {"migrations": {"database"}, "worker": {"database", "migrations"}}
"""What a part cannot be asked about without; the pulses of workers are in a table."""

_migrated = False


def readiness(*, for_web: bool = False) -> dict[str, str]:
    """Name what is missing, each with what is wrong; nothing missing is ready.

    What needs a missing part is not asked. ``for_web`` asks what a load balancer cares about:
    database and migrations.
    """
    checks = {"database": _database, "migrations": _migrations}
    if not for_web:
        checks |= {"broker": broker_fault, "worker": worker_fault}
    missing: dict[str, str] = {}
    for name, check in checks.items():
        if missing.keys() & NEEDS.get(name, set()):
            continue
        if fault := check():
            missing[name] = fault
    return missing


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        return f"does not answer ({type(error).__name__})"
    return ""


def _migrations() -> str:
    """Ask once, and again until none is pending: a migrated database does not go back."""
    global _migrated
    if _migrated:
        return ""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _migrated = not pending
    return f"{len(pending)} pending; run manage.py migrate" if pending else ""


def broker_fault() -> str:
    """Say what is wrong with the broker, if anything."""
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=1) as broker:  # type: ignore[no-untyped-call]  # kombu's
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OperationalError, redis.RedisError, OSError) as error:
        return f"does not answer ({type(error).__name__})"
    return ""


def worker_fault() -> str:
    """Say what is wrong with the workers, if anything."""
    seen = cache.get(WORKER_PULSE)
    if seen is None:
        return "none has reported; run celery -A saas worker"
    age = time.time() - float(seen)
    return "" if age < PULSE_LIFE.total_seconds() else f"silent for {int(age)} s"


def beat_fault() -> str:
    """Say what is wrong with the beat, if anything."""
    seen = cache.get(BEAT_PULSE)
    if seen is None:
        return "none has reported; run celery -A saas beat"
    age = clock.wall().timestamp() - float(seen)
    return "" if age < PULSE_LIFE.total_seconds() else f"silent for {int(age)} s"


def pulse(name: str) -> None:
    """Note that a part lives."""
    cache.set(name, time.time(), timeout=int(PULSE_LIFE.total_seconds()) * 10)
