"""One organization in every billing state, named after it; for ``manage.py seed --states``.

Twice is once: what is there stays as it is. The clock is not moved, so nothing else is touched.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import requests
from django.conf import settings

from accounts import actors
from accounts.models import User
from kernel import clock
from kernel.actor import SYSTEM
from orgs.actions.organizations import create_organization
from orgs.entitlements import Feature
from orgs.models import Organization
from orgs.models.organization import Kind
from subscriptions.actions.checkout import Choice
from subscriptions.actions.contracts import Agreed, give_contract
from subscriptions.actions.following import set_ceiling
from subscriptions.actions.founding import found_company
from subscriptions.actions.grants import give_community_grant
from subscriptions.actions.holds import place_hold
from subscriptions.actions.overrides import Setting, set_override
from subscriptions.changing import confirm_change
from subscriptions.checking_out import start_checkout
from subscriptions.disputes import look_at_dispute
from subscriptions.ending import cancel_at_period_end, end_now
from subscriptions.gateway.client import write
from subscriptions.looking import look_again
from subscriptions.quotes import quote_change
from subscriptions.returning import give_money_back
from subscriptions.sync import next_fence

CARD, FAILS_LATER = "4242424242424242", "4000000000000341"
TEAM = Choice("team", "month", 3)


class States:
    """Makes what is missing, for one owner and by one member of staff."""

    def __init__(self, owner: User, staff: User) -> None:
        self.owner = owner
        self.actor = actors.person(owner)
        self.staff = replace(actors.person(staff), staff_role=staff.staff_role).as_staff()

    def make(self) -> list[str]:
        """Make every state that is missing; returns the names of all."""
        for state, do in MAKING.items():
            name = f"state-{state}"
            if Organization.objects.filter(name=name).exists():
                continue
            if state.startswith("community"):
                do(self, self._community(name))
            else:
                do(self, self._company(name))
        return [f"state-{state}" for state in MAKING]

    def _company(self, name: str) -> Organization:
        return found_company(
            name=name, display_name=_title(name), owner=self.owner, actor=self.actor
        )

    def _community(self, name: str) -> Organization:
        return create_organization(
            name=name,
            display_name=_title(name),
            kind=Kind.COMMUNITY,
            owner=self.owner,
            actor=self.actor,
        )

    def never_paid(self, company: Organization) -> None:
        """Nothing was ever bought."""

    def open_checkout(self, company: Organization) -> None:
        """Somebody is on Stripe's page."""
        self._session(company, TEAM)

    def active(self, company: Organization, choice: Choice = TEAM, card: str = CARD) -> str:
        """It pays; returns its subscription."""
        _tell("pay", session=self._session(company, choice), card=card)
        look_again(company, seconds=20)
        return company.subscriptions.get().subscription_id

    def trial(self, company: Organization) -> None:
        """It tries, and nothing was charged yet."""
        self.active(company, replace(TEAM, trial=True))

    def seats_follow(self, company: Organization) -> None:
        """It pays for who takes a seat."""
        self.active(company)
        set_ceiling(organization=company, ceiling=20, actor=self.actor)

    def ending(self, company: Organization) -> None:
        """It canceled, and everything is open until the period ends."""
        subscription = self.active(company)
        cancel_at_period_end(organization=company, subscription_id=subscription, actor=self.actor)

    def change_unpaid(self, company: Organization) -> None:
        """A change waits for its payment."""
        self.active(company)
        _tell("portal/card", customer=_customer(company), card=FAILS_LATER)
        quote = quote_change(organization=company, choice=replace(TEAM, seats=5), actor=self.actor)
        confirm_change(organization=company, quote=quote.token, actor=self.actor)

    def grace(self, company: Organization) -> None:
        """A payment failed; the ladder has begun."""
        subscription = self.active(company, replace(TEAM, trial=True))
        _tell("portal/card", customer=_customer(company), card=FAILS_LATER)
        ends = {"trial_end": "now"}
        write(lambda stripe: stripe.v1.subscriptions.update(subscription, ends))  # type: ignore[arg-type]
        look_again(company, seconds=20)

    def more_grace(self, company: Organization) -> None:
        """A payment failed, and staff let everything open for longer."""
        self.grace(company)
        self._set(company, Setting("grace"))

    def restricted(self, company: Organization) -> None:
        """Its subscription is over."""
        subscription = self.active(company)
        end_now(
            organization=company, subscription_id=subscription, reason="Seeded.", actor=self.staff
        )

    def suspended(self, company: Organization) -> None:
        """Staff suspended it."""
        self.active(company)
        place_hold(organization=company, reason="It sent spam.", actor=self.staff)

    def disputed(self, company: Organization) -> None:
        """A payment is disputed at its bank."""
        self.active(company)
        dispute = _tell("disputes", charge=_of(company, "charges")[-1]["id"])["id"]
        look_at_dispute(dispute, next_fence())

    def money_back(self, company: Organization) -> None:
        """A part of an invoice went back."""
        self.active(company)
        give_money_back(
            organization=company,
            invoice_id=_of(company, "invoices")[0]["id"],
            amount=1000,
            reason="They were away.",
            actor=self.staff,
        )

    def doubled(self, company: Organization) -> None:
        """Two subscriptions run at once."""
        self.active(company)
        price = company.subscriptions.get().price_id
        _tell("dashboard/subscriptions", customer=_customer(company), price=price, quantity=2)
        look_again(company, seconds=20)

    def overridden(self, company: Organization) -> None:
        """Staff opened a feature beside what it pays for."""
        self.active(company)
        self._set(company, Setting("feature", Feature.AUDIT_EXPORT))

    def contract(self, company: Organization) -> None:
        """It has a contract."""
        agreed = Agreed(seats=50, private_projects=-1, until=_in(days=200))
        give_contract(organization=company, agreed=agreed, reason="Order 4711.", actor=self.staff)

    def contract_ending(self, company: Organization) -> None:
        """Its contract ends within a month."""
        agreed = Agreed(seats=50, private_projects=-1, until=_in(days=20))
        give_contract(organization=company, agreed=agreed, reason="Order 4712.", actor=self.staff)

    def community(self, community: Organization) -> None:
        """It is free."""
        give_community_grant(organization=community, reason="Open maps.", actor=SYSTEM)

    def community_ending(self, community: Organization) -> None:
        """Its free term can be confirmed."""
        give_community_grant(
            organization=community, reason="Open maps.", actor=SYSTEM, term=timedelta(days=20)
        )

    def community_grace(self, community: Organization) -> None:
        """Its free term is over, and its grace is not."""
        give_community_grant(
            organization=community, reason="Open maps.", actor=SYSTEM, term=timedelta(seconds=1)
        )

    def _session(self, company: Organization, choice: Choice) -> str:
        return start_checkout(
            organization=company, choice=choice, accepts_terms=True, actor=self.actor
        ).session_id

    def _set(self, company: Organization, setting: Setting) -> None:
        set_override(
            organization=company,
            setting=setting,
            until=_in(days=60),
            reason="Promised by phone.",
            actor=self.staff,
        )


