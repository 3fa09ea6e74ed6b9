"""The catalog at Stripe: pushing it, comparing it, and what becomes of prices sold before."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from orgs.entitlements import Limit
from subscriptions import catalog
from subscriptions.actions import plans
from subscriptions.actions.plans import plan_differences, push_plans
from subscriptions.catalog import BUSINESS, SOLD, TEAM, CatalogPrice, Interval
from subscriptions.gateway.client import client, write
from subscriptions.models import Deployment, Price
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import a_checkout, a_company, a_paying_company, look

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _an_empty_stripe(sandbox: Sandbox) -> None:
    """Here the catalog itself is the matter; nothing of it is left from before."""
    sandbox.reset()
    Price.objects.all().delete()
    Deployment.objects.update(portal_configuration="")
    push_plans()


def run(verb: str) -> str:
    out = StringIO()
    call_command("plans", verb, stdout=out)
    return out.getvalue()


def at_stripe() -> dict[str, Any]:
    """Every product, price and portal configuration, but for the second of the last touch."""
    v1 = client().v1
    return {
        one.id: {key: value for key, value in one.to_dict().items() if key != "updated"}
        for listed in (
            v1.products.list({"limit": 100}),
            v1.prices.list({"limit": 100}),
            v1.billing_portal.configurations.list({"limit": 100}),
        )
        for one in listed.data
    }


def rows() -> list[tuple[object, ...]]:
    return list(Price.objects.order_by("pk").values_list("price_id", "amount", "is_sold"))


def dearer(monkeypatch: pytest.MonkeyPatch, amount: int = 1500) -> None:
    """Let a seat of Team cost more from now on."""
    prices = (CatalogPrice(Interval.MONTH, amount), TEAM.price("year"))
    sold = (replace(TEAM, prices=prices), BUSINESS)
    for module in (catalog, plans):
        monkeypatch.setattr(module, "SOLD", sold)


def test_pushing_makes_a_product_for_each_plan_and_a_price_for_each_interval() -> None:
    made = at_stripe()
    for plan in SOLD:
        assert made[f"chapterhouse_{plan.key}"]["name"] == f"Chapterhouse {plan.name}"
        for price in plan.prices:
            row = Price.objects.get(plan_key=plan.key, interval=price.interval, is_sold=True)
            there = made[row.price_id]
            assert (there["unit_amount"], there["currency"]) == (price.amount, price.currency)
            assert there["recurring"]["interval"] == price.interval
            assert there["tax_behavior"] == "exclusive"
            assert there["lookup_key"] == plan.lookup_key(price.interval)
    assert Price.objects.count() == 4


def test_pushing_twice_is_pushing_once() -> None:
    before, kept = at_stripe(), rows()
    assert run("push") == "nothing to push\n"
    assert (at_stripe(), rows()) == (before, kept)


def test_after_a_push_everything_agrees() -> None:
    assert run("check") == "code, database and Stripe agree\n"


def test_our_portal_sells_nothing() -> None:
    """Plan and quantity go through us; the portal is for card, invoices, tax id and the end."""
    configuration = at_stripe()[Deployment.objects.get().portal_configuration]
    features = configuration["features"]
    assert features["subscription_update"]["enabled"] is False
    assert features["subscription_cancel"]["mode"] == "at_period_end"
    assert features["payment_method_update"]["enabled"] is True


def test_a_changed_amount_supersedes_and_the_old_price_keeps_its_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = Price.objects.get(plan_key="team", interval="month", is_sold=True)
    dearer(monkeypatch)

    assert "$15.00" in run("push")

    new = Price.objects.get(plan_key="team", interval="month", is_sold=True)
    old.refresh_from_db()
    assert (old.amount, old.is_sold, new.amount) == (1200, False, 1500)
    there = at_stripe()
    assert (there[old.price_id]["lookup_key"], there[old.price_id]["unit_amount"]) == (None, 1200)
    assert there[new.price_id]["lookup_key"] == "chapterhouse_team_month"
    assert Price.objects.count() == 5


def test_who_subscribed_at_the_old_price_stays_as_they_were(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when subscriptions are read by lookup key, or old rows are removed."""
    company = a_paying_company()
    before = company.phases, company.revision
    dearer(monkeypatch)
    push_plans()

    look(company)
    assert (company.phases, company.revision) == before
    sandbox.to_next_renewal()
    look(company)

    assert (company.phases, company.revision) == before
    assert company.subscription.plan_key == "team"
    assert sandbox.ledger()["invoices"][-1]["total"] == 3 * 1200


