"""What pressing "Subscribe" does: first the money, then the subscription."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.billing import invoicing, payment
from sandbox.billing.lines import full_line
from sandbox.clock import DAY
from sandbox.objects import coupons, customers, intents, payment_methods, subscriptions
from sandbox.objects.cards import Card
from sandbox.objects.fields import full_address
from sandbox.protocol.refusals import invalid
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


@dataclass(slots=True)
class Order:
    """What someone filled in on the page."""

    card: Card
    name: str
    email: str | None = None
    country: str | None = "US"
    postal_code: str | None = None
    line1: str | None = None
    city: str | None = None
    state: str | None = None
    quantity: int | None = None
    promotion: str | None = None
    tax_id: tuple[str, str] | None = None
    confirmed: bool = False
    agrees: bool = True

    @property
    def address(self) -> Doc:
        """The address as Stripe keeps it."""
        given = {name: getattr(self, name) for name in ("country", "postal_code", "line1")}
        return full_address(given | {"city": self.city, "state": self.state})


class PageRefused(Exception):
    """Why the page stays open; the words are for the person in front of it."""

    def __init__(self, field: str, words: str, *, asks: bool = False) -> None:
        """Name the field; ``asks`` if the bank wants the person's confirmation."""
        super().__init__(words)
        self.field = field
        self.words = words
        self.asks = asks


def price_of(turn: "Turn", session: Doc) -> Doc:
    """The price this session sells."""
    return turn.find("price", session["_line_items"][0]["price"]["id"])


def reprice(turn: "Turn", session: Doc, quantity: int, promotion: Doc | None) -> None:
    """Work out lines and sums for a quantity and a promotion."""
    line = session["_line_items"][0]
    subtotal = line["price"]["unit_amount"] * quantity
    coupon_id = session["_coupon"]
    if promotion:
        coupon_id = promotion["promotion"]["coupon"]
        session["_promotion"] = promotion["id"]
        session["discounts"] = [{"coupon": None, "promotion_code": promotion["id"]}]
    off = coupons.amount_by(turn.find("coupon", coupon_id), subtotal) if coupon_id else 0
    session["_coupon"] = coupon_id
    line |= {"quantity": quantity, "amount_subtotal": subtotal, "amount_discount": off}
    line["amount_total"] = subtotal - off
    trial = bool(session["_trial_days"] or session["_trial_end"])
    session |= {
        "amount_subtotal": 0 if trial else subtotal,
        "amount_total": 0 if trial else subtotal - off,
    }
    session["total_details"] = {"amount_discount": off, "amount_shipping": 0, "amount_tax": 0}


def wants_agreement(session: Doc) -> bool:
    """Whether the page asks to agree to the seller's terms."""
    asked: Doc = session["consent_collection"] or {}
    return asked.get("terms_of_service") == "required"


def consent_of(session: Doc) -> Doc | None:
    """What was agreed to, if anything was asked."""
    if not session["consent_collection"]:
        return None
    agreed = "accepted" if wants_agreement(session) else None
    return {"promotions": None, "terms_of_service": agreed}


def due_of(session: Doc, customer: Doc) -> int:
    """What the card has to pay: the total, less the customer's credit."""
    total = int(session["amount_total"])
    return max(0, total + int(customer["balance"])) if total else 0


def complete(turn: "Turn", session: Doc, order: Order) -> Doc:
    """Pay and subscribe; a decline changes only the page and the payment intent.

    Raises PageRefused with a sentence; the caller keeps the turn even then.
    """
    if session["status"] != "open":
        raise PageRefused("session", "This page is no longer open.")
    if wants_agreement(session) and not order.agrees:
        raise PageRefused("agrees", "Agree to the terms to go on.")
    _choose(turn, session, order)
    customer = _customer(turn, session, order)
    billing = {"address": order.address, "email": customer["email"], "name": order.name}
    method = payment_methods.create(turn, order.card, billing)
    trial_end = _trial_end(turn, session)
    due = due_of(session, customer)
    intent = _pay(turn, session, customer, method, order, due) if due and not trial_end else None
    method["customer"] = customer["id"]
    turn.save(method)
    turn.tell("payment_method.attached", method)
    if intent is None:
        session["setup_intent"] = intents.new_setup(turn, customer=customer["id"], method=method)[
            "id"
        ]
    _write_customer(turn, session, customer, order)
    subscription, invoice = _subscribe(turn, session, customer, method, trial_end, intent)
    return _finish(turn, session, customer, order, subscription, invoice)


def _choose(turn: "Turn", session: Doc, order: Order) -> None:
    line = session["_line_items"][0]
    quantity = order.quantity or line["quantity"]
    allowed = line["adjustable_quantity"]
    if quantity != line["quantity"]:
        if not (allowed and allowed["enabled"]):
            raise PageRefused("quantity", "The quantity cannot be changed here.")
        if not (allowed["minimum"] or 0) <= quantity <= (allowed["maximum"] or 99):
            words = f"Choose between {allowed['minimum'] or 0} and {allowed['maximum'] or 99}."
            raise PageRefused("quantity", words)
    promotion = None
    if order.promotion:
        promotion = coupons.by_code(turn, order.promotion) if _takes_codes(session) else None
        if promotion is None:
            raise PageRefused("promotion", "This promotion code is not valid.")
    reprice(turn, session, quantity, promotion)


def _takes_codes(session: Doc) -> bool:
    return bool(session["allow_promotion_codes"])


