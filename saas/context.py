"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def place(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 -- a context processor's signature
    """Say whether this is a development stack, and where its sandbox is."""
    return {
        "is_development": settings.DEBUG,
        "sandbox_url": settings.SANDBOX_URL if settings.USES_SANDBOX else "",
    }
