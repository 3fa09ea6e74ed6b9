"""Doing at Stripe what was written down: committed first, called without a transaction, then
closed.

A process may die at any point between: the sweep calls again with the same key while Stripe knows
it, and looks up what became of it after that. So each intent takes effect at most once.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.actor import SYSTEM
from kernel.refusals import Unavailable
from orgs.models import Organization
from subscriptions.actions.changes import end_change
from subscriptions.actions.checkout import end_attempt, expiry_intent
from subscriptions.actions.ending import AT_PERIOD_END, NOT_AT_ALL, NOW
from subscriptions.actions.returns import end_money_back
from subscriptions.gateway import checkout
from subscriptions.gateway.billing import SessionSeen, fetch_session
from subscriptions.gateway.changes import (
    NO_END,
    change_subscription,
    end_at_once,
    fetch_subscription,
    update_customer,
)
from subscriptions.gateway.client import StripeBroke, StripeRefused
from subscriptions.gateway.returns import find_note, give_back
from subscriptions.models import CheckoutAttempt, Intent, MoneyBack, SubscriptionChange
from subscriptions.ownership import keep_customer
from subscriptions.standing import settle
from subscriptions.sync import CUSTOMER, mark_dirty, next_fence

INTERRUPTED = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=30)
NO_SESSION = SessionSeen("", "expired", "", "")
log = structlog.get_logger()


def carry_out(intent: Intent) -> None:
    """Call Stripe for a pending intent and record what it answered.

    Refuses as Stripe does; an intent that Stripe refuses for good is closed as failed, one that met
    silence stays pending for the sweep. May run twice at once: the key makes the calls one. A
    closed intent is left alone.
    """
    if intent.state != Intent.State.PENDING:
        return
    Intent.objects.filter(pk=intent.pk).update(tries=F("tries") + 1, due=clock.wall())
    try:
        CALLS[Intent.Kind(intent.kind)](intent)
    except Unavailable as error:
        wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(intent.tries, 12)))
        spoiled = intent.spoiled_keys + isinstance(error, StripeBroke)
        Intent.objects.filter(pk=intent.pk).update(
            error=str(error), due=clock.wall() + wait, spoiled_keys=spoiled
        )
        raise
    except StripeRefused as error:
        _fail(intent, str(error))
        raise


def sweep(*, age: timedelta = INTERRUPTED) -> int:
    """Finish what a crash interrupted; returns how many intents were taken up."""
    interrupted = list(Intent.objects.interrupted(age).order_by("due")[:100])
    for intent in interrupted:
        log.warning("finishing an interrupted intent", **intent.named())
        try:
            carry_out(intent)
        except (Unavailable, StripeRefused) as error:
            log.warning("intent not finished", error=str(error), **intent.named())
    return len(interrupted)


def _create_customer(intent: Intent) -> None:
    customer_id = ""
    if intent.must_look_up:
        customer_id = checkout.find_customer(
            email=intent.parameters["email"], intent_key=intent.key
        )
    if not customer_id and intent.key_is_fresh:
        customer_id = checkout.create_customer(intent.parameters, key=intent.sent_key)
    if not customer_id:
        raise StripeRefused("The customer was never made, and its key is too old to try again.")
    keep_customer(intent, customer_id)


def _open_session(intent: Intent) -> None:
    attempt = _attempt(intent)
    session = _lost_session(attempt) if intent.must_look_up else NO_SESSION
    if not session.session_id and intent.key_is_fresh:
        session = checkout.create_session(attempt.parameters, key=intent.sent_key)
        if session.status == "open":  # an answer replayed under the key may be old
            session = fetch_session(session.session_id)
    _keep_session(intent, attempt, session)


def _lost_session(attempt: CheckoutAttempt) -> SessionSeen:
    """Look for the session of an attempt whose key is too old; after 23 hours it has expired
    itself.
    """
    for row in checkout.open_sessions(attempt.customer_id):
        if (row.get("metadata") or {}).get("attempt") == str(attempt.pk):
            return SessionSeen(row["id"], row["status"], "", row.get("url") or "")
    return NO_SESSION


@transaction.atomic
def _keep_session(intent: Intent, attempt: CheckoutAttempt, session: SessionSeen) -> None:
    organization = Organization.objects.lock(intent.organization_id)
    attempt = CheckoutAttempt.objects.get(pk=attempt.pk)
    attempt.session_id, attempt.url = session.session_id, session.url
    attempt.save(update_fields=["session_id", "url"])
    if not session.session_id:
        end_attempt(organization, attempt, CheckoutAttempt.State.EXPIRED)
    elif attempt.buyer_link is not None and not attempt.buyer_link.is_open:
        expiry_intent(attempt)  # taken back while its page was being opened
    Intent.objects.filter(pk=intent.pk).update(state=Intent.State.DONE, error="")
    mark_dirty(CUSTOMER, attempt.customer_id)


def _expire_session(intent: Intent) -> None:
    attempt = _attempt(intent)
    checkout.expire_session(attempt.session_id, key=intent.sent_key)
    with transaction.atomic():
        Intent.objects.filter(pk=intent.pk).update(state=Intent.State.DONE, error="")
        mark_dirty(CUSTOMER, attempt.customer_id)


def _change_subscription(intent: Intent) -> None:
    change = _change(intent)
    key = change.subscription.subscription_id
    if not (intent.must_look_up and _took_effect(change)):
        if not intent.key_is_fresh:
            raise StripeRefused("It was never made, and its figures are too old to try again.")
        change_subscription(key, change.parameters, key=intent.sent_key)
    with transaction.atomic():
        Organization.objects.lock(intent.organization_id)
        SubscriptionChange.objects.filter(pk=change.pk).update(fence=next_fence())
        Intent.objects.filter(pk=intent.pk).update(state=Intent.State.DONE, error="")
        mark_dirty(CUSTOMER, change.subscription.customer_id)


def _took_effect(change: SubscriptionChange) -> bool:
    """Whether Stripe has what was asked, or keeps it beside the subscription."""
    now = fetch_subscription(change.subscription.subscription_id)
    items = [(price_id, quantity) for _, price_id, quantity in now.items]
    return now.is_waiting or items == [(change.price_id, change.quantity)]


def _end_subscription(intent: Intent) -> None:
    """What is asked is a state, so asking under another key changes no more than the first did."""
    if not intent.key_is_fresh:
        raise StripeRefused("Nobody waits for this any more; look at the subscription, ask anew.")
    asked = intent.parameters
    ENDS[asked["end"]](intent)
    with transaction.atomic():
        Intent.objects.filter(pk=intent.pk).update(state=Intent.State.DONE, error="")
        mark_dirty(CUSTOMER, asked["customer"])


def _end_with_period(intent: Intent) -> None:
    asked = {"cancel_at_period_end": True}
    change_subscription(intent.parameters["subscription"], asked, key=intent.sent_key)


def _never_end(intent: Intent) -> None:
    """Clear whichever field says that it ends. That is asked once, and kept before the call: asked
    anew it might be another, which the key does not allow, or a later cancellation.
    """
    key = intent.parameters["subscription"]
    if "sent" not in intent.parameters:
        field = fetch_subscription(key).ends_by
        sent = {field: NO_END[field]} if field else {}
        undecided = Intent.objects.filter(pk=intent.pk).exclude(parameters__has_key="sent")
        undecided.update(parameters=intent.parameters | {"sent": sent})
        intent.refresh_from_db(fields=["parameters"])
    if intent.parameters["sent"]:
        change_subscription(key, intent.parameters["sent"], key=intent.sent_key)


def _end_now(intent: Intent) -> None:
    end_at_once(intent.parameters["subscription"], key=intent.sent_key)


def _update_customer(intent: Intent) -> None:
    """What is asked is a state, so asking again under another key changes no more."""
    if not intent.key_is_fresh:
        raise StripeRefused("Nobody waits for this any more; look at the details, ask anew.")
    asked = intent.parameters
    update_customer(asked["customer"], asked["email"], asked["purchase_order"], key=intent.sent_key)
    with transaction.atomic():
        Intent.objects.filter(pk=intent.pk).update(state=Intent.State.DONE, error="")
        mark_dirty(CUSTOMER, asked["customer"])


def _give_back(intent: Intent) -> None:
    row = intent.money_back
    if row is None:
        raise ValueError(f"{intent} has no money to give back")
    mark = str(row.pk)
    note = find_note(row.invoice_id, mark=mark) if intent.must_look_up else None
    if note is None and not intent.key_is_fresh:
        raise StripeRefused("It never went back, and its key is too old to try again.")
    note = note or give_back(row.invoice_id, row.amount, mark=mark, key=intent.sent_key)
    with transaction.atomic():
        Organization.objects.lock(intent.organization_id)
        MoneyBack.objects.filter(pk=row.pk, state=MoneyBack.State.ASKED).update(
            state=MoneyBack.State.PENDING, credit_note_id=note.note_id, refund_id=note.refund_id
        )
        Intent.objects.filter(pk=intent.pk).update(state=Intent.State.DONE, error="")
        mark_dirty(CUSTOMER, row.customer_id)


ENDS: dict[str, Callable[[Intent], None]] = {
    AT_PERIOD_END: _end_with_period,
    NOT_AT_ALL: _never_end,
    NOW: _end_now,
}
CALLS: dict[Intent.Kind, Callable[[Intent], None]] = {
    Intent.Kind.CREATE_CUSTOMER: _create_customer,
    Intent.Kind.OPEN_SESSION: _open_session,
    Intent.Kind.EXPIRE_SESSION: _expire_session,
    Intent.Kind.CHANGE_SUBSCRIPTION: _change_subscription,
    Intent.Kind.END_SUBSCRIPTION: _end_subscription,
    Intent.Kind.GIVE_BACK: _give_back,
    Intent.Kind.UPDATE_CUSTOMER: _update_customer,
}


def _change(intent: Intent) -> SubscriptionChange:
    if intent.change is None:
        raise ValueError(f"{intent} has no change")
    return intent.change


def _attempt(intent: Intent) -> CheckoutAttempt:
    if intent.attempt is None:
        raise ValueError(f"{intent} has no attempt")
    return intent.attempt


@transaction.atomic
def _fail(intent: Intent, error: str) -> None:
    """Close an intent that Stripe refused, and what it was for: a change, a page never opened."""
    organization = Organization.objects.lock(intent.organization_id)
    Intent.objects.filter(pk=intent.pk).update(state=Intent.State.FAILED, error=error[:2000])
    if intent.kind == Intent.Kind.OPEN_SESSION and intent.attempt_id is not None:
        attempt = CheckoutAttempt.objects.filter(pk=intent.attempt_id, session_id="").first()
        if attempt is not None:
            end_attempt(organization, attempt, CheckoutAttempt.State.EXPIRED)
    if intent.money_back_id is not None:
        row = MoneyBack.objects.get(pk=intent.money_back_id)
        end_money_back(row, MoneyBack.State.FAILED, error)
    if intent.change_id is not None:
        change = SubscriptionChange.objects.get(pk=intent.change_id)
        end_change(change, SubscriptionChange.State.REFUSED, error)
        settle(organization.pk, actor=SYSTEM)  # fewer seats held already
