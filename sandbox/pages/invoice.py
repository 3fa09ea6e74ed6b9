"""The hosted invoice page."""

from django.http import Http404, HttpRequest, HttpResponse

from sandbox.billing import standing
from sandbox.billing.checkout import PageRefused
from sandbox.objects import payment_methods
from sandbox.objects.cards import Card, CardMistake, read
from sandbox.objects.fields import address
from sandbox.pages.page import page
from sandbox.pages.places import COUNTRIES
from sandbox.pages.redirect import SeeOther
from sandbox.store import Doc
from sandbox.world import world

ENTERED = ("number", "expiry", "cvc", "name", "country", "line1", "city", "postal_code")


def invoice(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """Show the invoice, and take a card for it while it is open."""
    found = world().store.get("invoice", invoice_id)
    if found is None or found["status"] == "draft":
        raise Http404
    if request.method != "POST":
        return _form(found, {"country": "US"})
    entered: Doc = {name: request.POST.get(name, "").strip() for name in ENTERED}
    try:
        card = read(entered, now=world().clock.now())
        if not entered["name"]:
            raise PageRefused("name", "Enter the name on the card.")
        billing = {"address": address(entered), "name": entered["name"]}
        pay_invoice(invoice_id, card, billing, confirmed=request.POST.get("confirmed") == "yes")
    except CardMistake as mistake:
        return _form(found, entered, mistake.field, mistake.words)
    except PageRefused as refused:
        if refused.asks and "confirmed" not in request.POST:
            context = {
                "entered": entered,
                "action": f"/invoice/{invoice_id}",
                "amount": found["amount_remaining"],
                "currency": found["currency"],
            }
            return page("authenticate.html", context)
        return _form(found, entered, refused.field, refused.words)
    return SeeOther(f"/invoice/{invoice_id}")


def pay_invoice(
    invoice_id: str, card: Card, billing: Doc | None = None, *, confirmed: bool = False
) -> None:
    """Pay with a card that is kept for nothing else; a decline stays on record."""
    with world().turn() as turn:
        found = turn.find("invoice", invoice_id)
        if found["status"] != "open":
            raise PageRefused("invoice", "This invoice is not open.")
        method = payment_methods.create(turn, card, billing)
        attempt = standing.collect(turn, found, method, confirmed=confirmed)
    if not attempt.paid:
        raise PageRefused("number", attempt.words, asks=attempt.asks)


def _form(found: Doc, entered: Doc, field: str = "", words: str = "") -> HttpResponse:
    context = {
        "invoice": found,
        "entered": entered,
        "field": field,
        "words": words,
        "countries": COUNTRIES,
        "customer": world().store.get("customer", found["customer"]),
    }
    return page("invoice.html", context, status=422 if words else 200)
