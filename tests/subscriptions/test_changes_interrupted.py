"""A process may die at any point of a change, and answers get lost: it takes effect once."""

from datetime import timedelta
from typing import Any

import pytest

from kernel import clock
from subscriptions import changing, intents
from subscriptions.models import Intent, SubscriptionChange
from subscriptions.quotes import Quote
from tests.sandbox_control import Sandbox
from tests.subscriptions.changes import UPDATES, asked, confirmed, seats_of
from tests.subscriptions.stage import Company, a_paying_company, drive_everything
from tests.subscriptions.test_interrupted import Killed, die_after, die_before

pytestmark = pytest.mark.django_db
APPLIED = SubscriptionChange.State.APPLIED
DEATHS = [
    pytest.param(die_before, changing, "carry_out", id="before the call begins"),
    pytest.param(die_before, intents, "change_subscription", id="before Stripe hears"),
    pytest.param(die_after, intents, "change_subscription", id="after Stripe did it"),
    pytest.param(die_before, intents, "next_fence", id="before it is recorded"),
    pytest.param(die_after, changing, "carry_out", id="after it is recorded"),
    pytest.param(die_before, changing, "refresh", id="before it is looked at"),
]


@pytest.mark.parametrize(("plan", "seats"), [("team", 5), ("team", 2), ("business", 3)])
@pytest.mark.crash("change of seats or plan")
@pytest.mark.parametrize(("death", "owner", "name"), DEATHS)
def test_whoever_dies_on_the_way_leaves_what_the_sweep_finishes(
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    death: Any,
    owner: object,
    name: str,
    plan: str,
    seats: int,
) -> None:
    company = a_paying_company()
    quote = asked(company, seats, plan=plan)
    with monkeypatch.context() as patched:
        death(patched, owner, name)
        with pytest.raises(Killed):
            confirmed(company, quote)

    intents.sweep(age=timedelta(0))
    drive_everything()

    one_effect(sandbox, company, quote)


@pytest.mark.parametrize(
    ("fault", "executed"),
    [
        ({"drop": True}, True),
        ({"drop": True}, False),
        ({"status": 500}, True),
        ({"status": 500}, False),
        ({"status": 429}, False),
    ],
)
def test_an_answer_that_is_lost_charges_once(
    sandbox: Sandbox, fault: dict[str, Any], executed: bool
) -> None:
    company = a_paying_company()
    quote = asked(company, 5)
    sandbox.faults({"method": "POST", "path": UPDATES, "execute": executed, "times": 6} | fault)
    change = confirmed(company, quote)
    assert change.state == SubscriptionChange.State.ASKED
    sandbox.faults()

    intents.sweep(age=-timedelta(days=1))
    drive_everything()

    one_effect(sandbox, company, quote)


def test_what_took_effect_is_found_when_the_key_is_forgotten(sandbox: Sandbox) -> None:
    """Red without ``must_look_up`` in ``_change_subscription``: it would be called refused."""
    company = a_paying_company()
    quote = asked(company, 5)
    sandbox.faults({"method": "POST", "path": UPDATES, "execute": True, "drop": True, "times": 6})
    confirmed(company, quote)
    sandbox.faults()
    Intent.objects.update(created_at=clock.wall() - timedelta(days=2))

    intents.sweep(age=-timedelta(days=1))
    drive_everything()

    one_effect(sandbox, company, quote)


def test_figures_too_old_to_send_again_are_given_up(sandbox: Sandbox) -> None:
    company = a_paying_company()
    quote = asked(company, 2)
    sandbox.faults({"method": "POST", "path": UPDATES, "drop": True, "times": 100})
    change = confirmed(company, quote)
    sandbox.faults()
    Intent.objects.update(created_at=clock.wall() - timedelta(days=2))

    intents.sweep(age=-timedelta(days=1))

    change.refresh_from_db()
    assert change.state == SubscriptionChange.State.REFUSED
    assert seats_of(company) == 3, "what was given back before is there again"
    assert Intent.objects.get(change=change).state == Intent.State.FAILED


def one_effect(sandbox: Sandbox, company: Company, quote: Quote) -> None:
    """Stripe and we agree on the confirmed change, and it was charged once, to the cent."""
    row = company.subscription
    assert sandbox.subscription(row.subscription_id)["items"]["data"][0]["quantity"] == quote.seats
    assert row.quantity == quote.seats == seats_of(company)
    assert SubscriptionChange.objects.get().state == APPLIED
    assert not Intent.objects.filter(state=Intent.State.PENDING).exists()
    charged = [one["total"] for one in sandbox.ledger()["invoices"]]
    assert charged == ([3600, quote.total.amount] if quote.is_paid_at_once else [3600])
