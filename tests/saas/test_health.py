"""Liveness, readiness, and the checks of a deployment."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from celery.signals import beat_init, worker_ready
from django.conf import settings as configured
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from pytest_django import Settings

from saas import checks, doctor, health, tasks
from saas.health import WORKER_PULSE, pulse
from tests.sandbox_control import the_sandbox

pytestmark = pytest.mark.django_db
CACHE_TABLE = str(configured.CACHES["default"]["LOCATION"])


@pytest.fixture(autouse=True)
def _no_pulse() -> None:
    cache.clear()


def test_liveness_asks_nothing_and_nobody(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["somewhere.else"]

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_readiness_names_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert set(answer.json()["missing"]) == {"worker"}


def test_it_is_ready_once_a_worker_has_reported(client: Client) -> None:
    pulse(WORKER_PULSE)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": {}})


def test_a_load_balancer_asks_for_database_and_migrations_only(
    client: Client, settings: Settings
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    assert client.get("/readyz?for=web").status_code == 200
    assert "broker" in client.get("/readyz").json()["missing"]


def test_before_the_first_migration_it_says_so_and_breaks_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """The table of pulses is not there yet; the broker is asked all the same.

    Red without ``NEEDS`` in ``readiness``.
    """
    monkeypatch.setattr(health, "_migrated", False)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {connection.ops.quote_name(CACHE_TABLE)}")
        cursor.execute("ALTER TABLE django_migrations RENAME TO not_yet_migrated")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert set(answer.json()["missing"]) == {"migrations", "broker"}
    assert "run manage.py migrate" in answer.json()["missing"]["migrations"]
    assert set(client.get("/readyz?for=web").json()["missing"]) == {"migrations"}


def test_a_pulse_that_stopped_is_told() -> None:
    cache.set(WORKER_PULSE, 0.0, timeout=60)

    assert "silent" in health.readiness()["worker"]


def test_the_doctor_examines_all_and_names_cures(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="need a cure"):
        call_command("doctor")

    told = capsys.readouterr().out
    for what in ("database", "migrations", "broker", "worker", "beat", "stripe", "webhooks"):
        assert what in told
    assert "→ Run `celery -A saas worker`." in told


def test_the_doctor_reminds_of_what_only_a_person_can_see_at_stripe() -> None:
    """Red without ``dunning`` in ``CHECKS``: our ladder needs subscriptions left past due."""
    (reminder,) = [finding for finding in doctor.examine() if finding.what == "dunning"]

    assert (reminder.is_well, reminder.cure) == (True, "")
    assert "past due" in reminder.words


def told_of_a_database(url: str) -> dict[str, str]:
    """What a doctor in a process of its own says of each part; it ends with how many are ill."""
    run = subprocess.run(  # our own command
        [sys.executable, "manage.py", "doctor"],
        cwd=configured.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "need a cure" in run.stderr
    lines = [line.split(maxsplit=2) for line in run.stdout.splitlines() if line[:3].strip()]
    return {what: f"{mark} {words}" for mark, what, words in lines}


NEEDING_ROWS = ("worker", "beat", "deployment", "webhooks", "prices")


def test_the_doctor_has_a_line_for_each_part_while_the_database_is_down() -> None:
    """Red without ``_in_the_way``."""
    told = told_of_a_database("postgres://nobody@127.0.0.1:1/nothing")

    assert set(told) == set(doctor.CHECKS)
    assert told["database"].startswith("ILL does not answer")
    for what in ("migrations", *NEEDING_ROWS):
        assert told[what] == "ILL not asked: the database does not answer"
    assert told["broker"] == "ok answers"


def test_the_doctor_has_a_line_for_each_part_before_the_first_migration() -> None:
    """In a database that has no table of ours. Red without ``_in_the_way``."""
    url = urlsplit(os.environ["DATABASE_URL"])

    told = told_of_a_database(url._replace(path="/postgres").geturl())

    assert set(told) == set(doctor.CHECKS)
    assert (told["database"], told["broker"]) == ("ok answers", "ok answers")
    assert "pending; run manage.py migrate" in told["migrations"]
    for what in NEEDING_ROWS:
        assert told[what] == "ILL not asked: migrations are pending"


def test_the_doctor_goes_on_when_one_question_breaks() -> None:
    """Red without ``DatabaseError`` in ``_asked``."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {connection.ops.quote_name(CACHE_TABLE)}")

    found = {finding.what: finding for finding in doctor.examine()}

    assert set(found) == set(doctor.CHECKS)
    assert (found["database"].is_well, found["broker"].is_well) == (True, True)
    assert found["worker"].words.startswith("cannot be asked")


def test_the_doctor_is_content_when_everything_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    the_sandbox().reset()
    call_command("plans", "push")
    for part_begins in (worker_ready, beat_init):
        part_begins.send(sender=tasks)

    call_command("doctor")

    assert "ILL" not in capsys.readouterr().out


def test_checks_tell_what_a_deployment_would_trip_over(settings: Settings) -> None:
    settings.STRIPE_HOSTED_ORIGINS = ["https://checkout.stripe.com"]
    assert [found.id for found in checks.hosted_pages_are_reachable()] == ["chapterhouse.E001"]

    settings.STRIPE_LIVE_MODE, settings.BASE_URL = True, "http://plain.example"
    settings.STRIPE_WEBHOOK_SECRETS = ()
    assert [found.id for found in checks.key_and_secrets_fit()] == [
        "chapterhouse.E002",
        "chapterhouse.W001",
    ]

    settings.SECURE_SSL_REDIRECT, settings.TRUSTED_PROXIES = True, 0
    assert [found.id for found in checks.proxies_are_known()] == ["chapterhouse.W002"]
