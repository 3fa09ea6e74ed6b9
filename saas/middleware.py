"""What every request passes through."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.presence import account_gone
from kernel.refusals import Refusal, Remedy
from saas.health import readiness

Answer = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


class HealthFirst:
    """Answers `/healthz` and `/readyz` before hosts, redirects and sessions can get in the way."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or go on."""
        if request.path == "/healthz":
            return JsonResponse({"status": "alive"})
        if request.path == "/readyz":
            missing = readiness(for_web=request.GET.get("for") == "web")
            status = 503 if missing else 200
            response = JsonResponse(
                {"status": "ready" if not missing else "not ready", "missing": missing},
                status=status,
            )
            # Asked every second while a stack starts: not worth a line each.
            response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
            return response
        return self.get_response(request)


class RequestTrace:
    """Gives each request its client's address, and an id that follows it into log and audit row.

    Behind N trusted proxies the address is the Nth from the right of X-Forwarded-For: what stands
    further left, the client may have written itself.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Trace the request from here on."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.match(given) else uuid4().hex
        request.client_address = client_address(request)  # type: ignore[attr-defined]  # ours
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class OnlyForms(Refusal):
    """An address that takes what a form sends was opened as a page."""

    reason = "only_forms"
    title = "Nothing to see at this address"
    sentence = "This address only takes what a form sends. Nothing was changed."


class RefusalPages:
    """Turns a refusal that a page raised into a page of its kind, with the remedy."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; a page that only takes forms says so in words, instead of a blank."""
        response = self.get_response(request)
        if response.status_code != 405 or request.path.startswith("/api/") or response.content:
            return response
        refusal = OnlyForms(
            remedy=Remedy(
                "Go on from here", "you", f"{request.path.rstrip('/').rpartition('/')[0]}/"
            )
        )
        page = render(request, "refusal.html", {"refusal": refusal}, status=405)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals; everything else is an error and goes on as one."""
        exception = account_gone(exception) or exception
        if not isinstance(exception, Refusal):
            return None
        if exception.reason == "fresh_sign_in_required":
            back = urlencode({"next": way_back(request)})
            return redirect(f"{reverse('account_reauthenticate')}?{back}")
        template = "404.html" if exception.status == 404 else "refusal.html"
        if exception.status == 503 and exception.remedy is None:
            exception.remedy = Remedy("Try again", "you", way_back(request))
        response = render(request, template, {"refusal": exception}, status=exception.status)
        if exception.status == 503:
            response["Retry-After"] = "30"
        return response


def way_back(request: HttpRequest) -> str:
    """Return the page from which to try again: this one, or the one whose form was sent."""
    if request.method == "GET":
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() else "/"


def client_address(request: HttpRequest) -> str:
    """Return the address of who asks, seen through the trusted proxies only."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.TRUSTED_PROXIES
    if not hops:
        return direct
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return chain[-hops] if len(chain) >= hops and chain[-hops] else direct
