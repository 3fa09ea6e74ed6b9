"""Ending a subscription at the end of its period, taking that back, and staff who end it now."""

from typing import Any
from uuid import uuid4

from django.db import transaction

from audit.record import record
from kernel.actor import Actor
from orgs.models import Organization
from orgs.policy import require, require_staff
from subscriptions import events
from subscriptions.actions.changes import billing_page
from subscriptions.actions.staff import a_reason
from subscriptions.models import Intent, Subscription
from subscriptions.refusals import ChangeUnderWay, NothingRuns

AT_PERIOD_END, NOT_AT_ALL, NOW = "period_end", "resume", "now"
"""What is asked of Stripe."""


@transaction.atomic
def begin_canceling(
    *, organization: Organization, subscription_id: str, actor: Actor
) -> Intent | None:
    """Write down that a subscription shall end with its period; ``None`` when it does already.

    Never gated by standing. Locks the organization. Refuses with NothingRuns or ChangeUnderWay.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    subscription = _running(organization, subscription_id)
    if subscription.ends_at is not None:
        return None
    record(
        events.CancellationAsked(subscription=subscription.subscription_id),
        actor=actor,
        organization=organization,
    )
    return _intent(subscription, AT_PERIOD_END)


@transaction.atomic
def begin_resuming(
    *, organization: Organization, subscription_id: str, actor: Actor
) -> Intent | None:
    """Write down that a subscription shall go on after all; ``None`` when it does already.

    Locks the organization. Refuses with NothingRuns or ChangeUnderWay.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    subscription = _running(organization, subscription_id)
    if subscription.ends_at is None:
        return None
    record(
        events.ResumptionAsked(subscription=subscription.subscription_id),
        actor=actor,
        organization=organization,
    )
    return _intent(subscription, NOT_AT_ALL)


@transaction.atomic
def begin_ending_now(
    *, organization: Organization, subscription_id: str, reason: str, actor: Actor
) -> Intent:
    """Let staff end a subscription at once; what is unused is credited.

    Locks the organization. Refuses with NothingRuns, ChangeUnderWay or Invalid.
    """
    require_staff(actor, "money:change")
    organization = Organization.objects.lock(organization.pk)
    reason = a_reason(reason)
    subscription = _running(organization, subscription_id)
    record(
        events.EndedByStaff(subscription=subscription.subscription_id, why=reason),
        actor=actor,
        organization=organization,
    )
    return _intent(subscription, NOW)


def _running(organization: Organization, subscription_id: str) -> Subscription:
    """Return a live subscription of the organization that nothing is on its way for."""
    found = organization.subscriptions.live().filter(subscription_id=subscription_id).first()
    if found is None:
        raise NothingRuns(remedy=billing_page(organization, "Look at it"))
    pending = organization.intents.filter(
        kind=Intent.Kind.END_SUBSCRIPTION,
        state=Intent.State.PENDING,
        parameters__subscription=subscription_id,
    )
    if found.changes.open().exists() or pending.exists():
        raise ChangeUnderWay(remedy=billing_page(organization, "Look at it"))
    return found


def _intent(subscription: Subscription, end: str) -> Intent:
    parameters: dict[str, Any] = {
        "subscription": subscription.subscription_id,
        "customer": subscription.customer_id,
        "end": end,
    }
    return subscription.organization.intents.create(
        kind=Intent.Kind.END_SUBSCRIPTION, key=f"end-{uuid4().hex}", parameters=parameters
    )
