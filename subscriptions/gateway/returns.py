"""Money that goes back, and disputes: what Stripe does and shows of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from subscriptions.gateway.client import plain, read, write


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """An invoice as it matters for giving back; amounts in minor units."""

    invoice_id: str
    customer_id: str
    number: str
    status: str
    currency: str
    paid: int
    given_back: int

    @property
    def left(self) -> int:
        """How much of it can still go back."""
        return self.paid - self.given_back if self.status == "paid" else 0


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """A credit note, and its refund with its state; empty where it has none."""

    note_id: str
    refund_id: str


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A dispute: its state, and whose payment it is about."""

    dispute_id: str
    status: str
    reason: str
    customer_id: str


def fetch_paid_invoice(invoice_id: str) -> PaidInvoice:
    """Ask what was paid of an invoice, and went back. Refuses with GoneAtStripe or StripeAway."""
    row = plain(read(lambda stripe: stripe.v1.invoices.retrieve(invoice_id)))
    return PaidInvoice(
        invoice_id=row["id"],
        customer_id=_id(row["customer"]),
        number=row.get("number") or row["id"],
        status=row["status"],
        currency=row["currency"],
        paid=int(row["amount_paid"]),
        given_back=int(row["post_payment_credit_notes_amount"]),
    )


def give_back(invoice_id: str, amount: int, *, mark: str, key: str) -> NoteSeen:
    """Write a credit note and refund its amount to the card. The answer may be a replay."""
    asked = {
        "invoice": invoice_id,
        "amount": amount,
        "refund_amount": amount,
        "metadata": {"money_back": mark},
    }
    row = plain(
        write(
            lambda stripe: stripe.v1.credit_notes.create(
                asked,  # type: ignore[arg-type]
                {"idempotency_key": key},
            )
        )
    )
    return _note(row)


def find_note(invoice_id: str, *, mark: str) -> NoteSeen | None:
    """Look for the credit note that bears a mark of ours."""
    rows = read(lambda stripe: stripe.v1.credit_notes.list({"invoice": invoice_id, "limit": 100}))
    for row in map(plain, rows.data):
        if (row.get("metadata") or {}).get("money_back") == mark:
            return _note(row)
    return None


def fetch_refund_status(refund_id: str) -> str:
    """Ask how a refund stands: pending, succeeded, failed, canceled or requires_action."""
    return str(plain(read(lambda stripe: stripe.v1.refunds.retrieve(refund_id)))["status"])


def fetch_dispute(dispute_id: str) -> DisputeSeen:
    """Ask how a dispute stands, and whose charge it is about."""
    row = plain(read(lambda stripe: stripe.v1.disputes.retrieve(dispute_id)))
    charge = plain(read(lambda stripe: stripe.v1.charges.retrieve(_id(row["charge"]))))
    return DisputeSeen(row["id"], row["status"], row["reason"], _id(charge.get("customer")))


def listed_disputes() -> Iterator[tuple[str, str]]:
    """Yield every dispute of the account with its state; one call for a hundred."""
    after = ""
    while True:
        asked = {"limit": 100} | ({"starting_after": after} if after else {})
        page = read(lambda stripe, a=asked: stripe.v1.disputes.list(a))  # type: ignore[misc]
        for row in page.data:
            yield row.id, row.status
        if not page.has_more or not page.data:
            return
        after = page.data[-1].id


def _note(row: dict[str, Any]) -> NoteSeen:
    refunds = row.get("refunds") or []
    return NoteSeen(row["id"], _id(refunds[0]["refund"]) if refunds else "")


def _id(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value or "")
