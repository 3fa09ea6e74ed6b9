"""Liveness, readiness, and the checks of a deployment."""

from datetime import timedelta

import pytest
import time_machine
from celery.signals import beat_init, worker_ready
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import Settings

from kernel import clock
from saas import checks, health, tasks
from saas.doctor import _log
from saas.health import WORKER_PULSE, pulse
from tests.builders import an_organization
from tests.sandbox_control import the_sandbox

pytestmark = pytest.mark.django_db


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


def test_the_doctor_tells_when_the_log_is_not_sealed() -> None:
    """Red without ``SEAL_WAITS`` in ``saas.doctor._log``."""
    an_organization()
    assert _log().is_well, "what was just written is sealed by the next beat"

    with time_machine.travel(clock.wall() + timedelta(minutes=11)):
        finding = _log()

    assert not finding.is_well
    assert "wait for their seal" in finding.words


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