MAKING: dict[str, Callable[[States, Organization], Any]] = {
    "active": States.active,
    "trial": States.trial,
    "seats-follow": States.seats_follow,
    "ending": States.ending,
    "change-unpaid": States.change_unpaid,
    "grace": States.grace,
    "more-grace": States.more_grace,
    "suspended": States.suspended,
    "disputed": States.disputed,
    "money-back": States.money_back,
    "doubled": States.doubled,
    "overridden": States.overridden,
    "contract": States.contract,
    "contract-ending": States.contract_ending,
    "community": States.community,
    "community-ending": States.community_ending,
    "community-grace": States.community_grace,
    "restricted": States.restricted,
    "open-checkout": States.open_checkout,
    "never-paid": States.never_paid,
}
"""Billing state → how it is come by; the unpaid ones last, since nobody may own many of them."""


def _title(name: str) -> str:
    return name.removeprefix("state-").replace("-", " ").capitalize()


def _in(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def _customer(company: Organization) -> str:
    return company.stripe_customers.get(is_current=True).customer_id


def _tell(path: str, **body: Any) -> Any:
    """Do what a person or a bank does, and return what came of it."""
    answer = requests.post(f"{settings.SANDBOX_URL}/_sandbox/{path}", json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()


def _of(company: Organization, what: str) -> list[dict[str, Any]]:
    """Return what the sandbox's ledger has of a company, the oldest first."""
    ledger = requests.get(f"{settings.SANDBOX_URL}/_sandbox/ledger", timeout=60).json()
    customer = _customer(company)
    return [one for one in ledger[what] if one["customer"] == customer]
