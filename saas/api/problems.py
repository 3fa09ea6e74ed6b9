"""Every no and every fault as ``application/problem+json`` (RFC 9457)."""

import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from math import ceil
from typing import Any
from urllib.parse import quote

import structlog
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from accounts.api.edge import Problem, ProblemError, ProblemRemedy
from accounts.presence import account_gone
from kernel import clock
from kernel.refusals import Refusal, Remedy, TooMany
from orgs.api.subjects import OrganizationMoved

MEDIA_TYPE = "application/problem+json"
NAMED = re.compile(r"^<(?:\w+:)?name>$")
"""The part of a route that is an organization's name."""
log = structlog.get_logger()

WORDS = {
    400: ("body_malformed", "This is not JSON", "The body could not be read as JSON."),
    401: (
        "not_authenticated",
        "Who are you?",
        "Send a live token of yours: “Authorization: Bearer ch_pat_…”.",
    ),
    404: ("not_found", "Nothing here", "There is nothing here that you can see."),
    405: ("method_not_allowed", "Not in this way", "This address does not know that method."),
    413: ("body_too_large", "Too much at once", "A body holds at most one million bytes."),
    422: ("invalid", "Please look at this again", "What was sent cannot be meant; see errors."),
    429: ("too_many_requests", "Too many requests", "Wait as long as Retry-After says."),
    500: ("internal_error", "Something went wrong here", "It was noted. Trying again may help."),
    503: ("unavailable", "Not reachable at the moment", "Please try again shortly."),
}


def problem(
    request: HttpRequest,
    status: int,
    *,
    code: str = "",
    title: str = "",
    detail: str = "",
    remedy: Remedy | None = None,
    errors: Sequence[ProblemError] = (),
) -> HttpResponse:
    """Return a problem; what is not given is said in the words of its status."""
    usual = WORDS.get(status) or ("refused", HTTPStatus(status).phrase, HTTPStatus(status).phrase)
    code = code or usual[0]
    found = Problem(
        type=f"/problems/{code}",
        title=title or usual[1],
        status=status,
        detail=detail or usual[2],
        instance=request.path,
        code=code,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        remedy=shown_remedy(remedy),
        errors=list(errors),
    )
    body = json.dumps(found.model_dump(mode="json"))
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE)


def shown_remedy(remedy: Remedy | None) -> ProblemRemedy | None:
    """Return a remedy with an absolute address."""
    if remedy is None:
        return None
    url = f"{settings.BASE_URL}{remedy.url}" if remedy.url.startswith("/") else remedy.url
    return ProblemRemedy(action=remedy.action, who=remedy.who, url=url)


def answer_all(api: NinjaAPI) -> None:
    """Let ``api`` answer everything that can be raised."""
    handlers: dict[type[Exception], Any] = {
        Refusal: of_refusal,
        OrganizationMoved: of_moved,
        ValidationError: of_validation,
        AuthenticationError: of_stranger,
        Throttled: of_haste,
        HttpError: of_http_error,
        Http404: of_nothing,
        IntegrityError: of_contradiction,
        OperationalError: of_outage,
        InterfaceError: of_outage,
        Exception: of_fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def of_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal: its status, its reason, what would help, and the field it is about."""
    errors = []
    if refusal.field:
        errors = [
            ProblemError(pointer=f"/{refusal.field}", code=refusal.reason, detail=refusal.sentence)
        ]
    response = problem(
        request,
        refusal.status,
        code=refusal.reason,
        title=refusal.title,
        detail=refusal.sentence,
        remedy=refusal.remedy,
        errors=errors,
    )
    if isinstance(refusal, TooMany):
        wait = (refusal.again_at - clock.wall()).total_seconds()
        response["Retry-After"] = str(max(1, ceil(wait)))
    return response


def of_moved(request: HttpRequest, moved: OrganizationMoved) -> HttpResponse:
    """Lead to the same operation at the present name: method, body and query stay as they are."""
    match = request.resolver_match
    if match is None:
        raise moved
    places = match.route.split("/")
    parts = request.path_info.lstrip("/").split("/")
    parts[next(n for n, place in enumerate(places) if NAMED.match(place))] = moved.name
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponse(status=308)
    response["Location"] = f"/{quote('/'.join(parts))}" + (f"?{query}" if query else "")
    return response


def of_validation(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    """Name each thing that is wrong, and where it is."""
    errors = [
        ProblemError(
            pointer=pointer(error["loc"]), code=str(error["type"]), detail=str(error["msg"])
        )
        for error in invalid.errors[:100]
    ]
    return problem(request, 422, errors=errors)


def pointer(where: Sequence[str | int]) -> str:
    """Return the JSON pointer into the body, or a parameter's place and name: ``query/limit``."""
    source, *path = where
    path = path[1:] if source == "body" else [source, *path]  # the first is our argument's name
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    joined = "/".join(escaped)
    return f"/{joined}" if source == "body" and path else joined


def of_stranger(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    """Answer whoever has no live token; unknown, expired and revoked ones look alike."""
    response = problem(request, 401)
    response["WWW-Authenticate"] = 'Bearer realm="chapterhouse"'
    return response


def of_haste(request: HttpRequest, _: Throttled) -> HttpResponse:
    """Answer whoever asks too often, with the seconds to wait."""
    response = problem(request, 429)
    response["Retry-After"] = str(request.rate.resets_in)  # type: ignore[attr-defined]  # ours
    return response


def of_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the framework itself refuses, such as a body that is no JSON."""
    return problem(request, error.status_code)


def of_nothing(request: HttpRequest, _: Http404) -> HttpResponse:
    """Answer that there is nothing."""
    return problem(request, 404)


def of_contradiction(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    """Answer what only the database could refuse; every other contradiction is a bug."""
    gone = account_gone(error)
    return of_refusal(request, gone) if gone else of_fault(request, error)


def of_outage(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer that the database does not."""
    log.error("the database does not answer", exc_info=error)
    response = problem(request, 503)
    response["Retry-After"] = "5"
    return response


def of_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a bug without telling it; the log has it, under the same request id."""
    log.error("unhandled fault in the API", path=request.path, exc_info=error)
    return problem(request, 500)
