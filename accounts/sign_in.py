"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest

from accounts.actions.devices import end_session
from accounts.actors import of_request

NOWHERE = "0.0.0.0"  # noqa: S104 -- no address that anybody listens on
"""The address of who came over no network, such as through a socket of this machine."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Sign-in by address, on the base URL of this deployment, seen from behind our proxies."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that rate limits count; the middleware knows the proxies."""
        known = getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", "")
        return known or NOWHERE

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of allauth's mails with the words that every mail of ours knows."""
        super().send_mail(template_prefix, email, {"base_url": settings.BASE_URL, **context})


class DevicesAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Ends sessions the way everything here is done: by an action that the log tells of."""

    def end_sessions(self, sessions: list[UserSession]) -> None:
        """End them, each for the person who asks."""
        for session in sessions:
            end_session(session=session, actor=of_request(context.request))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth publishes no types
    """The names that authenticator apps and passkeys begin with."""

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """Return a name for one more passkey, told apart by its number."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def get_totp_label(self, user: Any) -> str:
        """Return the person's address."""
        return str(user.email)
