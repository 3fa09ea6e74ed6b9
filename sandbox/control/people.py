"""Doing what people do on the hosted pages and at Stripe's own dashboard."""

from sandbox.billing import founding, portal
from sandbox.billing.checkout import Order, PageRefused
from sandbox.control.lever import lever
from sandbox.objects import customers, payment_methods
from sandbox.objects.cards import CardMistake, plain
from sandbox.operations.subscriptions import delete_customer
from sandbox.pages.checkout import pay_session
from sandbox.pages.invoice import pay_invoice
from sandbox.protocol.rendering import public
from sandbox.store import Doc
from sandbox.world import world

GOOD_CARD = "4242424242424242"


@lever("POST")
def pay(sent: Doc) -> Doc:
    """Fill in a session's Checkout page and press the button."""
    try:
        order = Order(
            card=plain(sent.get("card", GOOD_CARD)),
            name=sent.get("name", "Ada Buyer"),
            email=sent.get("email"),
            country=sent.get("country", "US"),
            postal_code=sent.get("postal_code", "94107"),
            quantity=sent.get("quantity"),
            promotion=sent.get("promotion_code"),
            tax_id=tuple(sent["tax_id"]) if "tax_id" in sent else None,
            confirmed=sent.get("authenticate", True),
        )
        redirect = pay_session(sent["session"], order)
    except (PageRefused, CardMistake) as refused:
        return {"ok": False, "error": refused.words, "redirect": None}
    return {"ok": True, "error": None, "redirect": redirect}


@lever("POST")
def pay_hosted_invoice(sent: Doc) -> Doc:
    """Pay an open invoice on its own page."""
    try:
        card = plain(sent.get("card", GOOD_CARD))
        pay_invoice(sent["invoice"], card, confirmed=sent.get("authenticate", True))
    except (PageRefused, CardMistake) as refused:
        return {"ok": False, "error": refused.words}
    return {"ok": True, "error": None}


@lever("POST")
def portal_cancel(sent: Doc) -> Doc:
    """Press "Cancel" in the portal."""
    with world().turn() as turn:
        subscription = turn.find("subscription", sent["subscription"])
        portal.cancel(turn, subscription, sent.get("feedback"), sent.get("comment", ""))
        return public(turn, subscription)


@lever("POST")
def portal_resume(sent: Doc) -> Doc:
    """Press "Keep the plan" in the portal."""
    with world().turn() as turn:
        subscription = turn.find("subscription", sent["subscription"])
        portal.resume(turn, subscription)
        return public(turn, subscription)


@lever("POST")
def portal_card(sent: Doc) -> Doc:
    """Put another card on in the portal."""
    try:
        with world().turn() as turn:
            customer = customers.live(turn, sent["customer"])
            method = portal.put_card(turn, customer, plain(sent.get("card", GOOD_CARD)))
    except (PageRefused, CardMistake) as refused:
        return {"ok": False, "error": refused.words, "payment_method": None}
    return {"ok": True, "error": None, "payment_method": method["id"]}


@lever("POST")
def subscribe(sent: Doc) -> Doc:
    """Make a subscription at the dashboard, as an operator might behind the application's back."""
    with world().turn() as turn:
        customer = customers.live(turn, sent["customer"])
        price = turn.find("price", sent["price"])
        params: Doc = {"metadata": sent.get("metadata", {})}
        if sent.get("card", GOOD_CARD):
            method = payment_methods.create(turn, plain(sent.get("card", GOOD_CARD)))
            payment_methods.attach(turn, method, customer["id"])
            params["default_payment_method"] = method["id"]
        made = founding.found(turn, customer, [(price, sent.get("quantity", 1))], params)
        return public(turn, made)


@lever("POST")
def delete(sent: Doc) -> Doc:
    """Delete a customer at the dashboard."""
    with world().turn() as turn:
        return public(turn, delete_customer(turn, {}, sent["customer"]))
