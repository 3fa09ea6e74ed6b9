"""System checks: faults of configuration that a deployment should hear of before its users do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security)
def hosted_pages_are_reachable(**_: Any) -> list[CheckMessage]:
    """The browser must be allowed to follow a form to Stripe's pages."""
    allowed = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]
    missing = [origin for origin in settings.STRIPE_HOSTED_ORIGINS if origin not in allowed]
    if not missing:
        return []
    return [
        Error(
            f"Content-Security-Policy's form-action lacks {', '.join(missing)}.",
            hint="Chromium blocks the way from our checkout button to Stripe without it.",
            id="chapterhouse.E001",
        )
    ]


@register(Tags.security)
def key_and_secrets_fit(**_: Any) -> list[CheckMessage]:
    """A live key over plain HTTP, or without a webhook secret, is a fault."""
    found: list[CheckMessage] = []
    if settings.STRIPE_LIVE_MODE and not settings.BASE_URL.startswith("https://"):
        found.append(
            Error(
                "A live Stripe key is used while BASE_URL is not https.",
                hint="Set BASE_URL to the https address of this service, or use a test key.",
                id="chapterhouse.E002",
            )
        )
    if not settings.STRIPE_WEBHOOK_SECRETS:
        found.append(
            Warning(
                "No webhook secret is set: every event from Stripe is refused.",
                hint="Set STRIPE_WEBHOOK_SECRETS to the endpoint's signing secret.",
                id="chapterhouse.W001",
            )
        )
    return found


@register(Tags.security)
def proxies_are_known(**_: Any) -> list[CheckMessage]:
    """Behind TLS there is nearly always a proxy; without knowing it, redirects loop and limits
    count it.
    """
    if settings.SECURE_SSL_REDIRECT and not settings.TRUSTED_PROXIES:
        return [
            Warning(
                "BASE_URL is https but TRUSTED_PROXIES is 0.",
                hint="If a proxy ends TLS, set TRUSTED_PROXIES to how many stand in front.",
                id="chapterhouse.W002",
            )
        ]
    return []