def _customer(turn: "Turn", session: Doc, order: Order) -> Doc:
    if session["customer"]:
        found = turn.find("customer", session["customer"])
        if found.get("deleted"):
            raise PageRefused("session", "This account was closed.")
        return found
    email = session["customer_email"] or order.email
    return customers.create(turn, {"email": email, "name": order.name})


def _trial_end(turn: "Turn", session: Doc) -> int | None:
    if session["_trial_days"]:
        return int(turn.now + session["_trial_days"] * DAY)
    return int(session["_trial_end"]) if session["_trial_end"] else None


def _pay(turn: "Turn", session: Doc, customer: Doc, method: Doc, order: Order, due: int) -> Doc:
    """Charge the page's one payment intent; on refusal only it remembers."""
    intent = turn.seek("payment_intent", session["_intent"]) or intents.new_payment(
        turn,
        amount=due,
        currency=session["currency"],
        customer=customer["id"],
        description="Subscription creation",
    )
    first = session["_intent"] is None
    session["_intent"] = intent["id"]
    intent["amount"] = due
    attempt = payment.charge(turn, intent, method, confirmed=order.confirmed)
    turn.save(session)
    if attempt.paid:
        session["_told"] = session.get("_told", False) or not first
        return intent
    if first:
        payment.tell_created(turn, intent)
    payment.tell_outcome(turn, intent)
    raise PageRefused("number", attempt.words, asks=attempt.asks)


def _write_customer(turn: "Turn", session: Doc, customer: Doc, order: Order) -> None:
    update: Any = session["_customer_update"] or {}
    fresh = session["customer"] is None
    if fresh or update.get("address") == "auto":
        customer["address"] = order.address
    if fresh or update.get("name") == "auto":
        customer["name"] = order.name
    if order.email and not customer["email"]:
        customer["email"] = order.email
    customer["currency"] = customer["currency"] or session["currency"]
    turn.save(customer, "customer.updated")
    if order.tax_id:
        kind, value = order.tax_id
        customers.add_tax_id(turn, customer, {"type": kind, "value": value})


def _subscribe(
    turn: "Turn",
    session: Doc,
    customer: Doc,
    method: Doc,
    trial_end: int | None,
    intent: Doc | None,
) -> tuple[Doc, Doc]:
    """The subscription, born active or trialing, with its paid invoice."""
    line = session["_line_items"][0]
    subscription = subscriptions.shape(
        turn,
        customer=customer,
        items=[(price_of(turn, session), line["quantity"])],
        params=session["_subscription"]
        | {
            "automatic_tax": {"enabled": session["automatic_tax"]["enabled"]},
            "default_payment_method": method["id"],
        },
        trial_end=trial_end,
    )
    if session["_coupon"]:
        discount = coupons.give(
            turn,
            session["_coupon"],
            customer=customer["id"],
            subscription=subscription["id"],
            code=session["_promotion"],
        )
        subscription["discounts"] = [discount["id"]]
    item = subscription["items"]["data"][0]
    period = item["current_period_start"], item["current_period_end"]
    lines = [full_line(turn, item, *period, trial=trial_end is not None)]
    invoice = invoicing.draft(
        turn, subscription, lines, reason="subscription_create", period=(turn.now, turn.now)
    )
    subscription["status"] = "trialing" if trial_end else "active"
    turn.create("subscription", subscription, "customer.subscription.created")
    _pay_invoice(turn, invoice, intent, told=session.get("_told", False))
    return subscription, invoice


def _pay_invoice(turn: "Turn", invoice: Doc, intent: Doc | None, *, told: bool) -> None:
    """Finalize and settle with the money that is already here, in Checkout's own order of news."""
    invoicing.number(turn, invoice)
    if intent is not None:
        invoicing.open_payment(turn, invoice, intent)
        invoice |= {"attempt_count": 1}
    turn.save(invoice, "invoice.updated")
    turn.tell("invoice.finalized", invoice)
    invoicing.settle(turn, invoice)
    turn.tell("invoice.paid", invoice)
    turn.save(invoice, "invoice.updated")
    turn.tell("invoice.payment_succeeded", invoice)
    if intent is None:
        return
    turn.tell("invoice_payment.paid", turn.find("invoice_payment", invoice["_payment"]))
    if not told:
        payment.tell_created(turn, intent)
    payment.tell_outcome(turn, intent)


def _finish(
    turn: "Turn", session: Doc, customer: Doc, order: Order, subscription: Doc, invoice: Doc
) -> Doc:
    session |= {
        "customer": customer["id"],
        "customer_details": {
            "address": order.address,
            "business_name": None,
            "email": customer["email"],
            "individual_name": None,
            "name": order.name,
            "phone": None,
            "tax_exempt": customer["tax_exempt"],
            "tax_ids": [{"type": order.tax_id[0], "value": order.tax_id[1]}]
            if order.tax_id
            else [],
        },
        "consent": consent_of(session),
        "invoice": invoice["id"],
        "payment_status": "paid" if session["amount_total"] else "no_payment_required",
        "status": "complete",
        "subscription": subscription["id"],
        "url": None,
    }
    turn.save(session)
    turn.tell("checkout.session.completed", session)
    return session


def expire(turn: "Turn", session: Doc) -> Doc:
    """Close a page that nobody paid on."""
    if session["status"] != "open":
        raise invalid(
            f'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This one is {session['status']}.",
            "session",
        )
    session |= {"status": "expired", "url": None}
    turn.save(session)
    turn.tell("checkout.session.expired", session)
    return session
