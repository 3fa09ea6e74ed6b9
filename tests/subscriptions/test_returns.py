"""Money that staff give back: once, no more than was paid, and told however it ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError

from audit.models import AuditEvent
from kernel.refusals import NotFound
from orgs.entitlements import Standing
from subscriptions import intents, returning
from subscriptions.actions.holds import lift_hold
from subscriptions.actions.returns import begin_giving_back
from subscriptions.disputes import apply_dispute
from subscriptions.gateway.returns import DisputeSeen, fetch_paid_invoice
from subscriptions.models import Hold, Intent, MoneyBack
from subscriptions.refusals import ChangeUnderWay, NothingToGiveBack
from subscriptions.returning import give_money_back
from subscriptions.sync import next_fence
from tests.builders import deliver_all
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import (
    Company,
    a_failing_company,
    a_paying_company,
    deliver,
    drive_everything,
    look,
    page,
    unpaid,
)
from tests.subscriptions.test_interrupted import Killed, die_after, die_before
from tests.subscriptions.test_overrides import staff

pytestmark = pytest.mark.django_db
State = MoneyBack.State
DEATHS = [
    pytest.param(die_before, returning, "carry_out", id="before the call begins"),
    pytest.param(die_before, intents, "give_back", id="before Stripe hears"),
    pytest.param(die_after, intents, "give_back", id="after Stripe did it"),
    pytest.param(die_after, returning, "carry_out", id="after it is recorded"),
    pytest.param(die_before, returning, "refresh", id="before it is looked at"),
]


def given_back(sandbox: Sandbox) -> int:
    return sum(int(charge["amount_refunded"]) for charge in sandbox.ledger()["charges"])


def back(company: Company, invoice: Any, amount: int = 1000, **more: Any) -> MoneyBack:
    asked: dict[str, Any] = {"reason": "They were away.", "actor": staff()}
    return give_money_back(
        organization=company.organization, invoice_id=invoice["id"], amount=amount, **asked | more
    )


def standing(company: Company) -> str:
    return company.phase.standing


def test_it_goes_back_by_a_credit_note_and_everybody_sees_it(sandbox: Sandbox) -> None:
    company = a_paying_company()
    [invoice] = sandbox.ledger()["invoices"]

    done = back(company, invoice)

    assert (done.state, given_back(sandbox)) == (State.SUCCEEDED, 1000)
    [note] = sandbox.ledger()["credit_notes"]
    assert (note["amount"], done.credit_note_id) == (1000, note["id"])
    assert standing(company) == Standing.ACTIVE
    assert "They were away." in page(company)
    names = AuditEvent.objects.filter(name__startswith="invoice.").order_by("pk")
    assert [event.name.partition(".")[2] for event in names] == [
        "money_given_back",
        "money_back_ended",
    ]


def test_no_more_than_was_paid_and_none_of_another(sandbox: Sandbox) -> None:
    """Red without ``invoice.left`` in ``begin_giving_back``, or the look at whose it is."""
    company, other = a_paying_company("anvils"), a_paying_company("bellows")
    [invoice] = [i for i in sandbox.ledger()["invoices"] if i["customer"] == company.customer_id]

    for amount in (0, -5, 3601):
        with pytest.raises(NothingToGiveBack):
            back(company, invoice, amount)
    with pytest.raises(NothingToGiveBack):
        back(other, invoice)
    with pytest.raises(NothingToGiveBack):
        back(company, {"id": "in_never"})
    back(company, invoice, 3600)
    with pytest.raises(NothingToGiveBack):
        back(company, invoice, 1)

    assert given_back(sandbox) == 3600


def test_nothing_goes_back_of_what_is_not_paid(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)
    [invoice] = unpaid(sandbox)

    with pytest.raises(NothingToGiveBack):
        back(company, invoice)


@pytest.mark.parametrize("role", ["reviewer", "support"])
def test_only_who_may_change_money_gives_back(sandbox: Sandbox, role: str) -> None:
    """Red without ``require_staff`` in ``begin_giving_back`` and ``invoice_to_give_back``."""
    company = a_paying_company()
    [invoice] = sandbox.ledger()["invoices"]

    with pytest.raises(NotFound):
        back(company, invoice, actor=staff(role))
    with pytest.raises(NotFound):
        begin_giving_back(
            organization=company.organization,
            invoice=fetch_paid_invoice(invoice["id"]),
            amount=1,
            reason="They were away.",
            actor=staff(role),
        )
    assert not MoneyBack.objects.exists()


@pytest.mark.crash("money back")
@pytest.mark.parametrize(("death", "owner", "name"), DEATHS)
def test_whoever_dies_on_the_way_gives_back_once(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, death: Any, owner: object, name: str
) -> None:
    company = a_paying_company()
    [invoice] = sandbox.ledger()["invoices"]
    with monkeypatch.context() as patched:
        death(patched, owner, name)
        with pytest.raises(Killed):
            back(company, invoice)

    intents.sweep(age=timedelta(0))
    drive_everything()

    assert (given_back(sandbox), len(sandbox.ledger()["credit_notes"])) == (1000, 1)
    assert MoneyBack.objects.get().state == State.SUCCEEDED
    assert not Intent.objects.filter(state=Intent.State.PENDING).exists()


@pytest.mark.parametrize("executed", [True, False])
def test_an_answer_that_is_lost_gives_back_once(sandbox: Sandbox, *, executed: bool) -> None:
    """Red without ``find_note``: a spoiled key would be sent anew, and give back again."""
    company = a_paying_company()
    [invoice] = sandbox.ledger()["invoices"]
    fault = {"method": "POST", "path": "/v1/credit_notes", "status": 500, "execute": executed}
    sandbox.faults(fault | {"times": 6})

    assert back(company, invoice).state == State.ASKED
    with pytest.raises(ChangeUnderWay):
        back(company, invoice)
    sandbox.faults()
    intents.sweep(age=-timedelta(days=1))
    drive_everything()

    assert (given_back(sandbox), MoneyBack.objects.get().state) == (1000, State.SUCCEEDED)


@pytest.mark.parametrize(("status", "left"), [("succeeded", 1000), ("failed", 0)])
def test_a_bank_takes_its_time_and_may_send_it_back(
    sandbox: Sandbox, status: str, left: int
) -> None:
    """Red without ``_follow_money_back`` in ``look_at_customer``."""
    company = a_paying_company()
    [invoice] = sandbox.ledger()["invoices"]
    sandbox.call("refunds", wait=True)
    done = back(company, invoice)
    assert done.state == State.PENDING
    look(company)
    done.refresh_from_db()
    assert done.state == State.PENDING
    known = len(sandbox.letters())

    sandbox.call("refunds", refund=done.refund_id, status=status)
    deliver(sandbox.letters(after=known))
    drive_everything()

    done.refresh_from_db()
    assert (done.state, given_back(sandbox)) == (status, left)
    assert AuditEvent.objects.filter(name="invoice.money_back_ended").count() == 1


def test_the_database_keeps_one_asked_an_invoice(sandbox: Sandbox) -> None:
    company = a_paying_company()
    fields: dict[str, Any] = {
        "organization": company.organization, "customer_id": "cus_1", "invoice_id": "in_1",
        "amount": 5, "currency": "usd", "reason": "x",
    }  # fmt: skip
    MoneyBack.objects.create(**fields)

    with pytest.raises(IntegrityError):
        MoneyBack.objects.create(**fields)


# --- Disputes ---


def disputed(sandbox: Sandbox, company: Company, **more: Any) -> str:
    [charge] = [
        one for one in sandbox.ledger()["charges"] if one["customer"] == company.customer_id
    ]
    known = len(sandbox.letters())
    made = sandbox.call("disputes", charge=charge["id"], **more)
    deliver(sandbox.letters(after=known))
    drive_everything()
    return str(made["id"])


def test_a_dispute_holds_and_staff_may_lift_it(sandbox: Sandbox) -> None:
    """Red without ``look_at_dispute``; and without the fence a late look would hold again."""
    company = a_paying_company()
    key = disputed(sandbox, company)
    hold = Hold.objects.get()
    assert (hold.source, hold.reference) == ("dispute", key)
    assert standing(company) == Standing.SUSPENDED
    assert "disputed at its bank" in page(company)
    deliver_all()
    [told] = [one for one in mail.outbox if "suspended" in one.subject]
    assert "until the banks have decided" in told.body
    assert "staff" not in told.body
    placed = AuditEvent.objects.get(name="hold.placed")
    assert placed.sentence().startswith("System suspended the organization: A payment")

    lift_hold(
        organization=company.organization, hold_id=hold.pk, reason="We trust them.", actor=staff()
    )
    drive_everything()

    assert standing(company) == Standing.ACTIVE


def test_an_inquiry_holds_nobody(sandbox: Sandbox) -> None:
    company = a_paying_company()
    disputed(sandbox, company, inquiry=True)

    assert not Hold.objects.exists()
    assert standing(company) == Standing.ACTIVE


def test_a_late_look_at_a_dispute_changes_nothing(sandbox: Sandbox) -> None:
    company = a_paying_company()
    early, late = next_fence(), next_fence()
    seen = DisputeSeen("du_1", "needs_response", "fraudulent", company.customer_id)
    apply_dispute(seen, company.organization.pk, fence=early)
    won = DisputeSeen("du_1", "won", "fraudulent", company.customer_id)
    apply_dispute(won, company.organization.pk, fence=late)

    apply_dispute(seen, company.organization.pk, fence=early)

    assert Hold.objects.get().lifted_at is not None
    assert standing(company) == Standing.ACTIVE
