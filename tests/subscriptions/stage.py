"""What tests about money begin with: a sandbox, a company, a paid one, and the post to carry."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from kernel import clock
from orgs.entitlements import Phase
from orgs.models import Organization
from orgs.policy import decide
from saas.celery import app
from subscriptions.actions.checkout import Choice
from subscriptions.actions.founding import found_company
from subscriptions.actions.plans import push_plans
from subscriptions.checking_out import refresh, start_checkout
from subscriptions.gateway.client import client
from subscriptions.models import CheckoutAttempt, StripeCustomer, Subscription, SyncTarget
from tests.builders import a_user, an_actor, signed_in
from tests.sandbox_control import CARD, FAILS_LATER, Letter, Sandbox, pay, the_sandbox
from webhooks.driving import drain

TEAM_MONTHLY = Choice("team", "month", 3)
FORM = {"plan": "team", "interval": "month", "seats": "3", "terms": "on"}


@pytest.fixture(autouse=True)
def _nobody_works_by_itself() -> Iterator[None]:
    """Let a task wait at the broker, where no worker comes: a test says when work is done."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An empty sandbox with our catalog, whose deliveries wait to be carried."""
    found = the_sandbox()
    found.reset(keep_catalog=True)
    push_plans()
    yield found
    client.cache_clear()
    found.reset(keep_catalog=True)


@dataclass(frozen=True, slots=True)
class Company:
    """A company and the one who founded it."""

    organization: Organization
    owner: User

    @property
    def customer_id(self) -> str:
        """Its customer at Stripe."""
        return StripeCustomer.objects.get(
            organization=self.organization, is_current=True
        ).customer_id

    @property
    def subscription(self) -> Subscription:
        """Its only subscription, as we last wrote it."""
        return self.organization.subscriptions.get()

    @property
    def phases(self) -> list[Phase]:
        """What its row says, read anew."""
        return Organization.objects.get(pk=self.organization.pk).entitlements.timeline()

    @property
    def phase(self) -> Phase:
        """What it has now, read anew."""
        return Organization.objects.get(pk=self.organization.pk).entitlements.holding()

    @property
    def revision(self) -> int:
        """How often its entitlements have changed."""
        return Organization.objects.get(pk=self.organization.pk).entitlements.revision

    def url(self, page: str) -> str:
        """Return the address of one of its money pages."""
        return reverse(f"subscriptions:{page}", kwargs={"name": self.organization.name})


def a_company(name: str = "") -> Company:
    """Return a company that has not paid."""
    owner = a_user()
    organization = found_company(
        name=name or f"firm-{owner.pk}",
        display_name=(name or f"Firm {owner.pk}").title(),
        owner=owner,
        actor=an_actor(owner),
    )
    return Company(organization, owner)


def a_checkout(company: Company, choice: Choice = TEAM_MONTHLY) -> CheckoutAttempt:
    """Return the company's open checkout."""
    return start_checkout(
        organization=company.organization,
        choice=choice,
        accepts_terms=True,
        actor=an_actor(company.owner),
    )


def a_paying_company(name: str = "", *, choice: Choice = TEAM_MONTHLY, card: str = CARD) -> Company:
    """Return a company whose subscription runs, and is known here."""
    company = a_company(name)
    attempt = a_checkout(company, choice)
    assert pay(attempt.session_id, card=card)["ok"]
    assert refresh(company.customer_id)
    return company


def click(company: Company, user: User | None = None, **fields: str) -> HttpResponse:
    """Send the form that chooses, as somebody; a field of "" is left out."""
    form = {key: value for key, value in (FORM | fields).items() if value}
    browser: Client = signed_in(user or company.owner)
    answer = browser.post(company.url("checkout"), form)
    return HttpResponse(answer.content, status=answer.status_code, headers=dict(answer.headers))


def sessions(sandbox: Sandbox, status: str = "") -> list[dict[str, Any]]:
    """Return the sessions at Stripe: all, or those of a status."""
    return [one for one in sandbox.ledger()["sessions"] if not status or one["status"] == status]


def look(company: Company) -> None:
    """Look at a company's customer now."""
    assert refresh(company.customer_id)


def post(letter: Letter) -> HttpResponse:
    """Deliver one letter as Stripe would."""
    return post_raw(letter.body, letter.signature)


def post_raw(body: bytes, signature: str | None, *, size: str | None = None) -> HttpResponse:
    """POST anything to the endpoint; ``None`` sends no signature. ``size`` is what is declared."""
    headers = {} if signature is None else {"Stripe-Signature": signature}
    if size is not None:
        headers["Content-Length"] = size
    answer = Client(enforce_csrf_checks=True).generic(
        "POST", reverse("webhooks:stripe"), body, "application/json", headers=headers
    )
    return HttpResponse(answer.content, status=answer.status_code)


def deliver(letters: Iterable[Letter]) -> None:
    """Deliver letters in this order; each is taken."""
    for letter in letters:
        answer = post(letter)
        assert answer.status_code == 200, (letter.type, answer.content)


def drive_everything() -> int:
    """Do all the work there is, also what is put off; nothing may be left or dead."""
    SyncTarget.objects.filter(dead=False).update(due=clock.wall(), lease_until=None)
    looked = drain()
    left = list(SyncTarget.objects.dirty())
    assert not left, [(str(target), target.error) for target in left]
    return looked


def content_of(phases: list[Phase]) -> list[object]:
    """What phases say, but for when the first was written: that is when somebody looked."""
    told = [phase.to_json() for phase in phases]
    told[0].pop("since")
    return list(told)


def steal_leases() -> None:
    """Let every worker that holds a target have lost it."""
    past = clock.wall() - timedelta(seconds=1)
    SyncTarget.objects.filter(lease_until__isnull=False).update(lease_until=past)


@contextmanager
def undone() -> Iterator[None]:
    """Undo every write of the block, as the test itself is undone: one example leaves no trace."""
    block = transaction.Atomic(None, True, False)
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own test case marks its own
    with block:
        yield
        transaction.set_rollback(True)


def may(company: Company, permission: str = "teams:grow") -> str:
    """Return the reason of the policy's answer to its owner."""
    return decide(an_actor(company.owner), permission, company.organization).reason


def page(company: Company) -> str:
    """Return its billing page as the owner reads it."""
    answer = signed_in(company.owner).get(company.url("billing"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def in_words(moment: datetime) -> str:
    """Return a date as pages tell it."""
    return f"{moment.day} {moment:%B %Y}"


def a_failing_company(sandbox: Sandbox) -> Company:
    """Return a company whose renewal failed, and whose failure is known here."""
    company = a_paying_company()
    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)
    sandbox.to_next_renewal()
    look(company)
    assert company.subscription.status == "past_due"
    return company


def unpaid(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Invoices that wait for money, the oldest first."""
    found = [one for one in sandbox.ledger()["invoices"] if one["status"] == "open"]
    return sorted(found, key=lambda one: int(one["created"]))


def finalized(invoice: dict[str, Any]) -> datetime:
    """Return when an invoice was finalized."""
    return datetime.fromtimestamp(
        invoice["status_transitions"]["finalized_at"], clock.wall().tzinfo
    )
