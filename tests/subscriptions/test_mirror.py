"""dj-stripe's tables: a copy for people to read, on which nothing waits."""

from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import djstripe
import djstripe.models as mirrored
import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from subscriptions import djstripe_migrations
from subscriptions.actions.plans import push_plans
from subscriptions.gateway import mirror as gateway
from subscriptions.gateway.client import write
from subscriptions.gateway.mirror import KEPT_AS, invoices_of, mirror
from subscriptions.models import Price, SyncTarget
from tests.builders import signed_in
from tests.sandbox_control import Sandbox, pay
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    a_paying_company,
    deliver,
    drive_everything,
)
from webhooks.driving import drain

pytestmark = pytest.mark.django_db


def ids(model: Any) -> set[str]:
    return set(model.objects.values_list("id", flat=True))


def test_what_a_checkout_and_a_renewal_made_arrives(sandbox: Sandbox) -> None:
    sandbox.reset()
    Price.objects.all().delete()
    push_plans()
    company = a_paying_company()
    sandbox.to_next_renewal()

    deliver(sandbox.letters())
    drive_everything()

    ledger = sandbox.ledger()
    assert ids(mirrored.Customer) == {company.customer_id}
    assert ids(mirrored.Subscription) == {company.subscription.subscription_id}
    assert ids(mirrored.Invoice) == {one["id"] for one in ledger["invoices"]}
    assert len(ledger["invoices"]) == 2
    assert ids(mirrored.Price) >= set(Price.objects.values_list("price_id", flat=True))
    assert ids(mirrored.Product) >= {"chapterhouse_team", "chapterhouse_business"}
    assert mirrored.PaymentMethod.objects.count() == 1
    assert {one.status for one in invoices_of([company.customer_id])} == {"paid"}
    page = signed_in(company.owner).get(company.url("billing")).content.decode()
    for invoice in ledger["invoices"]:
        assert invoice["number"] in page


def test_drafts_and_invoices_of_others_are_not_shown(sandbox: Sandbox) -> None:
    company, other = a_paying_company(), a_paying_company()
    sandbox.to_next_renewal()
    deliver(sandbox.letters())
    drive_everything()
    mine = [one for one in sandbox.ledger()["invoices"] if one["customer"] == company.customer_id]
    assert {one.number for one in invoices_of([company.customer_id])} == {
        one["number"] for one in mine if one["status"] != "draft"
    }
    assert invoices_of([]) == []
    assert other.phase.standing == "active"


def a_discounted_company(sandbox: Sandbox) -> Company:
    coupon = write(lambda s: s.v1.coupons.create({"percent_off": 25, "duration": "forever"}))
    code = write(
        lambda s: s.v1.promotion_codes.create(
            {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "WELCOME"}
        )
    )
    company = a_company()
    attempt = a_checkout(company)
    paid = sandbox.call("pay", session=attempt.session_id, promotion_code=code.code)
    assert paid["ok"], paid
    return company


def test_a_discount_breaks_neither_the_mirror_nor_the_gate(sandbox: Sandbox) -> None:
    company = a_discounted_company(sandbox)
    deliver(sandbox.letters())
    drive_everything()
    assert company.phase.standing == "active"
    (invoice,) = invoices_of([company.customer_id])
    assert invoice.total.amount == 2700


def test_a_customer_with_a_discount_is_mirrored(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this API version the coupon stands under ``source``, where dj-stripe does not look.

    Red without the last step of ``_as_before``.
    """
    company = a_paying_company()
    fetch = gateway.FETCH["customer"]
    coupon = write(lambda s: s.v1.coupons.create({"percent_off": 25, "duration": "forever"}))

    def discounted(stripe: Any, object_id: str) -> Any:
        found = fetch(stripe, object_id)
        found["discount"] = {
            "id": "di_1",
            "object": "discount",
            "customer": object_id,
            "start": 1,
            "end": None,
            "source": {"type": "coupon", "coupon": coupon.id},
        }
        return found

    monkeypatch.setitem(gateway.FETCH, "customer", discounted)
    mirror("customer", company.customer_id)
    assert ids(mirrored.Customer) == {company.customer_id}


@pytest.mark.parametrize("kind", list(KEPT_AS))
def test_what_is_gone_is_left_as_it_was(sandbox: Sandbox, kind: str) -> None:
    mirror(kind, "gone_1")
    assert not KEPT_AS[kind].objects.exists()


def test_a_mirror_that_fails_never_holds_back_a_gate(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when a look mirrors in the same step, or shares its failures."""
    company = a_company()
    assert pay(a_checkout(company).session_id)["ok"]

    def broken(*_: Any) -> None:
        raise ValueError("a key that was moved")

    for kind in gateway.FETCH:
        monkeypatch.setitem(gateway.FETCH, kind, broken)
    deliver(sandbox.letters())
    drain()

    assert company.phase.standing == "active"
    poisoned = SyncTarget.objects.filter(kind__startswith="mirror:")
    assert poisoned.count() > 3
    assert all(target.attempts == 1 for target in poisoned)
    assert not SyncTarget.objects.dirty().filter(kind="customer").exists()
    assert not SyncTarget.objects.filter(kind="customer", attempts__gt=0).exists()


# --- The tables themselves ---


def test_our_one_migration_stands_for_upstreams_by_name() -> None:
    upstream = Path(djstripe.__file__).parent / "migrations"
    named = sorted(path.stem for path in upstream.glob("0*.py"))
    fresh = import_module("subscriptions.djstripe_migrations.0001_fresh").Migration
    replaced = [name for _, name in fresh.replaces]
    assert {app for app, _ in fresh.replaces} == {"djstripe"}
    assert set(replaced) <= set(named)
    assert set(named) == set(replaced), "upstream has migrations that ours does not stand for"


def test_a_later_migration_of_upstream_would_be_found() -> None:
    """Red without ``__path__`` in ``subscriptions.djstripe_migrations``."""
    upstream = Path(djstripe.__file__).parent / "migrations"
    assert str(upstream) in [str(Path(path)) for path in djstripe_migrations.__path__]
    loaded = MigrationLoader(None, replace_migrations=False).disk_migrations
    assert ("djstripe", "0001_fresh") in loaded
    assert {("djstripe", path.stem) for path in upstream.glob("0*.py")} <= set(loaded)


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())
