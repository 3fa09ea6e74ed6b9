"""From a choice of plan to Stripe's payment page, and what ends the attempt."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from orgs.entitlements import Standing
from orgs.models import Organization
from orgs.models.organization import State
from orgs.policy import require
from orgs.refusals import OrganizationClosing, StandingWithholds
from subscriptions import events
from subscriptions.catalog import SOLD, TRIAL, Interval, Plan
from subscriptions.gateway.billing import SessionSeen
from subscriptions.models import BuyerLink, CheckoutAttempt, Intent, Price
from subscriptions.refusals import (
    AlreadySubscribed,
    CheckoutOver,
    NoSuchPlan,
    NothingToSell,
    NotSold,
    SeatsOutOfRange,
    TermsNotAccepted,
    TrialSpent,
)

LIFE = timedelta(hours=23)
"""Shorter than the life of an idempotency key, so no session outlives its key."""
ABANDONED = timedelta(minutes=10)
"""How old an attempt without a session must be before another may take its place."""
MOST_SEATS = 10_000
INTERVALS = frozenset(str(interval) for interval in Interval)
TERMS_REVISION = "2026-11"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be bought."""

    plan_key: str
    interval: str
    seats: int
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Orderer:
    """Who ordered, and who acts: the same person, or a buyer who came by a link."""

    user_id: int
    actor: Actor
    link: BuyerLink | None = None
    name: str = ""
    email: str = ""


@transaction.atomic
def begin_attempt(
    *, organization: Organization, choice: Choice, accepts_terms: bool, actor: Actor
) -> CheckoutAttempt:
    """Write down the organization's one attempt, or return the open one when it is for the same.

    An open attempt for another choice is returned too: whoever drives ends it first. Locks the
    organization. Refuses with NothingToSell, AlreadySubscribed, NoSuchPlan, NotSold,
    SeatsOutOfRange, TrialSpent or TermsNotAccepted.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    return write_attempt(
        organization,
        choice,
        orderer=Orderer(actor.person_id, actor),
        accepts_terms=accepts_terms,
    )


def require_sellable(organization: Organization, choice: Choice) -> None:
    """Refuse what cannot be sold to an organization now: NothingToSell, OrganizationClosing,
    StandingWithholds, AlreadySubscribed, NoSuchPlan, SeatsOutOfRange or TrialSpent.
    """
    _may_subscribe(organization)
    _plan(choice)
    _seats_fit(organization, choice.seats)
    if choice.trial and not may_try(organization):
        raise TrialSpent(field="trial")


def sold_price(choice: Choice) -> Price:
    """Return the price at which a choice is sold now. Refuses with NotSold."""
    price = Price.objects.filter(
        plan_key=choice.plan_key, interval=choice.interval, is_sold=True
    ).first()
    if price is None:
        raise NotSold
    return price


def write_attempt(
    organization: Organization, choice: Choice, *, orderer: Orderer, accepts_terms: bool
) -> CheckoutAttempt:
    """Return the open attempt, or write one; the caller holds the lock, and asked who may."""
    _may_subscribe(organization)
    if not accepts_terms:
        raise TermsNotAccepted(field="terms")
    require_sellable(organization, choice)
    attempt = organization.checkout_attempts.open().first()
    if attempt is not None and not _was_abandoned(organization, attempt):
        return attempt
    price = sold_price(choice)
    attempt = organization.checkout_attempts.create(
        begun_by_id=orderer.user_id,
        buyer_link=orderer.link,
        buyer_name=orderer.name,
        buyer_email=orderer.email,
        terms_accepted_at=clock.now(),
        terms_revision=TERMS_REVISION,
        plan_key=choice.plan_key,
        interval=choice.interval,
        seats=choice.seats,
        with_trial=choice.trial,
        price_id=price.price_id,
        expires_at=clock.now() + LIFE,
    )
    record(
        events.CheckoutBegun(
            attempt_id=attempt.pk,
            plan=choice.plan_key,
            interval=choice.interval,
            seats=choice.seats,
        ),
        actor=orderer.actor,
        organization=organization,
    )
    return attempt


@transaction.atomic
def customer_intent(organization: Organization, attempt: CheckoutAttempt) -> Intent | None:
    """Return the intent that makes the organization's customer at Stripe; there is one at a time.

    Its address is that of whoever pays, until somebody names another.

    ``None`` when it has a customer by now: asked under the lock, since another request may have
    made it after the caller looked.
    """
    organization = Organization.objects.lock(organization.pk)
    if organization.stripe_customers.filter(is_current=True).exists():
        return None
    pending = organization.intents.filter(
        kind=Intent.Kind.CREATE_CUSTOMER, state=Intent.State.PENDING
    ).first()
    if pending is not None:
        return pending
    key = f"customer-{uuid4().hex}"
    return organization.intents.create(
        kind=Intent.Kind.CREATE_CUSTOMER,
        key=key,
        parameters={
            "name": organization.display_name,
            "email": attempt.buyer_email or attempt.begun_by.email,
            "metadata": {
                "organization": organization.name,
                "organization_id": str(organization.pk),
                "deployment": settings.DEPLOYMENT,
                "intent": key,
            },
        },
    )


@transaction.atomic
def session_intent(attempt: CheckoutAttempt, *, customer_id: str) -> Intent:
    """Return the intent that opens the attempt's session, its parameters computed once and
    stored.
    """
    organization = Organization.objects.lock(attempt.organization_id)
    attempt = organization.checkout_attempts.get(pk=attempt.pk)
    if attempt.state != CheckoutAttempt.State.OPEN:
        raise CheckoutOver
    existing = attempt.intents.filter(kind=Intent.Kind.OPEN_SESSION).first()
    if existing is not None:
        return existing
    attempt.customer_id = customer_id
    attempt.parameters = session_parameters(attempt, organization)
    attempt.save(update_fields=["customer_id", "parameters"])
    return organization.intents.create(
        kind=Intent.Kind.OPEN_SESSION, attempt=attempt, key=f"session-{attempt.pk}-{uuid4().hex}"
    )


@transaction.atomic
def expiry_intent(attempt: CheckoutAttempt) -> Intent:
    """Return the intent that ends the attempt's session at Stripe; there is one at a time."""
    Organization.objects.lock(attempt.organization_id)
    pending = attempt.intents.filter(
        kind=Intent.Kind.EXPIRE_SESSION, state=Intent.State.PENDING
    ).first()
    if pending is not None:
        return pending
    return attempt.organization.intents.create(
        kind=Intent.Kind.EXPIRE_SESSION, attempt=attempt, key=f"expire-{attempt.pk}-{uuid4().hex}"
    )


