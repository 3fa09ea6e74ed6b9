"""Disputes: a cardholder asks the money back through their bank, and the account may answer."""

from typing import TYPE_CHECKING

from sandbox.clock import DAY
from sandbox.objects.charges import balance_entry
from sandbox.objects.fields import merged_metadata
from sandbox.operations.supported import only
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import invalid
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip
OPEN = ("needs_response", "under_review")
INQUIRY = ("warning_needs_response", "warning_under_review")
ENDS = {"won": OPEN, "lost": OPEN, "warning_closed": INQUIRY}
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
ANSWERS_WITHIN = 9 * DAY


def open_dispute(
    turn: "Turn", charge_id: str, *, reason: str = "fraudulent", inquiry: bool = False
) -> Doc:
    """Let a bank ask for a charge's money; an inquiry only asks, and takes nothing yet."""
    charge = turn.find("charge", charge_id, "charge")
    if charge["disputed"] or not charge["captured"]:
        raise invalid("This charge cannot be disputed.", "charge")
    charge["disputed"] = True
    turn.save(charge, "charge.updated")
    fields = {
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": turn.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": turn.now + ANSWERS_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _disputed_card(charge, inquiry=inquiry),
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_customer": charge["customer"],
    }
    dispute = turn.create("dispute", fields, "charge.dispute.created")
    if not inquiry:
        _move(turn, dispute, -dispute["amount"], "charge.dispute.funds_withdrawn")
    return dispute


def _disputed_card(charge: Doc, *, inquiry: bool) -> Doc:
    card = charge["payment_method_details"]["card"]
    told = {
        "brand": card["brand"],
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": card["network"],
        "network_reason_code": None,
    }
    return {"type": "card", "card": told}


def update(turn: "Turn", params: Doc, dispute_id: str) -> Doc:
    """Write evidence down; sent with submit, the bank reviews it, or decides if it says so."""
    only(params, frozenset({"evidence", "metadata", "submit"}))
    dispute = turn.find("dispute", dispute_id)
    if dispute["status"] not in (*OPEN, *INQUIRY):
        raise invalid("This dispute is closed.")
    dispute["metadata"] = merged_metadata(dispute["metadata"], params.get("metadata"))
    dispute["evidence"] |= params.get("evidence", {})
    dispute["evidence_details"]["has_evidence"] = any(
        dispute["evidence"][name] for name in EVIDENCE
    )
    if params.get("submit", True) and params.get("evidence"):
        dispute["evidence_details"]["submission_count"] += 1
        inquiry = dispute["status"] in INQUIRY
        dispute["status"] = "warning_under_review" if inquiry else "under_review"
        verdict = VERDICTS.get(params["evidence"].get("uncategorized_text", ""))
        if verdict and not inquiry:
            return end(turn, dispute, verdict)
    return turn.save(dispute, "charge.dispute.updated")


def close(turn: "Turn", _params: Doc, dispute_id: str) -> Doc:
    """Give in: the money stays with the cardholder."""
    dispute = turn.find("dispute", dispute_id)
    return end(turn, dispute, "lost")


def end(turn: "Turn", dispute: Doc, status: str) -> Doc:
    """Let the bank decide; won money comes back."""
    if dispute["status"] not in ENDS[status]:
        raise invalid(f"A dispute that is {dispute['status']} cannot become {status}.")
    dispute["status"] = status
    turn.save(dispute)
    turn.tell("charge.dispute.closed", dispute)
    if status == "won":
        _move(turn, dispute, dispute["amount"], "charge.dispute.funds_reinstated")
    return dispute


def _move(turn: "Turn", dispute: Doc, amount: int, event: str) -> None:
    money = {"amount": amount, "currency": dispute["currency"]}
    entry = balance_entry(turn, dispute["id"], money, "adjustment")
    dispute["balance_transactions"] = [*dispute["balance_transactions"], entry]
    turn.save(dispute, event)


def show(turn: "Turn", _params: Doc, dispute_id: str) -> Doc:
    """The dispute."""
    return turn.find("dispute", dispute_id)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Disputes, of a charge or payment intent if asked."""
    query = Query("dispute").where("charge", params.get("charge"))
    query.where("payment_intent", params.get("payment_intent"))
    return query.created(params.get("created")).page(turn, params, "/v1/disputes")
