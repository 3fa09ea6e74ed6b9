"""A company's life, as a script lives it: what may be done, and what came of it."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from kernel import clock
from orgs.actions.invitations import accept_invitation
from orgs.entitlements import Limit
from subscriptions.actions.buyer_links import make_buyer_link
from subscriptions.actions.checkout import Choice
from subscriptions.actions.following import QUIET
from subscriptions.changing import confirm_change
from subscriptions.checking_out import start_buyers_checkout
from subscriptions.following import follow_seats
from subscriptions.models import SubscriptionChange
from subscriptions.quotes import quote_change
from subscriptions.returning import give_money_back
from tests.builders import a_user, an_actor, an_invitation
from tests.sandbox_control import CARD, Sandbox
from tests.subscriptions.scenarios.post import Post
from tests.subscriptions.stage import Company, a_checkout, unpaid
from tests.subscriptions.test_overrides import staff


@dataclass
class Life:
    """A company, its post, and what may be done with it."""

    sandbox: Sandbox
    post: Post
    company: Company

    def buy(self, plan: str, interval: str, seats: int, **more: Any) -> None:
        """Pay for it on Stripe's page."""
        attempt = a_checkout(self.company, Choice(plan, interval, seats))
        told = self.sandbox.call("pay", session=attempt.session_id, **more)
        assert told["ok"], told
        self.post.carry()

    def order(self, plan: str, interval: str, seats: int) -> None:
        """Prepare an order, and let somebody in finance pay it."""
        link = make_buyer_link(
            organization=self.company.organization,
            choice=Choice(plan, interval, seats),
            actor=an_actor(self.company.owner),
        )
        attempt = start_buyers_checkout(
            link=link, name="Bea Buyer", email="bea@finance.example", accepts_terms=True
        )
        assert self.sandbox.call("pay", session=attempt.session_id)["ok"]
        self.post.carry()

    def change(self, plan: str, interval: str, seats: int) -> SubscriptionChange:
        """Choose otherwise, at the figures that are shown."""
        actor = an_actor(self.company.owner)
        organization = self.company.organization
        found = quote_change(
            organization=organization, choice=Choice(plan, interval, seats), actor=actor
        )
        made = confirm_change(organization=organization, quote=found.token, actor=actor)
        self.post.carry()
        made.refresh_from_db()
        return made

    def join(self) -> User:
        """Let somebody accept an invitation."""
        person = a_user()
        _, token = an_invitation(self.company.organization, email=person.email)
        accept_invitation(token=token, user=person, actor=an_actor(person))
        return person

    def follow(self) -> None:
        """Let the seats that are paid for follow who takes one, once all is quiet."""
        with clock.held_at(clock.now() + QUIET):
            assert follow_seats() == 1
        self.post.carry()

    def give_back(self, cents: int) -> None:
        """Let staff give money of the first invoice back."""
        invoice = min(self.sandbox.ledger()["invoices"], key=lambda one: int(one["created"]))
        give_money_back(
            organization=self.company.organization,
            invoice_id=invoice["id"],
            amount=cents,
            reason="They were away.",
            actor=staff(),
        )
        self.post.carry()

    def dispute(self) -> str:
        """Let the bank dispute the last payment; returns the dispute."""
        charge = max(self.sandbox.ledger()["charges"], key=lambda one: int(one["created"]))
        made = self.sandbox.call("disputes", charge=charge["id"])
        self.post.carry()
        return str(made["id"])

    def decide(self, dispute: str, status: str) -> None:
        """Let the bank decide."""
        self.sandbox.call("disputes", dispute=dispute, status=status)
        self.post.carry()

    def to_the_middle(self) -> None:
        """Let half of the running period pass."""
        row = self.company.subscription
        assert row.period_start is not None
        assert row.period_end is not None
        half = row.period_start + (row.period_end - row.period_start) / 2
        self.sandbox.call("clock", to=half.isoformat())
        self.post.carry()

    def renew(self) -> None:
        """Let the next renewal be charged, or fail."""
        self.sandbox.to_next_renewal()
        self.post.carry()

    def wait(self, days: float) -> None:
        """Let time pass."""
        self.sandbox.advance(days=days)
        self.post.carry()

    def new_card(self, card: str) -> None:
        """Put another card in."""
        self.sandbox.call("portal/card", customer=self.company.customer_id, card=card)
        self.post.carry()

    def pay_what_is_open(self) -> None:
        """Pay every open invoice on its own page."""
        for invoice in unpaid(self.sandbox):
            assert self.sandbox.call("invoices/pay", invoice=invoice["id"], card=CARD)["ok"]
        self.post.carry()

    @property
    def charged(self) -> list[int]:
        """What each paid invoice took, in cents, the oldest first."""
        paid = [one for one in self.sandbox.ledger()["invoices"] if one["status"] == "paid"]
        return [one["amount_paid"] for one in sorted(paid, key=lambda one: int(one["created"]))]

    @property
    def standing(self) -> str:
        """How the organization stands."""
        return self.company.phase.standing

    @property
    def seats(self) -> int:
        """How many seats it has."""
        return self.company.phase.limits[Limit.SEATS]
