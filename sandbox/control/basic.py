"""Health, and paying as the Checkout page would."""

import json

from django.http import HttpRequest, JsonResponse

from sandbox.billing.checkout import Order, PageRefused
from sandbox.objects.cards import CardMistake, plain
from sandbox.pages.checkout import pay_session
from sandbox.store import Doc
from sandbox.world import world


def healthz(request: HttpRequest) -> JsonResponse:
    """Ready."""
    return JsonResponse({"ok": True, "now": world().clock.now()})


def body_of(request: HttpRequest) -> Doc:
    """The JSON object of a request; nothing means an empty one."""
    found = json.loads(request.body or b"{}")
    assert isinstance(found, dict)
    return found


def pay(request: HttpRequest) -> JsonResponse:
    """Pay a session with a test card, as its page would."""
    asked = body_of(request)
    try:
        order = Order(
            card=plain(asked.get("card", "4242424242424242")),
            name=asked.get("name", "Ada Buyer"),
            email=asked.get("email"),
            country=asked.get("country", "US"),
            postal_code=asked.get("postal_code", "94107"),
            quantity=asked.get("quantity"),
            promotion=asked.get("promotion_code"),
            confirmed=asked.get("authenticate", True),
        )
        redirect = pay_session(asked["session"], order)
    except (PageRefused, CardMistake) as refused:
        return JsonResponse({"ok": False, "error": refused.words, "redirect": None})
    return JsonResponse({"ok": True, "error": None, "redirect": redirect})
