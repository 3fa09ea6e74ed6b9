"""Money that goes back: refunds, credit notes, disputes; figures worked out by hand."""

from typing import Any

import pytest
import stripe

from tests.sandbox.running import (
    Sandbox,
    a_customer,
    a_subscription,
    last_event,
    price,
    types_since,
)
from tests.sandbox.test_pages import fetch


def bought(sandbox: Sandbox, quantity: int = 3) -> tuple[Any, Any]:
    """A customer who paid for seats at 12.00, and their invoice."""
    customer = a_customer(sandbox)
    subscription = a_subscription(sandbox, customer, price(sandbox), quantity)
    return customer, sandbox.stripe.invoices.retrieve(subscription.latest_invoice)


def charge_of(sandbox: Sandbox, customer: Any) -> Any:
    return sandbox.stripe.charges.list({"customer": customer.id}).data[0]


def note(sandbox: Sandbox, invoice: Any, **asked: Any) -> Any:
    return sandbox.stripe.credit_notes.create({"invoice": invoice.id} | asked)


def test_a_part_goes_back_as_money_and_a_part_as_credit(sandbox: Sandbox) -> None:
    customer, invoice = bought(sandbox)
    before = last_event(sandbox)

    made = note(sandbox, invoice, amount=3000, refund_amount=2000, credit_amount=1000)

    charge = charge_of(sandbox, customer)
    assert (charge.amount_refunded, charge.refunded) == (2000, False)
    assert sandbox.stripe.customers.retrieve(customer.id).balance == -1000
    assert (made.type, made.number) == ("post_payment", f"{invoice.number}-CN-01")
    assert made.refunds[0].amount_refunded == 2000
    seen = sandbox.stripe.invoices.retrieve(invoice.id)
    assert (seen.status, seen.post_payment_credit_notes_amount) == ("paid", 3000)
    assert types_since(sandbox, before) == [
        "refund.created",
        "charge.refunded",
        "credit_note.created",
        "invoice.updated",
        "customer.updated",
    ]
    sandbox.to_next_renewal()
    renewal = sandbox.stripe.invoices.list({"customer": customer.id}).data[0]
    assert (renewal.total, renewal.amount_paid) == (3600, 2600)


def test_no_more_goes_back_than_was_paid(sandbox: Sandbox) -> None:
    _, invoice = bought(sandbox)
    note(sandbox, invoice, refund_amount=3000)

    for wrong in (
        {"refund_amount": 601},
        {"amount": 600, "refund_amount": 500},
        {"amount": 0, "refund_amount": 0},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            note(sandbox, invoice, **wrong)
    note(sandbox, invoice, refund_amount=600)
    assert len(sandbox.stripe.credit_notes.list({"invoice": invoice.id}).data) == 2


def test_an_open_invoice_is_due_for_less_and_paid_when_nothing_is_left(sandbox: Sandbox) -> None:
    customer, _ = bought(sandbox)
    sandbox.call("portal/card", customer=customer.id, card="4000000000000341")
    sandbox.to_next_renewal()
    invoice = sandbox.stripe.invoices.list({"customer": customer.id, "status": "open"}).data[0]

    note(sandbox, invoice, amount=600)
    assert sandbox.stripe.invoices.retrieve(invoice.id).amount_remaining == 3000
    note(sandbox, invoice, amount=3000)

    seen = sandbox.stripe.invoices.retrieve(invoice.id)
    assert (seen.status, seen.pre_payment_credit_notes_amount) == ("paid", 3600)
    subscription = sandbox.stripe.subscriptions.list({"customer": customer.id}).data[0]
    assert subscription.status == "active"


@pytest.mark.parametrize(("status", "left"), [("succeeded", 2000), ("failed", 0)])
def test_a_refund_may_wait_and_then_arrive_or_come_back(
    sandbox: Sandbox, status: str, left: int
) -> None:
    customer, _ = bought(sandbox)
    sandbox.call("refunds", wait=True)
    charge = charge_of(sandbox, customer)
    made = sandbox.stripe.refunds.create({"charge": charge.id, "amount": 2000})
    assert made.status == "pending"
    before = last_event(sandbox)

    sandbox.call("refunds", refund=made.id, status=status)

    assert sandbox.stripe.refunds.retrieve(made.id).status == status
    assert charge_of(sandbox, customer).amount_refunded == left
    assert ("refund.failed" in types_since(sandbox, before)) == (status == "failed")


def test_a_dispute_takes_the_money_and_winning_brings_it_back(sandbox: Sandbox) -> None:
    customer, _ = bought(sandbox)
    charge = charge_of(sandbox, customer)
    before = last_event(sandbox)

    made = sandbox.call("disputes", charge=charge.id)
    assert made["status"] == "needs_response"
    assert types_since(sandbox, before) == [
        "charge.updated",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
    before = last_event(sandbox)
    answered = sandbox.stripe.disputes.update(
        made["id"], {"evidence": {"uncategorized_text": "winning_evidence"}}
    )

    assert answered.status == "won"
    assert [entry.amount for entry in answered.balance_transactions] == [-3600, 3600]
    assert types_since(sandbox, before) == [
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]
    assert sandbox.stripe.disputes.list({"charge": charge.id}).data[0].id == made["id"]


def test_evidence_is_reviewed_and_giving_in_loses(sandbox: Sandbox) -> None:
    customer, _ = bought(sandbox)
    made = sandbox.call("disputes", charge=charge_of(sandbox, customer).id)
    asked: Any = {"evidence": {"uncategorized_text": "They used it every day."}}

    assert sandbox.stripe.disputes.update(made["id"], asked).status == "under_review"
    assert sandbox.stripe.disputes.close(made["id"]).status == "lost"

    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.disputes.close(made["id"])
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe.disputes.update(made["id"], asked)


def test_an_inquiry_takes_nothing_and_closes_by_itself(sandbox: Sandbox) -> None:
    customer, _ = bought(sandbox)
    made = sandbox.call("disputes", charge=charge_of(sandbox, customer).id, inquiry=True)

    closed = sandbox.call("disputes", dispute=made["id"], status="warning_closed")

    assert (made["status"], closed["status"]) == ("warning_needs_response", "warning_closed")
    assert closed["balance_transactions"] == []


def test_the_dashboard_disputes_and_decides(sandbox: Sandbox) -> None:
    customer, invoice = bought(sandbox)

    for _ in range(2):  # the second is refused in words
        fetch(f"{sandbox.url}/dashboard/dispute", {"invoice": invoice.id})
    [made] = sandbox.stripe.disputes.list({"charge": charge_of(sandbox, customer).id}).data
    fetch(f"{sandbox.url}/dashboard/decide", {"dispute": made.id, "status": "won"})

    assert sandbox.stripe.disputes.retrieve(made.id).status == "won"
    assert made.id in fetch(f"{sandbox.url}/")[1]
