"""The hosted customer portal: what its configuration allows, and nothing else."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse

from sandbox.billing import portal as deeds
from sandbox.billing.checkout import PageRefused
from sandbox.moments import LIVE, ends_at, period_of
from sandbox.objects import customers
from sandbox.objects.cards import CardMistake, read
from sandbox.objects.fields import address
from sandbox.objects.portal import REASONS
from sandbox.pages.page import page
from sandbox.pages.places import COUNTRIES, TAX_IDS
from sandbox.pages.redirect import SeeOther
from sandbox.store import Doc
from sandbox.world import world

if TYPE_CHECKING:
    from sandbox.turn import Turn

CARD = ("number", "expiry", "cvc", "name", "country", "line1", "city", "postal_code")
ENTERED = (*CARD, "email", "customer_name", "tax_id_type", "tax_id")
NEEDS = {
    "card": "payment_method_update",
    "cancel": "subscription_cancel",
    "resume": "subscription_cancel",
    "details": "customer_update",
}


def portal(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show the portal, or do one of its deeds."""
    with world().turn() as turn:
        session = turn.seek("billing_portal.session", session_id)
        if session is None or turn.find("customer", session["customer"]).get("deleted"):
            raise Http404
        features = turn.find("billing_portal.configuration", session["configuration"])["features"]
    if request.method != "POST":
        return _show(request, session, features, {"country": "US"})
    entered: Doc = {name: request.POST.get(name, "").strip() for name in ENTERED}
    deed = request.POST.get("deed", "")
    if deed not in NEEDS or not features[NEEDS[deed]]["enabled"]:
        raise Http404
    try:
        with world().turn() as turn:
            DEEDS[deed](turn, session, features, entered, request)
    except CardMistake as mistake:
        return _show(request, session, features, entered, mistake.field, mistake.words)
    except PageRefused as refused:
        return _show(request, session, features, entered, refused.field, refused.words)
    return SeeOther(_after(session))


def _after(session: Doc) -> str:
    """Back to the portal, or where the flow leads when it is done."""
    flow = session["flow"]
    if flow and flow["after_completion"]["type"] == "redirect":
        return str(flow["after_completion"]["redirect"]["return_url"])
    return f"/portal/{session['id']}?done=1"


def _card(turn: "Turn", session: Doc, _features: Doc, entered: Doc, _request: HttpRequest) -> None:
    card = read(entered, now=turn.now)
    if not entered["name"]:
        raise PageRefused("name", "Enter the name on the card.")
    billing = {"address": address(entered), "name": entered["name"]}
    deeds.put_card(turn, turn.find("customer", session["customer"]), card, billing)


def _own(turn: "Turn", session: Doc, request: HttpRequest) -> Doc:
    found = turn.seek("subscription", request.POST.get("subscription"))
    if found is None or found["customer"] != session["customer"]:
        raise Http404
    return found


def _cancel(turn: "Turn", session: Doc, features: Doc, _entered: Doc, request: HttpRequest) -> None:
    subscription = _own(turn, session, request)
    if features["subscription_cancel"]["mode"] == "immediately":
        deeds.cancel_at_once(turn, subscription)
        return
    feedback = request.POST.get("feedback", "")
    deeds.cancel(turn, subscription, feedback if feedback in REASONS else None)


def _resume(
    turn: "Turn", session: Doc, _features: Doc, _entered: Doc, request: HttpRequest
) -> None:
    deeds.resume(turn, _own(turn, session, request))


def _details(
    turn: "Turn", session: Doc, features: Doc, entered: Doc, _request: HttpRequest
) -> None:
    """Change only what the configuration names."""
    allowed = features["customer_update"]["allowed_updates"]
    customer = turn.find("customer", session["customer"])
    changed: Doc = {}
    if "email" in allowed:
        if "@" not in entered["email"]:
            raise PageRefused("email", "Enter an e-mail address.")
        changed["email"] = entered["email"]
    if "name" in allowed:
        changed["name"] = entered["customer_name"]
    if "address" in allowed:
        changed["address"] = address(entered)
    customers.update(turn, changed, customer["id"])
    if "tax_id" in allowed and entered["tax_id"]:
        tax_id = {"type": entered["tax_id_type"], "value": entered["tax_id"]}
        if tax_id["type"] not in dict(TAX_IDS):
            raise PageRefused("tax_id", "Choose one of the listed kinds of tax id.")
        customers.add_tax_id(turn, customer, tax_id)


DEEDS = {"card": _card, "cancel": _cancel, "resume": _resume, "details": _details}


def _show(
    request: HttpRequest,
    session: Doc,
    features: Doc,
    entered: Doc,
    field: str = "",
    words: str = "",
) -> HttpResponse:
    flow = (session["flow"] or {}).get("type")
    with world().turn() as turn:
        customer = turn.find("customer", session["customer"])
        default = customer["invoice_settings"]["default_payment_method"]
        subscriptions = [
            _seen(turn, one) for one in turn.all("subscription", customer=customer["id"])
        ]
        cards = [one["default_payment_method"] for one in subscriptions if one["live"]]
        context = {
            "session": session,
            "customer": customer,
            "subscriptions": subscriptions,
            "method": turn.seek("payment_method", next(filter(None, cards), None) or default),
            "invoices": [
                one
                for one in reversed(turn.all("invoice", customer=customer["id"]))
                if one["status"] != "draft"
            ],
            "customer_tax_ids": turn.all("tax_id", customer=customer["id"]),
            "may": _may(features, flow),
            "allowed": features["customer_update"]["allowed_updates"],
            "reasons": REASONS
            if features["subscription_cancel"]["cancellation_reason"]["enabled"]
            else [],
            "entered": {"email": customer["email"], "customer_name": customer["name"]}
            | (customer["address"] or {})
            | {name: value for name, value in entered.items() if value},
            "field": field,
            "words": words,
            "done": "done" in request.GET,
            "countries": COUNTRIES,
            "tax_ids": TAX_IDS,
        }
    returns = (session["return_url"], _after(session) if flow else None)
    places = tuple(url for url in returns if url and "://" in url)
    return page("portal.html", context, returns=places, status=422 if words else 200)


def _may(features: Doc, flow: str | None) -> Doc:
    """What is shown: what is allowed, or the one thing that a flow is about."""
    shown = {name: features[feature]["enabled"] for name, feature in NEEDS.items()}
    shown["invoices"] = features["invoice_history"]["enabled"] and flow is None
    only = {
        "payment_method_update": "card",
        "subscription_cancel": "cancel",
        "customer_update": "details",
    }
    if flow:
        shown = {name: allowed and name == only.get(flow) for name, allowed in shown.items()}
    return shown


def _seen(turn: "Turn", subscription: Doc) -> Doc:
    item = subscription["items"]["data"][0]
    live = subscription["status"] in LIVE
    return subscription | {
        "item": item,
        "name": turn.find("product", item["price"]["product"])["name"],
        "live": live,
        "total": sum(
            one["price"]["unit_amount"] * one["quantity"] for one in subscription["items"]["data"]
        ),
        "end": ends_at(subscription) if live else None,
        "renews": period_of(subscription)[1],
    }
