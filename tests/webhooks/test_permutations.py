"""News comes late, twice, in any order, or never; the end is always the same.

The lives are lived at the sandbox. What is told of them is shuffled, doubled and dropped; between
any two letters somebody may look, die while looking, or come back late with what was true before.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kernel import clock
from subscriptions.gateway.billing import fetch_billing
from subscriptions.looks import Seen, apply_look
from subscriptions.models import SyncTarget
from subscriptions.sync import CUSTOMER, drive_due, next_fence
from tests.sandbox_control import CARD, FAILS_LATER, Letter, Sandbox, pay
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    content_of,
    deliver,
    steal_leases,
    undone,
)
from webhooks.driving import tell_events
from webhooks.handlers import LOOKS
from webhooks.models import StripeEvent

pytestmark = pytest.mark.django_db
Step = Callable[[Sandbox, Company], None]
CATALOG = ("product.", "price.")
"""What a sandbox that sold nothing before tells of as well; it is of no subscription's life."""
FIELDS = (
    "status", "plan_key", "interval", "quantity", "paid_quantity", "period_start", "period_end",
    "ends_at", "ended_at", "failing_since", "ended_by_failure", "is_missing", "is_doubled",
)  # fmt: skip


MANY = int(os.environ.get("EXAMPLES", "2"))
"""Orders tried of each life; every one is some sixty deliveries, so a quick run tries few."""


def examples() -> settings:
    return settings(
        max_examples=MANY,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # a smaller shuffle is none that is easier to read
        suppress_health_check=list(HealthCheck),
    )


# --- Lives ---


def buys(sandbox: Sandbox, company: Company) -> None:
    attempt = company.organization.checkout_attempts.get()
    assert pay(attempt.session_id)["ok"]


def fails_at_renewal(sandbox: Sandbox, company: Company) -> None:
    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)
    sandbox.advance(days=31, seconds=7200)


def recovers(sandbox: Sandbox, company: Company) -> None:
    sandbox.call("portal/card", customer=company.customer_id, card=CARD)
    (invoice,) = [
        one
        for one in sandbox.ledger()["invoices"]
        if one["status"] == "open" and one["customer"] == company.customer_id
    ]
    assert sandbox.call("invoices/pay", invoice=invoice["id"])["ok"]


def cancels(sandbox: Sandbox, company: Company) -> None:
    sandbox.call("portal/cancel", subscription=its_subscription(sandbox, company))


def resumes(sandbox: Sandbox, company: Company) -> None:
    sandbox.call("portal/resume", subscription=its_subscription(sandbox, company))


def a_month_passes(sandbox: Sandbox, company: Company) -> None:
    sandbox.advance(days=31, seconds=7200)


def is_given_up(sandbox: Sandbox, company: Company) -> None:
    """Stripe's own rule cancels it, before our grace is over."""
    sandbox.call("dunning", retry_days=[1, 2], final="cancel")
    fails_at_renewal(sandbox, company)
    sandbox.advance(days=3)


def its_subscription(sandbox: Sandbox, company: Company) -> str:
    (found,) = [
        one for one in sandbox.ledger()["subscriptions"] if one["customer"] == company.customer_id
    ]
    return str(found["id"])


LIVES: dict[str, tuple[Step, ...]] = {
    "ended": (buys, fails_at_renewal, recovers, cancels, a_month_passes),
    "given up": (buys, a_month_passes, is_given_up),
    "given up after a recovery": (buys, fails_at_renewal, recovers, is_given_up),
    "kept": (buys, cancels, resumes, a_month_passes),
}


def lived(sandbox: Sandbox, *names: str) -> tuple[Company, list[Letter]]:
    """A company that lived through all of it, of which nothing was told here."""
    company = a_company()
    a_checkout(company)
    for step in names:
        for one in LIVES[step]:
            one(sandbox, company)
    return company, [one for one in sandbox.letters() if not one.type.startswith(CATALOG)]


# --- What is compared ---


def told_of(company: Company) -> tuple[object, ...]:
    """Everything that was written, moments counted from the beginning of the subscription."""
    row = company.organization.subscriptions.first()
    attempts = list(company.organization.checkout_attempts.values_list("state", "plan_key"))
    if row is None:
        return (None, attempts, content_of(company.phases))
    facts = {name: _since(getattr(row, name), row.began_at) for name in FIELDS}
    phases = [
        (phase.to_json() | {"since": _since(phase.since, row.began_at) if number else None})
        for number, phase in enumerate(company.phases)
    ]
    return facts, attempts, phases


def _since(value: object, beginning: datetime) -> object:
    return value - beginning if isinstance(value, datetime) else value


def look_everywhere() -> None:
    """Look at whatever is dirty, as if all waiting were over."""
    SyncTarget.objects.update(due=clock.wall(), lease_until=None)
    while drive_due(LOOKS):
        pass
    tell_events()


