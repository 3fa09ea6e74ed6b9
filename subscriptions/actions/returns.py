"""Giving money back: who may, what is written down, and what became of it."""

from uuid import uuid4

import structlog
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.money import Money
from orgs.models import Organization
from orgs.policy import require_staff
from subscriptions import events
from subscriptions.actions.staff import a_reason
from subscriptions.gateway.returns import PaidInvoice
from subscriptions.models import Intent, MoneyBack
from subscriptions.refusals import ChangeUnderWay, NothingToGiveBack

State = MoneyBack.State
OF_REFUND = {
    "pending": State.PENDING,
    "requires_action": State.PENDING,
    "succeeded": State.SUCCEEDED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}
"""How a refund stands at Stripe → what that means here."""
log = structlog.get_logger()


@transaction.atomic
def begin_giving_back(
    *, organization: Organization, invoice: PaidInvoice, amount: int, reason: str, actor: Actor
) -> Intent:
    """Write down that ``amount`` minor units of a paid invoice go back; one at a time an invoice.

    Changes no standing. Locks the organization. Refuses with NothingToGiveBack, ChangeUnderWay or
    Invalid.
    """
    require_staff(actor, "money:change")
    organization = Organization.objects.lock(organization.pk)
    reason = a_reason(reason)
    ours = organization.stripe_customers.filter(customer_id=invoice.customer_id)
    if not ours.exists():
        raise NothingToGiveBack
    if not 0 < amount <= invoice.left:
        left = Money(invoice.left, invoice.currency)
        raise NothingToGiveBack(f"Of this invoice {left} can go back.", field="amount")
    if MoneyBack.objects.filter(invoice_id=invoice.invoice_id, state=State.ASKED).exists():
        raise ChangeUnderWay("Money of this invoice is on its way already. Look again in a minute.")
    row = MoneyBack.objects.create(
        organization=organization,
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
        invoice_number=invoice.number,
        amount=amount,
        currency=invoice.currency,
        reason=reason,
        asked_by_id=actor.user_id,
    )
    record(
        events.MoneyGivenBack(
            money_back_id=row.pk, invoice=row.invoice_number, amount=str(row.money), why=reason
        ),
        actor=actor,
        organization=organization,
    )
    return organization.intents.create(
        kind=Intent.Kind.GIVE_BACK,
        money_back=row,
        key=f"back-{row.pk}-{uuid4().hex}",
    )


def follow_money_back(row: MoneyBack, refund_status: str) -> None:
    """Bring what is given back to how its refund stands; the caller holds the lock."""
    state = OF_REFUND.get(refund_status, State.PENDING)
    if row.state == state or row.state not in (State.ASKED, State.PENDING):
        return
    row.state = state
    if state in (State.SUCCEEDED, State.FAILED):
        end_money_back(row, state)
    else:
        row.save(update_fields=["state"])


def end_money_back(row: MoneyBack, state: str, error: str = "") -> None:
    """End it, and tell how; the caller holds the organization's lock."""
    row.state, row.ended_at, row.error = state, clock.now(), error[:2000]
    row.save(update_fields=["state", "ended_at", "error"])
    if state == State.FAILED:
        log.error("money did not go back", money_back=row.pk, invoice=row.invoice_id, error=error)
    record(
        events.MoneyBackEnded(
            money_back_id=row.pk,
            invoice=row.invoice_number,
            amount=str(row.money),
            outcome=state,
        ),
        actor=SYSTEM,
        organization=row.organization,
    )