def test_what_is_bought_after_a_push_costs_the_new_price(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer(monkeypatch)
    push_plans()
    a_checkout(a_company())
    (session,) = sandbox.ledger()["sessions"]
    assert session["amount_subtotal"] == 3 * 1500


def archive(price_id: str) -> None:
    write(lambda stripe: stripe.v1.prices.update(price_id, {"active": False}))


def the_price() -> Price:
    return Price.objects.get(plan_key="team", interval="month", is_sold=True)


def test_a_price_that_was_archived_at_stripe_is_a_difference_that_a_push_mends() -> None:
    archive(the_price().price_id)
    with pytest.raises(CommandError, match="Team by the month: not sold at Stripe"):
        run("check")
    run("push")
    assert plan_differences() == []


def test_another_amount_in_the_catalog_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    dearer(monkeypatch)
    with pytest.raises(CommandError, match="Stripe asks 1200, the catalog 1500"):
        run("check")


def test_a_price_without_a_row_is_a_difference() -> None:
    the_price().delete()
    with pytest.raises(CommandError, match="Team by the month: no price in the database"):
        run("check")
    run("push")
    assert plan_differences() == []


def test_another_price_in_the_row_is_a_difference() -> None:
    Price.objects.filter(pk=the_price().pk).update(price_id="price_other")
    with pytest.raises(CommandError, match="the database sells price_other"):
        run("check")


def test_another_amount_in_the_row_is_a_difference() -> None:
    """The page shows the row's amount: it must be what Stripe charges."""
    Price.objects.filter(pk=the_price().pk).update(amount=1)
    with pytest.raises(CommandError, match="Team by the month: the database says"):
        run("check")
    run("push")
    assert plan_differences() == []


def test_a_missing_portal_is_a_difference() -> None:
    Deployment.objects.update(portal_configuration="")
    with pytest.raises(CommandError, match="portal"):
        run("check")


def test_a_stripe_that_is_away_is_told_and_not_taken_for_agreement(sandbox: Sandbox) -> None:
    sandbox.faults({"path": "/v1/", "status": 500, "times": 1000})
    for verb in ("push", "check"):
        with pytest.raises(CommandError, match="does not answer"):
            run(verb)
    sandbox.faults()


# --- A price that nobody here knows ---


def test_the_same_choice_at_a_new_price_gets_a_new_page(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun at the old price is not sold any more, and nobody is shown two prices.

    Red without ``price_id`` in ``is_what_is_sold``.
    """
    company = a_company()
    old = a_checkout(company)
    dearer(monkeypatch, 1500)
    push_plans()

    new = a_checkout(company)

    assert (old.url == new.url, old.price_id == new.price_id) == (False, False)
    assert (
        new.price_id == Price.objects.get(plan_key="team", interval="month", is_sold=True).price_id
    )
    told = [(one["status"], one["amount_subtotal"]) for one in sandbox.ledger()["sessions"]]
    assert told == [("expired", 3 * 1200), ("open", 3 * 1500)]
    assert a_checkout(company).url == new.url


def a_strange_price(company_customer: str, sandbox: Sandbox, subscription_id: str) -> str:
    product = write(lambda stripe: stripe.v1.products.create({"name": "By hand"}))
    made = write(
        lambda stripe: stripe.v1.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": 700,
                "recurring": {"interval": "month"},
            }
        )
    )
    item = sandbox.subscription(subscription_id)["items"]["data"][0]["id"]
    write(
        lambda stripe: stripe.v1.subscriptions.update(
            subscription_id,
            {"items": [{"id": item, "price": made.id}], "proration_behavior": "none"},
        )
    )
    return made.id


def test_a_price_nobody_knows_takes_nothing_away_and_alarms(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Red when ``_price`` clears the plan."""
    company = a_paying_company()
    before = company.phase
    subscription_id = company.subscription.subscription_id
    strange = a_strange_price(company.customer_id, sandbox, subscription_id)

    look(company)

    row = company.subscription
    assert (row.price_id, row.has_unknown_price, row.plan_key) == (strange, True, "team")
    assert company.phase == replace(before, since=company.phase.since, seat_price=None)
    assert company.phase.limits[Limit.SEATS] == 3
    (alarm,) = [line for line in caplog.records if "unknown price" in line.getMessage()]
    assert (alarm.levelname, strange in alarm.getMessage()) == ("ERROR", True)


def test_a_new_subscription_of_a_price_nobody_knows_opens_nothing_and_alarms(
    sandbox: Sandbox,
) -> None:
    company = a_company()
    a_checkout(company)
    product = write(lambda stripe: stripe.v1.products.create({"name": "By hand"}))
    made = write(
        lambda stripe: stripe.v1.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": 700,
                "recurring": {"interval": "month"},
            }
        )
    )
    sandbox.call("dashboard/subscriptions", customer=company.customer_id, price=made.id)
    look(company)
    assert company.subscription.has_unknown_price
    assert company.phase.standing == "restricted"
    Price.objects.create(
        price_id=made.id, plan_key="team", interval="month", amount=700, currency="usd",
        is_sold=False,
    )  # fmt: skip
    look(company)
    assert company.phase.standing == "active", "known at the next look"
