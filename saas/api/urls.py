"""Addresses of the API; included at the root."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from saas.api.main import api
from saas.api.problems import problem

LARGEST = 1_000_000

View = Callable[..., HttpResponse]


def at_the_edge(view: View) -> View:
    """Let tokens in without a session, hold bodies to a size, tell the rate, make 405 a problem."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _length(request) > LARGEST:
            return problem(request, 413)
        response = view(request, *args, **kwargs)
        if response.status_code == 405 and response.has_header("Allow"):
            allowed = ", ".join(sorted(response["Allow"].split(", ")))
            response = problem(request, 405)
            response["Allow"] = allowed
        if rate := getattr(request, "rate", None):
            for name, value in rate.headers().items():
                response[name] = value
        response.setdefault("Cache-Control", "no-store")
        return response

    return csrf_exempt(login_not_required(answer))


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer addresses under /api/ that do not exist as the API answers."""
    return problem(request, 404)


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else 0


def _patterns() -> tuple[list[URLPattern], str]:
    """Return ninja's addresses behind our edge, without its root."""
    made, app_name, _ = api.urls
    patterns = [
        found for found in made if isinstance(found, URLPattern) and found.name != "api-root"
    ]
    for pattern in patterns:
        if pattern.name not in ("openapi-json", "openapi-view"):
            pattern.callback = at_the_edge(pattern.callback)
    return patterns, app_name


urlpatterns = [
    path("api/v1/", include(_patterns(), namespace="api")),
    re_path(r"^api(?:/[\s\S]*)?$", nothing),
]
