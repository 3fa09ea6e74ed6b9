"""The hosted Checkout page."""

from django.http import Http404, HttpRequest, HttpResponse

from sandbox.billing.checkout import Order, PageRefused, complete, wants_agreement
from sandbox.objects.cards import CardMistake, read
from sandbox.pages.page import notice, page
from sandbox.pages.places import COUNTRIES, TAX_IDS
from sandbox.pages.redirect import SeeOther
from sandbox.store import Doc
from sandbox.world import world

ENTERED = (
    "email",
    "number",
    "expiry",
    "cvc",
    "name",
    "country",
    "line1",
    "city",
    "state",
    "postal_code",
    "tax_id_type",
    "tax_id",
    "promotion",
    "quantity",
    "agrees",
)


def checkout(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show the page, or take what was filled in."""
    session = world().store.get("checkout.session", session_id)
    if session is None:
        raise Http404
    if session["status"] != "open":
        return _closed(request, session)
    if request.method != "POST":
        return _form(session, {"country": "US", "expiry": "", "quantity": None})
    entered: Doc = {name: request.POST.get(name, "").strip() for name in ENTERED}
    try:
        order = _order(entered, session, confirmed=request.POST.get("confirmed") == "yes")
        target = pay_session(session_id, order)
    except CardMistake as mistake:
        return _form(session, entered, mistake.field, mistake.words)
    except PageRefused as refused:
        if refused.asks and "confirmed" not in request.POST:
            context = {
                "entered": entered,
                "action": f"/pay/{session_id}",
                "amount": session["amount_total"],
                "currency": session["currency"],
            }
            return page("authenticate.html", context, returns=_returns(session))
        return _form(session, entered, refused.field, refused.words)
    return SeeOther(target)


def pay_session(session_id: str, order: Order) -> str:
    """Pay, keep what the try left behind even if it failed, and say where the person goes next."""
    refused: PageRefused | None = None
    with world().turn() as turn:
        session = turn.find("checkout.session", session_id)
        try:
            complete(turn, session, order)
        except PageRefused as no:
            refused = no
    if refused is not None:
        raise refused
    return _success(session)


def _success(session: Doc) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _returns(session: Doc) -> tuple[str | None, ...]:
    return session["success_url"], session["cancel_url"]


def _closed(request: HttpRequest, session: Doc) -> HttpResponse:
    if session["status"] == "complete":
        if request.method == "POST":  # a second click finds the work done
            return SeeOther(_success(session))
        heading, text = "This is paid", "The subscription has begun; nothing more is needed."
        return notice(heading, text, link=_success(session), link_text="Continue")
    heading, text = "This page has expired", "Nothing was charged. Begin again where you came from."
    return notice(heading, text, link=session["cancel_url"], link_text="Go back")


def _form(session: Doc, entered: Doc, field: str = "", words: str = "") -> HttpResponse:
    line = session["_line_items"][0]
    context = {
        "session": session,
        "line": line,
        "asks_agreement": wants_agreement(session),
        "entered": entered | {"quantity": entered["quantity"] or line["quantity"]},
        "field": field,
        "words": words,
        "countries": COUNTRIES,
        "tax_ids": TAX_IDS,
        "customer": world().store.get("customer", session["customer"] or ""),
    }
    status = 422 if words else 200
    return page("checkout.html", context, returns=_returns(session), status=status)


def _order(entered: Doc, session: Doc, *, confirmed: bool) -> Order:
    card = read(entered, now=world().clock.now())
    if not entered["name"]:
        raise PageRefused("name", "Enter the name on the card.")
    if not entered["postal_code"]:
        raise PageRefused("postal_code", "Enter the postal code of the billing address.")
    if entered["quantity"] and not entered["quantity"].isdigit():
        raise PageRefused("quantity", "Enter a whole number.")
    tax_id = (entered["tax_id_type"], entered["tax_id"]) if entered["tax_id"] else None
    return Order(
        card=card,
        name=entered["name"],
        email=entered["email"] or None,
        country=entered["country"],
        postal_code=entered["postal_code"],
        line1=entered["line1"] or None,
        city=entered["city"] or None,
        state=entered["state"] or None,
        quantity=int(entered["quantity"]) if entered["quantity"] else None,
        promotion=entered["promotion"] or None,
        tax_id=tax_id if session["tax_id_collection"]["enabled"] else None,
        confirmed=confirmed,
        agrees=bool(entered["agrees"]),
    )