def is_what_is_sold(attempt: CheckoutAttempt, choice: Choice) -> bool:
    """Whether an attempt is for this choice, at the price for which it is sold now."""
    sold = Price.objects.filter(
        plan_key=choice.plan_key, interval=choice.interval, is_sold=True
    ).first()
    asked = (attempt.seats, attempt.with_trial) == (choice.seats, choice.trial)
    return sold is not None and attempt.price_id == sold.price_id and asked


def may_try(organization: Organization) -> bool:
    """Whether the organization never had a trial; it is spent once Stripe shows one."""
    return organization.is_company and not organization.subscriptions.tried().exists()


def close_attempt(organization: Organization, session: SessionSeen) -> None:
    """End the attempt whose session Stripe has ended; the caller holds the organization's lock."""
    if session.status not in (CheckoutAttempt.State.COMPLETE, CheckoutAttempt.State.EXPIRED):
        return
    attempt = organization.checkout_attempts.open().filter(session_id=session.session_id).first()
    if attempt is not None:
        end_attempt(organization, attempt, session.status)


def end_attempt(organization: Organization, attempt: CheckoutAttempt, outcome: str) -> None:
    """End an open attempt, and tell it; the caller holds the organization's lock. Twice is once."""
    if attempt.state != CheckoutAttempt.State.OPEN:
        return
    attempt.state, attempt.ended_at = outcome, clock.now()
    attempt.save(update_fields=["state", "ended_at"])
    record(
        events.CheckoutEnded(attempt_id=attempt.pk, plan=attempt.plan_key, outcome=outcome),
        actor=SYSTEM,
        organization=organization,
    )


def session_parameters(attempt: CheckoutAttempt, organization: Organization) -> dict[str, object]:
    """Return everything a session states; nothing is left to a default at Stripe."""
    back = f"{settings.BASE_URL}/orgs/{organization.name}/billing/"
    success = f"{back}return/"
    if attempt.buyer_link is not None:
        back = success = attempt.buyer_link.address
    marks = {
        "organization_id": str(organization.pk),
        "attempt": str(attempt.pk),
        "deployment": settings.DEPLOYMENT,
    }
    return {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "customer": attempt.customer_id,
        "client_reference_id": str(organization.pk),
        "line_items": [{"price": attempt.price_id, "quantity": attempt.seats}],
        "payment_method_types": ["card"],
        "payment_method_collection": "always",
        "adaptive_pricing": {"enabled": False},
        "allow_promotion_codes": True,
        "billing_address_collection": "required",
        "customer_update": {"address": "auto", "name": "auto"},
        "tax_id_collection": {"enabled": True},
        "subscription_data": {
            "billing_mode": {"type": "flexible"},
            "metadata": marks,
            **(_on_trial() if attempt.with_trial else {}),
        },
        "metadata": marks,
        "expires_at": int(attempt.expires_at.timestamp()),
        "success_url": success,
        "cancel_url": f"{back}?canceled=1",
    }


def _on_trial() -> dict[str, object]:
    """The card is collected at once; a trial without one ends by itself."""
    return {
        "trial_period_days": TRIAL.days,
        "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
    }


def _may_subscribe(organization: Organization) -> None:
    if not organization.is_company:
        raise NothingToSell
    if organization.state != State.OPEN:
        raise OrganizationClosing
    if organization.entitlements.holding().standing == Standing.SUSPENDED:
        raise StandingWithholds(reason="standing_suspended")
    if organization.subscriptions.live().exists():
        raise AlreadySubscribed


def _was_abandoned(organization: Organization, attempt: CheckoutAttempt) -> bool:
    """End an attempt that died before Stripe could hear of it; the caller holds the lock."""
    heard_of = bool(attempt.session_id) or attempt.intents.exists()
    if heard_of or clock.now() - attempt.begun_at < ABANDONED:
        return False
    end_attempt(organization, attempt, CheckoutAttempt.State.EXPIRED)
    return True


def _plan(choice: Choice) -> Plan:
    for plan in SOLD:
        if plan.key == choice.plan_key and choice.interval in INTERVALS:
            return plan
    raise NoSuchPlan(field="plan")


def _seats_fit(organization: Organization, seats: int) -> None:
    taken = organization.seats_taken
    if seats < taken:
        raise SeatsOutOfRange(
            f"{taken} people take a seat now, so buy at least {taken}.", field="seats"
        )
    if not 1 <= seats <= MOST_SEATS:
        raise SeatsOutOfRange(f"Choose between 1 and {MOST_SEATS:,} seats.", field="seats")
