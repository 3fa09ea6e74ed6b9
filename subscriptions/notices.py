"""Which event of the money side mails whom. One function for each mail; each may run twice."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from audit.mail import send_once
from audit.models import AuditEvent
from orgs.matrix import MATRIX
from orgs.models import Organization
from subscriptions.models import Subscription


def tell_payers_of_failure(event: AuditEvent) -> None:
    """Tell everybody who may see to it that a payment failed, and until when all stays open."""
    _tell_payers(event, "payment_failed")


def warn_payers(event: AuditEvent) -> None:
    """Warn everybody who may see to it on a day of the ladder; who paid meanwhile hears nothing."""
    row = Subscription.objects.filter(subscription_id=event.facts["subscription"]).first()
    if row is not None and row.failing_since is not None:
        _tell_payers(event, "grace_warning")


def _tell_payers(event: AuditEvent, mail: str) -> None:
    if event.organization_id is None:
        return
    organization = Organization.objects.get(pk=event.organization_id)
    payers = User.objects.filter(
        memberships__organization=organization,
        memberships__role__in=MATRIX["billing:manage"].roles,
        is_active=True,
    )
    route = reverse("subscriptions:billing", kwargs={"name": organization.name})
    ends = datetime.fromisoformat(event.facts["grace_ends"])
    context = {
        "organization": organization,
        "grace_ends": ends,
        "days_left": max(0, (ends - event.at).days),
        "has_ended": _has_ended(event.facts["subscription"]),
        "url": f"{settings.BASE_URL}{route}",
    }
    for payer in payers.order_by("pk"):
        send_once(f"{event.pk}:user:{payer.pk}", payer.email, mail, context)


def _has_ended(subscription_id: str) -> bool:
    """Whether Stripe gave it up: its invoice is not waited for any more, a plan is chosen anew."""
    row = Subscription.objects.filter(subscription_id=subscription_id).first()
    return row is not None and not row.is_live
