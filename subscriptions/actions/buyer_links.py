"""Buyer links: an owner prepares an order, and somebody in finance pays it without an account."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import Actor, ActorKind
from kernel.refusals import Invalid, NotFound, Refusal
from orgs.models import Organization
from orgs.policy import decide, require
from subscriptions import events
from subscriptions.actions.checkout import (
    Choice,
    Orderer,
    expiry_intent,
    require_sellable,
    sold_price,
    write_attempt,
)
from subscriptions.models import BuyerLink, CheckoutAttempt
from subscriptions.refusals import OrderOver

LIFE = timedelta(days=7)
LONGEST_NAME = 120


@transaction.atomic
def make_buyer_link(*, organization: Organization, choice: Choice, actor: Actor) -> BuyerLink:
    """Prepare an order; the same again is the same, and another takes the place of the open one.

    Locks the organization. Refuses as ``begin_attempt`` does, but for the terms. Whoever drives
    ends the payment page of the one that was replaced.
    """
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    require_sellable(organization, choice)
    price = sold_price(choice)
    now = clock.now()
    open_one = organization.buyer_links.open().first()
    if open_one is not None:
        asked = (choice.plan_key, choice.interval, choice.seats, price.price_id)
        told = (open_one.plan_key, open_one.interval, open_one.seats, open_one.price_id)
        if asked == told and open_one.expires_at > now and open_one.issued_by_id == actor.user_id:
            return open_one
        _revoke(open_one)
    link = organization.buyer_links.create(
        issued_by_id=actor.person_id,
        expires_at=now + LIFE,
        plan_key=choice.plan_key,
        interval=choice.interval,
        seats=choice.seats,
        price_id=price.price_id,
    )
    record(
        events.BuyerLinkMade(
            link_id=link.pk,
            plan=link.plan_key,
            interval=link.interval,
            seats=link.seats,
            until=link.expires_at.isoformat(),
        ),
        actor=actor,
        organization=organization,
    )
    return link


@transaction.atomic
def revoke_buyer_link(*, organization: Organization, actor: Actor) -> None:
    """Take the open link back; twice is once. Whoever drives ends the payment page it opened."""
    require(actor, "billing:manage", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "billing:manage", organization)
    link = organization.buyer_links.open().first()
    if link is None:
        return
    _revoke(link)
    record(events.BuyerLinkRevoked(link_id=link.pk), actor=actor, organization=organization)


def _revoke(link: BuyerLink) -> None:
    """Let a link lead nowhere, and write down that its payment page ends with it."""
    link.revoked_at = clock.now()
    link.save(update_fields=["revoked_at"])
    for attempt in CheckoutAttempt.objects.open().filter(buyer_link=link).exclude(session_id=""):
        expiry_intent(attempt)


def link_behind(token: str) -> BuyerLink:
    """Return the link that a token names, whatever became of it. Refuses with NotFound."""
    links = BuyerLink.objects.behind(token)
    found = links.select_related("organization__entitlements", "issued_by").first()
    if found is None:
        raise NotFound
    return found


def leads_on(link: BuyerLink) -> bool:
    """Whether an order can still be paid: not taken back, in time, at a price that is still asked,
    of an organization that may buy, by somebody who may still order.
    """
    if link.revoked_at is not None or link.expires_at <= clock.now():
        return False
    issuer = Actor(ActorKind.PERSON, user_id=link.issued_by_id)
    if not link.issued_by.is_active:
        return False
    if not decide(issuer, "billing:manage", link.organization).allowed:
        return False
    choice = _choice(link)
    try:
        require_sellable(link.organization, choice)
        return sold_price(choice).price_id == link.price_id
    except Refusal:
        return False


@transaction.atomic
def begin_buyers_attempt(
    *, link: BuyerLink, name: str, email: str, accepts_terms: bool
) -> CheckoutAttempt:
    """Write down the organization's one attempt, for the order behind a link; asked under the lock.

    The actor is the buyer, who has no account. An open attempt is returned as it is: whoever drives
    ends one that is not of this link first. Refuses with OrderOver, Invalid or TermsNotAccepted.
    """
    organization = Organization.objects.lock(link.organization_id)
    link = BuyerLink.objects.select_related("issued_by", "organization__entitlements").get(
        pk=link.pk
    )
    if not leads_on(link):
        raise OrderOver
    name, email = " ".join(name.split()), email.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("Tell your name.", field="name")
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid("This is not an e-mail address.", field="email") from None
    buyer = Actor(ActorKind.BUYER, label=name)
    orderer = Orderer(link.issued_by_id, buyer, link, name, email)
    return write_attempt(organization, _choice(link), orderer=orderer, accepts_terms=accepts_terms)


def _choice(link: BuyerLink) -> Choice:
    return Choice(link.plan_key, link.interval, link.seats)
