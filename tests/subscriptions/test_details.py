"""What stands on invoices: ours to ask for, Stripe's to keep, and the same in both places."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.refusals import Forbidden, Invalid
from orgs.roles import Role
from subscriptions import detailing, intents
from subscriptions.actions.details import Details, follow_details
from subscriptions.detailing import keep_details
from subscriptions.gateway.billing import CustomerSeen
from subscriptions.gateway.client import write
from subscriptions.models import Intent, StripeCustomer
from subscriptions.refusals import ChangeUnderWay, NoCustomerYet
from subscriptions.sync import next_fence
from tests.builders import a_member, an_actor, signed_in
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import (
    Company,
    a_company,
    a_paying_company,
    deliver,
    drive_everything,
    look,
)
from tests.subscriptions.test_interrupted import Killed, die_after, die_before

pytestmark = pytest.mark.django_db
MONEY = Details("money@anvils.example", "PO-4711")
CUSTOMERS = "/v1/customers/"


def keep(company: Company, details: Details = MONEY) -> bool:
    return keep_details(
        organization=company.organization, details=details, actor=an_actor(company.owner)
    )


def here(company: Company) -> tuple[str, str]:
    row = StripeCustomer.objects.get(organization=company.organization)
    return row.email, row.purchase_order


def at_stripe(sandbox: Sandbox) -> tuple[str, list[Any]]:
    [row] = sandbox.ledger()["customers"]
    return row["email"], row["invoice_settings"]["custom_fields"] or []


def test_it_stands_on_the_next_invoice_and_in_both_places(sandbox: Sandbox) -> None:
    company = a_paying_company()
    assert here(company) == (company.owner.email, "")

    for _ in range(2):
        assert keep(company)

    assert here(company) == ("money@anvils.example", "PO-4711")
    sandbox.to_next_renewal()
    invoice = max(sandbox.ledger()["invoices"], key=lambda one: int(one["created"]))
    assert invoice["customer_email"] == "money@anvils.example"
    assert invoice["custom_fields"] == [{"name": "Purchase order", "value": "PO-4711"}]
    assert Intent.objects.filter(kind=Intent.Kind.UPDATE_CUSTOMER).count() == 1


def test_an_empty_purchase_order_is_none(sandbox: Sandbox) -> None:
    company = a_paying_company()
    keep(company)

    keep(company, Details("money@anvils.example", ""))

    assert at_stripe(sandbox) == ("money@anvils.example", [])
    assert here(company) == ("money@anvils.example", "")


def test_what_was_changed_at_stripe_is_seen(sandbox: Sandbox) -> None:
    """Red without ``follow_details`` in ``apply_look``."""
    company = a_paying_company()
    known = len(sandbox.letters())
    asked: Any = {"email": "till@anvils.example"}
    write(lambda stripe: stripe.v1.customers.update(company.customer_id, asked))

    deliver(sandbox.letters(after=known))
    drive_everything()

    assert here(company) == ("till@anvils.example", "")


def test_an_early_look_that_comes_late_writes_nothing(sandbox: Sandbox) -> None:
    company = a_paying_company()
    early, late = next_fence(), next_fence()
    for fence, email in ((late, "late@x.example"), (early, "early@x.example")):
        row = StripeCustomer.objects.get(organization=company.organization)
        follow_details(row, CustomerSeen(email, ""), fence)

    assert here(company)[0] == "late@x.example"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (Details("nobody", ""), "email"),
        (Details("", ""), "email"),
        (Details("a@b.example", "x" * 141), "purchase_order"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(
    sandbox: Sandbox, details: Details, field: str
) -> None:
    company = a_paying_company()

    with pytest.raises(Invalid) as refused:
        keep(company, details)

    assert refused.value.field == field
    assert at_stripe(sandbox)[0] == company.owner.email


def test_only_who_manages_the_billing_changes_it_and_only_where_something_was_bought(
    sandbox: Sandbox,
) -> None:
    """Red without ``require`` in ``begin_details``."""
    company = a_paying_company()
    manager = an_actor(a_member(company.organization, Role.MANAGER))

    with pytest.raises(Forbidden):
        keep_details(organization=company.organization, details=MONEY, actor=manager)
    with pytest.raises(NoCustomerYet):
        keep(a_company())


@pytest.mark.crash("billing details")
@pytest.mark.parametrize(
    ("death", "owner", "name"),
    [
        pytest.param(die_before, detailing, "carry_out", id="before the call begins"),
        pytest.param(die_before, intents, "update_customer", id="before Stripe hears"),
        pytest.param(die_after, intents, "update_customer", id="after Stripe did it"),
        pytest.param(die_before, detailing, "refresh", id="before it is looked at"),
    ],
)
def test_whoever_dies_on_the_way_leaves_what_the_sweep_finishes(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, death: Any, owner: object, name: str
) -> None:
    company = a_paying_company()
    with monkeypatch.context() as patched:
        death(patched, owner, name)
        with pytest.raises(Killed):
            keep(company)

    intents.sweep(age=timedelta(0))
    drive_everything()

    assert here(company) == ("money@anvils.example", "PO-4711")
    assert at_stripe(sandbox)[0] == "money@anvils.example"


def test_while_stripe_is_silent_it_is_noted_once(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    form = {"email": MONEY.email, "purchase_order": MONEY.purchase_order}
    sandbox.faults({"method": "POST", "path": CUSTOMERS, "status": 429, "times": 9})

    answer = browser.post(company.url("details"), form, follow=True)
    assert "It is noted" in answer.content.decode()
    with pytest.raises(ChangeUnderWay):
        keep(company)
    sandbox.faults()
    intents.sweep(age=-timedelta(days=1))
    look(company)

    assert here(company) == ("money@anvils.example", "PO-4711")
    assert "PO-4711" in browser.get(company.url("details")).content.decode()
