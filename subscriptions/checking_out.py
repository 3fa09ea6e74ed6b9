"""Driving a checkout over Stripe: attempt → customer → session → the page to pay on.

This is the one use case that alternates between our database and Stripe, so it holds no transaction
of its own: each step is committed before the next call, and each can be taken up by the sweep.
"""

import time
from collections.abc import Callable
from functools import partial

import structlog

from kernel.actor import Actor
from orgs.models import Organization
from subscriptions.actions.buyer_links import (
    begin_buyers_attempt,
    make_buyer_link,
    revoke_buyer_link,
)
from subscriptions.actions.checkout import (
    Choice,
    begin_attempt,
    customer_intent,
    expiry_intent,
    is_what_is_sold,
    session_intent,
)
from subscriptions.gateway.checkout import open_sessions
from subscriptions.gateway.client import StripeAway, StripeRefused, in_a_hurry
from subscriptions.intents import carry_out
from subscriptions.looks import look_at_customer
from subscriptions.models import BuyerLink, CheckoutAttempt, Intent, StripeCustomer
from subscriptions.refusals import AlreadySubscribed, CheckoutOver
from subscriptions.sync import CUSTOMER, Driven, drive_now, mark_dirty

log = structlog.get_logger()


def start_checkout(
    *, organization: Organization, choice: Choice, accepts_terms: bool, actor: Actor
) -> CheckoutAttempt:
    """Return the organization's one open attempt, with the address of its payment page.

    A second click, or a second owner, gets the same session; another choice ends it first. Refuses
    as begin_attempt does, with CheckoutOver when somebody else chose otherwise meanwhile, and with
    StripeAway, which leaves nothing that a later try could trip over.
    """
    begin = partial(
        begin_attempt,
        organization=organization,
        choice=choice,
        accepts_terms=accepts_terms,
        actor=actor,
    )
    return _drive(begin, lambda attempt: is_what_is_sold(attempt, choice))


def start_buyers_checkout(
    *, link: BuyerLink, name: str, email: str, accepts_terms: bool
) -> CheckoutAttempt:
    """Return the open attempt for the order behind a link, with the address of its payment page.

    A session that was not opened by this link is ended first: an organization has one. Refuses as
    ``begin_buyers_attempt`` and ``start_checkout`` do.
    """
    choice = Choice(link.plan_key, link.interval, link.seats)
    begin = partial(
        begin_buyers_attempt, link=link, name=name, email=email, accepts_terms=accepts_terms
    )

    def is_of_the_link(attempt: CheckoutAttempt) -> bool:
        is_dead = not BuyerLink.objects.open().filter(pk=link.pk).exists()
        return attempt.buyer_link_id == link.pk and not is_dead and is_what_is_sold(attempt, choice)

    return _drive(begin, is_of_the_link)


def order_by_link(*, organization: Organization, choice: Choice, actor: Actor) -> BuyerLink:
    """Prepare an order, and end the payment page of one that it replaces.

    Refuses as ``make_buyer_link`` does.
    """
    link = make_buyer_link(organization=organization, choice=choice, actor=actor)
    _end_pages_of_dead_links(organization)
    return link


def take_link_back(*, organization: Organization, actor: Actor) -> None:
    """Take the open link back, and end the payment page that it opened."""
    revoke_buyer_link(organization=organization, actor=actor)
    _end_pages_of_dead_links(organization)


def _end_pages_of_dead_links(organization: Organization) -> None:
    """What Stripe does not answer now is ended by the sweep."""
    dead = organization.intents.filter(
        kind=Intent.Kind.EXPIRE_SESSION,
        state=Intent.State.PENDING,
        attempt__buyer_link__revoked_at__isnull=False,
    )
    for intent in dead.select_related("attempt"):
        try:
            carry_out(intent)
        except (StripeAway, StripeRefused) as error:
            log.warning("page left to the sweep", error=str(error), **intent.named())


def _drive(
    begin: Callable[[], CheckoutAttempt], is_meant: Callable[[CheckoutAttempt], bool]
) -> CheckoutAttempt:
    attempt = begin()
    customer_id = _customer_of(attempt)
    if attempt.session_id:
        refresh(customer_id)
        attempt.refresh_from_db()
    if attempt.state == CheckoutAttempt.State.OPEN and not is_meant(attempt):
        _end(attempt, customer_id)
    if attempt.state != CheckoutAttempt.State.OPEN:
        attempt = begin()
    if not attempt.url:
        _refuse_what_is_open_elsewhere(attempt, customer_id)
        carry_out(session_intent(attempt, customer_id=customer_id))
    attempt.refresh_from_db()
    is_open = attempt.state == CheckoutAttempt.State.OPEN and bool(attempt.url)
    if not is_open or not is_meant(attempt):
        _end_pages_of_dead_links(attempt.organization)
        raise CheckoutOver
    return attempt


def refresh(customer_id: str, *, seconds: float = 3) -> bool:
    """Look at a customer now, for at most about ``seconds``; return whether nothing is left.

    A worker may hold the target: then wait a little for it. A look of ours that failed is not tried
    again here: whoever waits at a page asks again, and workers do.
    """
    mark_dirty(CUSTOMER, customer_id)
    deadline = time.monotonic() + seconds
    with in_a_hurry():
        driven = drive_now(CUSTOMER, customer_id, look_at_customer)
        while driven is Driven.TAKEN and time.monotonic() < deadline:
            time.sleep(0.1)
            driven = drive_now(CUSTOMER, customer_id, look_at_customer)
    return driven is Driven.CLEAN


def _customer_of(attempt: CheckoutAttempt) -> str:
    organization = attempt.organization
    current = StripeCustomer.objects.filter(organization=organization, is_current=True).first()
    if current is None:
        intent = customer_intent(organization, attempt)
        if intent is not None:
            carry_out(intent)
        current = StripeCustomer.objects.get(organization=organization, is_current=True)
    return current.customer_id


def _end(attempt: CheckoutAttempt, customer_id: str) -> None:
    """End an attempt for another choice; when Stripe says it was paid meanwhile, that counts."""
    if attempt.session_id:
        carry_out(expiry_intent(attempt))
        refresh(customer_id)
    else:
        carry_out(session_intent(attempt, customer_id=customer_id))
        attempt.refresh_from_db()
        _end(attempt, customer_id)
    attempt.refresh_from_db()
    if attempt.state == CheckoutAttempt.State.OPEN:
        raise StripeAway


def _refuse_what_is_open_elsewhere(attempt: CheckoutAttempt, customer_id: str) -> None:
    """Ask Stripe what the customer has before a session is made: a subscription nobody told us of,
    say.
    """
    if not refresh(customer_id):
        raise StripeAway
    if attempt.organization.subscriptions.live().exists():
        raise AlreadySubscribed
    ours = set(
        CheckoutAttempt.objects.filter(customer_id=customer_id).values_list("session_id", flat=True)
    )
    pending = Intent.objects.filter(attempt=attempt, kind=Intent.Kind.OPEN_SESSION).exists()
    strangers = [row for row in open_sessions(customer_id) if row["id"] not in ours]
    if strangers and not pending:
        raise StripeAway(
            "Another payment page is open for this organization. It closes by itself within a day;"
            " please try again then, or write to support."
        )


def look_after_return(organization: Organization, *, seconds: float = 3) -> bool:
    """Look at the organization's customer for about ``seconds``; return whether that settled it.

    Stripe being away settles nothing, and is no error: the page asks again.
    """
    current = StripeCustomer.objects.filter(organization=organization, is_current=True).first()
    return current is None or refresh(current.customer_id, seconds=seconds)
