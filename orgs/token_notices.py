"""Mails about the tokens of organizations. One function for each mail; each may run twice."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from audit.mail import send_to_each
from audit.models import AuditEvent
from orgs.models import Organization, ServiceToken
from orgs.roles import Role
from orgs.service_scopes import ServiceScope


def tell_owners_of_new_token(event: AuditEvent) -> None:
    """Tell every owner, also the one who made it: whoever took over their account may have."""
    context = {
        "actor": event.words.get("actor", "Somebody"),
        "abilities": [ServiceScope(scope).label for scope in event.facts["scopes"]],
        "until": datetime.fromisoformat(event.facts["expires_at"]),
    }
    _tell_owners(event, "service_token_made", context)


def tell_owners_of_reported_token(event: AuditEvent) -> None:
    """Tell every owner that a token was found where others can read it, and opens nothing now."""
    context = {"found_at": event.words.get("url", ""), "at": event.recorded_at}
    _tell_owners(event, "service_token_reported", context)


def _tell_owners(event: AuditEvent, mail: str, context: dict[str, Any]) -> None:
    token = ServiceToken.objects.get(pk=event.facts["token_id"])
    organization = Organization.objects.get(pk=token.organization_id)
    page = reverse("orgs:tokens", kwargs={"name": organization.name})
    known = {
        "organization": organization,
        "token": token,
        "url": f"{settings.BASE_URL}{page}",
        **context,
    }
    owners = User.objects.filter(
        memberships__organization=organization, memberships__role=Role.OWNER, is_active=True
    )
    send_to_each(f"{event.pk}:owner", owners.order_by("pk"), mail, known)
