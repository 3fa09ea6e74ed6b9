"""Which event of the money side mails whom. One function for each mail; each may run twice."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from audit.mail import send_once
from audit.models import AuditEvent
from orgs.matrix import MATRIX
from orgs.models import Organization
from subscriptions.events import HoldPlaced
from subscriptions.models import Grant, Hold, Subscription
from subscriptions.models.grant import GrantKind
from subscriptions.models.hold import HoldSource


def tell_payers_of_failure(event: AuditEvent) -> None:
    """Tell everybody who may see to it that a payment failed, and until when all stays open."""
    _tell_payers(event, "payment_failed")


def warn_payers(event: AuditEvent) -> None:
    """Warn everybody who may see to it on a day of the ladder; who paid meanwhile hears nothing."""
    row = Subscription.objects.filter(subscription_id=event.facts["subscription"]).first()
    if row is not None and row.failing_since is not None:
        _tell_payers(event, "grace_warning")


def warn_of_the_term(event: AuditEvent) -> None:
    """Tell whoever may confirm a grant that it ends; once confirmed, nobody hears of the old
    end.
    """
    grant = Grant.objects.unended().filter(pk=event.facts["grant_id"]).first()
    until = datetime.fromisoformat(event.facts["until"])
    if grant is None or grant.until != until or event.organization_id is None:
        return
    organization = Organization.objects.get(pk=event.organization_id)
    context = {
        "organization": organization,
        "until": until,
        "grace_ends": datetime.fromisoformat(event.facts["grace_ends"]),
        "has_ended": until <= event.at,
        "is_contract": grant.kind == GrantKind.CONTRACT,
        "url": _billing_page(organization),
    }
    for payer in _payers(organization):
        send_once(f"{event.pk}:user:{payer.pk}", payer.email, "term_warning", context)


def tell_of_a_hold(event: AuditEvent) -> None:
    """Tell owners and billing managers that the organization is suspended, or is no more, and why.

    A hold that was lifted before its mail went out is told as lifted only.
    """
    if event.organization_id is None:
        return
    placed = event.name == HoldPlaced.name
    if placed and not Hold.objects.standing().filter(pk=event.facts["hold_id"]).exists():
        return
    organization = Organization.objects.get(pk=event.organization_id)
    context = {
        "organization": organization,
        "why": event.facts["why"],
        "is_dispute": event.facts["source"] == HoldSource.DISPUTE,
        "url": _billing_page(organization),
    }
    mail = "organization_suspended" if placed else "organization_resumed"
    for payer in _payers(organization):
        send_once(f"{event.pk}:user:{payer.pk}", payer.email, mail, context)


def tell_of_trials_end(event: AuditEvent) -> None:
    """Tell whoever pays that a trial ends; whoever canceled meanwhile hears nothing."""
    row = Subscription.objects.filter(subscription_id=event.facts["subscription"]).first()
    if row is None or not row.is_trial or row.ends_at or event.organization_id is None:
        return
    organization = Organization.objects.get(pk=event.organization_id)
    context = {
        "organization": organization,
        "ends": datetime.fromisoformat(event.facts["until"]),
        "due": event.facts["due"],
        "url": _billing_page(organization),
    }
    for payer in _payers(organization):
        send_once(f"{event.pk}:user:{payer.pk}", payer.email, "trial_ending", context)


def _tell_payers(event: AuditEvent, mail: str) -> None:
    if event.organization_id is None:
        return
    organization = Organization.objects.get(pk=event.organization_id)
    ends = datetime.fromisoformat(event.facts["grace_ends"])
    context = {
        "organization": organization,
        "grace_ends": ends,
        "days_left": max(0, (ends - event.at).days),
        "has_ended": _has_ended(event.facts["subscription"]),
        "url": _billing_page(organization),
    }
    for payer in _payers(organization):
        send_once(f"{event.pk}:user:{payer.pk}", payer.email, mail, context)


def _payers(organization: Organization) -> QuerySet[User]:
    return User.objects.filter(
        memberships__organization=organization,
        memberships__role__in=MATRIX["billing:manage"].roles,
        is_active=True,
    ).order_by("pk")


def _billing_page(organization: Organization) -> str:
    route = reverse("subscriptions:billing", kwargs={"name": organization.name})
    return f"{settings.BASE_URL}{route}"


def _has_ended(subscription_id: str) -> bool:
    """Whether Stripe gave it up: its invoice is not waited for any more, a plan is chosen anew."""
    row = Subscription.objects.filter(subscription_id=subscription_id).first()
    return row is not None and not row.is_live
