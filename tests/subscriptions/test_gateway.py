"""The one door to Stripe: no call with a lock held, no write from a copy of the database."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from orgs.models import Organization
from subscriptions.actions.plans import push_plans
from subscriptions.actions.portal import open_portal
from subscriptions.gateway.billing import fetch_billing
from subscriptions.gateway.checkout import create_customer
from subscriptions.gateway.client import (
    CallInTransaction,
    GoneAtStripe,
    KeyReused,
    WrongDeployment,
    client,
    read,
    write,
)
from subscriptions.models import Deployment, Intent
from tests.builders import an_actor, signed_in
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import a_checkout, a_company, a_paying_company, look

pytestmark = pytest.mark.django_db


def test_a_call_inside_a_transaction_is_a_bug_that_shows() -> None:
    """Red without the question of ``atomic_blocks`` in ``translated``."""
    for call in (
        lambda: read(lambda stripe: stripe.v1.products.list()),
        lambda: write(lambda stripe: stripe.v1.products.create({"name": "x"})),
        lambda: fetch_billing("cus_1"),
    ):
        with transaction.atomic(), pytest.raises(CallInTransaction):
            call()


@pytest.mark.django_db(transaction=True)
def test_a_call_inside_a_transaction_is_refused_on_a_real_connection_too(
    sandbox: Sandbox,
) -> None:
    with transaction.atomic(), pytest.raises(CallInTransaction):
        read(lambda stripe: stripe.v1.products.list())
    assert read(lambda stripe: stripe.v1.products.list()).data


@pytest.mark.django_db(transaction=True)
def test_no_lock_is_held_while_stripe_is_asked(sandbox: Sandbox) -> None:
    """While a look waits for Stripe, somebody else locks the organization without waiting."""
    company = a_paying_company()
    sandbox.faults({"path": "/v1/subscriptions", "hang": 1.5, "times": 1})
    waiting = threading.Thread(target=_look_and_close, args=(company,))
    waiting.start()
    while sandbox.ask("faults")["answers"]:
        pass
    with transaction.atomic():
        Organization.objects.select_for_update(nowait=True).get(pk=company.organization.pk)
    assert waiting.is_alive()
    waiting.join(timeout=20)


def _look_and_close(company: Any) -> None:
    look(company)
    connection.close()


def test_a_key_sent_again_with_other_parameters_is_a_bug_that_shows(sandbox: Sandbox) -> None:
    """Red when ``translated`` turns an IdempotencyError into a refusal."""
    create_customer({"name": "One"}, key="the-same")
    assert create_customer({"name": "One"}, key="the-same")
    with pytest.raises(KeyReused):
        create_customer({"name": "Two"}, key="the-same")
    assert len(sandbox.ledger()["customers"]) == 1


def test_what_is_not_there_is_told_by_name(sandbox: Sandbox) -> None:
    with pytest.raises(GoneAtStripe):
        read(lambda stripe: stripe.v1.products.retrieve("prod_none"))


# --- A copy of the database under another name ---


@pytest.mark.parametrize("copied", [{"DEPLOYMENT": "staging"}, {"STRIPE_LIVE_MODE": True}])
def test_a_copy_under_another_name_writes_nothing(
    sandbox: Sandbox, settings: Any, copied: dict[str, object]
) -> None:
    """Red without ``ensure_deployment`` in ``write``."""
    company, other = a_paying_company(), a_company()
    for name, value in copied.items():
        setattr(settings, name, value)
    ledger = sandbox.ledger()
    with sandbox.unheard():
        form = {"plan": "team", "interval": "month", "seats": "3", "terms": "on"}
        answer = signed_in(other.owner).post(other.url("checkout"), form)
        assert answer.status_code == 503
        with pytest.raises(WrongDeployment):
            open_portal(organization=company.organization, actor=an_actor(company.owner))
        with pytest.raises(WrongDeployment):
            push_plans()
        with pytest.raises(WrongDeployment):
            a_checkout(other)
    assert {key: ledger[key] for key in ledger if key != "now"} == {
        key: value for key, value in sandbox.ledger().items() if key != "now"
    }
    assert Deployment.objects.get().name != "staging"
    assert not Intent.objects.filter(state=Intent.State.FAILED).exists()


def test_a_copy_under_another_name_still_reads(sandbox: Sandbox, settings: Any) -> None:
    company = a_paying_company()
    settings.DEPLOYMENT = "staging"
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    look(company)
    assert company.subscription.ends_at is not None
    assert company.phase.standing == "active"
    browser = signed_in(company.owner)
    assert browser.get(company.url("billing")).status_code == 200


def test_every_address_of_the_client_is_ours_to_choose(settings: Any) -> None:
    client.cache_clear()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    addresses = client()._requestor._options.base_addresses
    assert {str(address) for address in addresses.values()} == {"http://127.0.0.1:9"}
    client.cache_clear()
