"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Sign-in by address, on the base URL of this deployment, seen from behind our proxies."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that rate limits count; the middleware knows the proxies."""
        return getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's mails with the words that every mail of ours knows."""
        super().send_mail(template_prefix, email, {"base_url": settings.BASE_URL, **context})


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth publishes no types
    """The name that authenticator apps show."""

    def get_totp_label(self, user: Any) -> str:
        """Return the person's address."""
        return str(user.email)
