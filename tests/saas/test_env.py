"""The environment: every fault at once, no development default in production, all documented."""

import json
import re
from pathlib import Path

import pytest

from saas.env import (
    SANDBOX_KEY,
    STRIPE_API,
    Environment,
    EnvironmentFaults,
    production_faults,
    read_environment,
)

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = [name.upper() for name in Environment.model_fields]


@pytest.fixture(autouse=True)
def _an_empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def test_production_with_nothing_set_names_every_fault_at_once() -> None:
    with pytest.raises(EnvironmentFaults) as told:
        read_environment()

    for name in (
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRETS",
        "BASE_URL",
        "ALLOWED_HOSTS",
        "DEPLOYMENT",
        "EMAIL_URL",
    ):
        assert f"- {name}:" in str(told.value)


def test_unreadable_values_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("TRUSTED_PROXIES", "-1")
    monkeypatch.setenv("LOG_FORMAT", "xml")
    monkeypatch.setenv("BASE_URL", "nope")
    monkeypatch.setenv("EMAIL_URL", "foo")

    with pytest.raises(EnvironmentFaults) as told:
        read_environment()

    assert {"PORT", "TRUSTED_PROXIES", "LOG_FORMAT", "BASE_URL", "EMAIL_URL"} <= set(
        re.findall(r"- ([A-Z_]+):", str(told.value))
    )


def test_development_needs_nothing_and_talks_to_the_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEBUG", "1")

    env = read_environment()

    assert env.uses_sandbox
    assert env.stripe_secret_key.get_secret_value() == SANDBOX_KEY
    assert env.stripe_api_base == env.sandbox_url == "http://localhost:8001"
    assert env.base_url == "http://localhost:8000"


def test_a_key_leads_to_stripe_unless_another_place_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_" + "x" * 24)

    assert read_environment().stripe_api_base == STRIPE_API

    monkeypatch.setenv("STRIPE_API_BASE", "http://127.0.0.1:9")
    assert read_environment().stripe_api_base == "http://127.0.0.1:9"


def test_a_whole_production_environment_has_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SECRET_KEY": "k" * 50,
        "DATABASE_URL": "postgresql://db/chapterhouse",
        "REDIS_URL": "redis://redis/0",
        "STRIPE_SECRET_KEY": "sk_live_" + "x" * 24,
        "STRIPE_WEBHOOK_SECRETS": "whsec_new, whsec_old",
        "BASE_URL": "https://chapterhouse.example/",
        "ALLOWED_HOSTS": "chapterhouse.example",
        "DEPLOYMENT": "production",
        "EMAIL_URL": "smtps://mail.example",
    }.items():
        monkeypatch.setenv(name, value)

    env = read_environment()

    assert production_faults(env) == []
    assert env.webhook_secrets == ("whsec_new", "whsec_old")
    assert env.base_url == "https://chapterhouse.example"


def test_a_running_stack_fills_in_what_the_shell_leaves_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stack = {
        "debug": True,
        "database_url": "postgresql://here/db",
        "base_url": "http://localhost:8123",
        "webhook_secrets": ["whsec_one", "whsec_two"],
    }
    (tmp_path / "serve.json").write_text(json.dumps(stack))
    monkeypatch.setenv("BASE_URL", "http://localhost:9000")

    env = read_environment()

    assert env.debug
    assert env.database_url == "postgresql://here/db"
    assert env.base_url == "http://localhost:9000"
    assert env.webhook_secrets == ("whsec_one", "whsec_two")


def test_a_deployment_never_reads_what_a_development_stack_left_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Red without the look at DATABASE_URL in ``_running_stack``."""
    (tmp_path / "serve.json").write_text(json.dumps({"debug": True, "base_url": "http://x"}))
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/chapterhouse")

    with pytest.raises(EnvironmentFaults):
        read_environment()


def test_every_variable_is_in_the_table_of_the_readme() -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert sorted(table) == sorted(NAMES)