@dataclass
class Post:
    """A careless postman, and workers who come and go."""

    chance: random.Random
    company: Company
    held: list[tuple[int, Seen]] = field(default_factory=list)

    def carry(self, letters: list[Letter]) -> None:
        for letter in letters:
            deliver([letter])
            self.something_happens()

    def something_happens(self) -> None:
        """Mostly nothing; else somebody looks, dies, is robbed of a lease, or comes back late."""
        what = self.chance.random()
        if what < 0.08:
            drive_due(LOOKS)
        elif what < 0.12:
            SyncTarget.objects.dirty().update(lease_until=clock.wall() + timedelta(seconds=30))
        elif what < 0.16:
            steal_leases()
        elif what < 0.22:
            fence = next_fence()
            self.held.append((fence, Seen(fetch_billing(self.company.customer_id), None)))
        elif what < 0.28 and self.held:
            self.comes_back_late()

    def comes_back_late(self) -> None:
        fence, seen = self.held.pop(self.chance.randrange(len(self.held)))
        apply_look(seen, self.company.organization.pk, fence=fence)

    def mixed(self, letters: list[Letter], *, dropping: bool) -> list[Letter]:
        """The letters in another order, some of them twice, some of them not at all."""
        share = self.chance.choice([0.0, 0.2, 0.6, 1.0]) if dropping else 0.0
        left = [letter for letter in letters if self.chance.random() >= share]
        left += [letter for letter in left if self.chance.random() < 0.15]
        self.chance.shuffle(left)
        return left


def reconciled() -> None:
    SyncTarget.objects.update(due=clock.wall(), lease_until=None)
    call_command("billing", "reconcile", "--json")
    tell_events()


# --- The laws ---


@pytest.fixture(params=list(LIVES))
def life(request: pytest.FixtureRequest, sandbox: Sandbox) -> tuple[Company, list[Letter]]:
    return lived(sandbox, request.param)


def expected(letters: list[Letter], company: Company) -> tuple[object, ...]:
    """What comes of it in order, each letter once."""
    with undone():
        for number, letter in enumerate(letters):
            deliver([letter])
            if number % 8 == 0:
                look_everywhere()
        look_everywhere()
        return told_of(company)


def test_every_order_of_the_news_has_the_same_end(life: tuple[Company, list[Letter]]) -> None:
    """Red when anything is copied from a payload, or a doubled event counts twice."""
    company, letters = life
    end = expected(letters, company)
    assert end[0] is not None

    @examples()
    @given(st.randoms(use_true_random=False))
    def holds(chance: random.Random) -> None:
        with undone():
            post = Post(chance, company)
            post.carry(post.mixed(letters, dropping=False))
            while post.held:
                post.comes_back_late()
            look_everywhere()
            assert told_of(company) == end
            assert not StripeEvent.objects.waiting().exists()
            revision = company.revision
            reconciled()
            assert (told_of(company), company.revision) == (end, revision)

    holds()


def test_what_never_came_is_found_by_reconciling(life: tuple[Company, list[Letter]]) -> None:
    """Red without ``_differing`` or ``_on_their_way`` in ``mark_what_differs``."""
    company, letters = life
    end = expected(letters, company)

    @examples()
    @given(st.randoms(use_true_random=False))
    def holds(chance: random.Random) -> None:
        with undone():
            post = Post(chance, company)
            post.carry(post.mixed(letters, dropping=True))
            while post.held:
                post.comes_back_late()
            reconciled()
            assert told_of(company) == end

    holds()


@pytest.mark.parametrize("name", list(LIVES))
def test_hearing_only_parts_while_it_happens_has_the_same_end(sandbox: Sandbox, name: str) -> None:
    """Companies live the same life at once; one hears all, one nothing, one another part.

    What a worker saw before a step may be written after it: red without the fence.
    """
    companies = [a_company() for _ in range(3)]
    for company in companies:
        a_checkout(company)
    look_everywhere()
    careful, deaf, *others = companies
    posts = {company: Post(random.Random(number), company) for number, company in enumerate(others)}
    kept: dict[Company, list[Letter]] = {company: [] for company in others}
    known = 0
    for step in LIVES[name]:
        for company in companies:
            if step not in (a_month_passes, fails_at_renewal, is_given_up):
                step(sandbox, company)
        _together(step, sandbox, companies)
        news = sandbox.letters(after=known)
        known += len(news)
        deliver(letter for letter in news if _whose(letter) == careful.customer_id)
        look_everywhere_for(careful)
        for company, post in posts.items():
            mine = [letter for letter in news if _whose(letter) == company.customer_id]
            heard = post.mixed(mine, dropping=True)
            kept[company] += [letter for letter in mine if letter not in heard]
            post.carry(heard)
    end = told_of(careful)
    for company, post in posts.items():
        post.carry(post.mixed(kept[company], dropping=True))
        while post.held:
            post.comes_back_late()
    assert not deaf.organization.subscriptions.exists()
    reconciled()
    for company in (deaf, *others):
        assert told_of(company) == end


def _together(step: Step, sandbox: Sandbox, companies: list[Company]) -> None:
    """Take a step of time once, for all of them."""
    if step is a_month_passes:
        sandbox.advance(days=31, seconds=7200)
        return
    if step not in (fails_at_renewal, is_given_up):
        return
    if step is is_given_up:
        sandbox.call("dunning", retry_days=[1, 2], final="cancel")
    for company in companies:
        sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)
    sandbox.advance(days=31, seconds=7200)
    if step is is_given_up:
        sandbox.advance(days=3)


def _whose(letter: Letter) -> str:
    about: dict[str, Any] = letter.event["data"]["object"]
    return str(about["id"] if about["object"] == "customer" else about.get("customer", ""))


def look_everywhere_for(company: Company) -> None:
    SyncTarget.objects.filter(kind=CUSTOMER, object_id=company.customer_id).update(
        due=clock.wall(), lease_until=None
    )
    drive_due(LOOKS)
