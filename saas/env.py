"""The environment, typed: every variable the service reads, its default and what it means.

All faults are reported at once. With ``DEBUG`` off a development default is a fault too. What is
not given is looked up in ``DATA_DIR/serve.json``, where a running ``make serve`` says what it
chose.
"""

import json
import os
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

SANDBOX_KEY = "sk_test_chapterhousesandbox00000"
DEVELOPMENT_SECRET = "development-only-" + "0" * 40
STRIPE_API = "https://api.stripe.com"


class EnvironmentFaults(SystemExit):
    """The environment cannot be used; the message lists every fault with its cure."""


class Environment(BaseSettings):
    """What the surroundings say. Names of the fields in capitals are the variables' names."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False, secrets_dir=None)

    debug: bool = Field(False, description="Development mode; `make` sets it. Never in production.")
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="Signs sessions and links; 50 random characters."
    )
    secret_key_fallbacks: str = Field(
        "", description="Comma-separated old secret keys, accepted while they are rotated out."
    )
    deployment: str = Field(
        "development",
        description="Name of this deployment; a copy of its database under another name writes"
        " nothing to Stripe.",
    )
    data_dir: Path = Field(
        Path(".data"), description="Where the embedded servers keep their files."
    )

    database_url: str = Field("", description="PostgreSQL. Unset: an embedded one.")
    redis_url: str = Field("", description="Redis, the broker and cache. Unset: an embedded one.")
    broker_url: str = Field(
        "", description="Another Celery broker, such as RabbitMQ. Unset: REDIS_URL."
    )

    stripe_secret_key: SecretStr = Field(
        SecretStr(""), description="Stripe's secret or restricted key. Unset: the sandbox Stripe."
    )
    stripe_api_base: str = Field(
        "",
        description="Where Stripe's API is reached. Unset: the sandbox without a key, else Stripe.",
    )
    stripe_webhook_secrets: str = Field(
        "",
        description="Comma-separated signing secrets of the endpoint; several while rotating.",
    )
    stripe_hosted_hosts: str = Field(
        "",
        description="Comma-separated own domains for Stripe's hosted pages, if there are any.",
    )

    port: int = Field(8000, ge=1, le=65535, description="Port of the web server.")
    sandbox_port: int = Field(8001, ge=1, le=65535, description="Port of the sandbox Stripe.")
    sandbox_url: str = Field("", description="The sandbox's control API and hosted pages.")
    sandbox_webhook_url: str = Field("", description="Where the sandbox delivers its webhooks.")
    base_url: str = Field(
        "", description="How people reach the service, without a slash at the end."
    )
    allowed_hosts: str = Field("", description="Comma-separated host names the service answers to.")
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="How many proxies in front set X-Forwarded-For and -Proto."
    )

    email_url: str = Field(
        "",
        description="smtp://user:password@host:587 (or smtps://…). Unset: mail goes to files.",
    )
    email_from: str = Field(
        "Chapterhouse <hello@chapterhouse.example>", description="Sender of all mail."
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="How log lines are written."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least serious line that is logged."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment only; an empty variable counts as unset."""
        return (init_settings, env_settings)

    @field_validator("base_url", "sandbox_url", "sandbox_webhook_url", "stripe_api_base")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        """Refuse what no browser could open."""
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value

    @field_validator("email_url")
    @classmethod
    def _is_a_mail_server(cls, value: str) -> str:
        """Refuse what names no mail server."""
        if value and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("must look like smtp://user:password@host:587, or smtps://…")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Fill in what one value implies for another."""
        if not self.base_url:
            self.base_url = f"http://localhost:{self.port}"
        self.base_url = self.base_url.rstrip("/")
        if not self.sandbox_url:
            self.sandbox_url = f"http://localhost:{self.sandbox_port}"
        if not self.stripe_secret_key.get_secret_value():
            self.stripe_secret_key = SecretStr(SANDBOX_KEY)
        if not self.stripe_api_base:
            self.stripe_api_base = self.sandbox_url if self.uses_sandbox else STRIPE_API
        return self

    @property
    def uses_sandbox(self) -> bool:
        """Whether the Stripe at the other end is the local sandbox."""
        return self.stripe_secret_key.get_secret_value() == SANDBOX_KEY

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The signing secrets, newest first."""
        return listed(self.stripe_webhook_secrets)


def listed(text: str) -> tuple[str, ...]:
    """Split a comma-separated variable, dropping blanks."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def production_faults(env: Environment) -> list[str]:
    """Name each development default that must not reach production, with its cure."""
    key = env.secret_key.get_secret_value()
    hosted = listed(env.allowed_hosts)
    wrong = (
        (key == DEVELOPMENT_SECRET or len(key) < 50, "SECRET_KEY: set 50 random characters."),
        (not env.database_url, "DATABASE_URL: not set. Name your PostgreSQL."),
        (not env.redis_url, "REDIS_URL: not set. Name your Redis."),
        (env.uses_sandbox, "STRIPE_SECRET_KEY: not set, or the sandbox's. Set Stripe's."),
        (not env.webhook_secrets, "STRIPE_WEBHOOK_SECRETS: set the endpoint's signing secret."),
        (not env.base_url.startswith("https://"), "BASE_URL: must be set, and be https."),
        (not hosted, "ALLOWED_HOSTS: not set. List the host names you serve."),
        (env.deployment == "development", "DEPLOYMENT: give this deployment its own name."),
        (not env.email_url, "EMAIL_URL: not set. Name your mail server."),
    )
    return [fault for is_wrong, fault in wrong if is_wrong]


def read_environment(**given: Any) -> Environment:
    """Read and check the environment. Raises EnvironmentFaults naming every fault at once."""
    env = well_formed_environment(**(_running_stack() | given))
    if not env.debug and (faults := production_faults(env)):
        raise EnvironmentFaults(f"{_told(faults)}\n{DEVELOPING}")
    return env


def well_formed_environment(**given: Any) -> Environment:
    """Read the environment alone, whatever runs. Raises EnvironmentFaults naming each bad value."""
    try:
        return Environment(**given)
    except ValidationError as error:
        faults = [
            f"{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors(include_input=False)
        ]
        raise EnvironmentFaults(_told(faults)) from None


def _told(faults: list[str]) -> str:
    lines = "\n".join(f"  - {fault}" for fault in faults)
    return f"The environment has {len(faults)} fault(s):\n{lines}"


DEVELOPING = "Set DEBUG=1 for development; `make serve` does, and runs everything that is missing."


RUNNING_STACK = (
    "debug", "database_url", "redis_url", "stripe_api_base", "stripe_secret_key", "sandbox_url",
    "port", "sandbox_port", "base_url", "webhook_secrets",
)  # fmt: skip


def _running_stack() -> dict[str, Any]:
    """What a running `make serve` chose, for variables that the environment leaves open.

    A named database means that somebody deployed this: then nothing is looked up.
    """
    path = Path(os.environ.get("DATA_DIR") or ".data") / "serve.json"
    if os.environ.get("DATABASE_URL") or not path.exists():
        return {}
    chosen = json.loads(path.read_text())
    if secrets := chosen.pop("webhook_secrets", None):
        chosen["stripe_webhook_secrets"] = ",".join(secrets)
    names = {*RUNNING_STACK, "stripe_webhook_secrets"}
    return {
        name: value
        for name, value in chosen.items()
        if name in names and value and not os.environ.get(name.upper())
    }
