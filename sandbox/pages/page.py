"""What every page has in common: its headers, its ribbon, its favicon."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from sandbox.objects.account import ACCOUNT_NAME
from sandbox.objects.cards import CARDS
from sandbox.store import Doc

STATIC = Path(__file__).parent.parent / "static"
TYPES = {".css": "text/css", ".svg": "image/svg+xml"}


def page(
    template: str,
    context: Doc,
    *,
    returns: tuple[str | None, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """A page; ``returns`` are addresses its forms may lead on to."""
    shown: Doc = {"cards": CARDS.values(), "seller": ACCOUNT_NAME} | context
    answer = HttpResponse(render_to_string(template, shown), status=status)
    origins = " ".join(sorted({origin(url) for url in returns if url}))
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"form-action 'self' {origins}".rstrip()
        + "; base-uri 'none'; frame-ancestors 'none'"
    )
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    place = urlsplit(url)
    return f"{place.scheme}://{place.netloc}"


def notice(heading: str, text: str, **more: Any) -> HttpResponse:
    """A page that only says something, and where to go from there."""
    status = more.pop("status", 200)
    return page("notice.html", {"heading": heading, "text": text} | more, status=status)


def static(_request: HttpRequest, name: str) -> FileResponse:
    """One of the sandbox's own few files."""
    file = STATIC / name
    if file.suffix not in TYPES or not file.is_file():
        raise Http404
    answer = FileResponse(file.open("rb"), content_type=TYPES[file.suffix])
    answer["Cache-Control"] = "no-cache"
    return answer


def favicon(request: HttpRequest) -> FileResponse:
    """Browsers ask for it whatever the page says."""
    return static(request, "favicon.svg")


def missing(_request: HttpRequest, **_why: Exception) -> HttpResponse:
    """Nothing is here."""
    text = "The address may be mistyped, or the sandbox was reset since the link was made."
    return notice("There is nothing here", text, status=404)


def broken(_request: HttpRequest) -> HttpResponse:
    """Something failed here."""
    text = "The sandbox failed; its terminal says why. Nothing of this step was kept."
    return notice("Something went wrong", text, status=500)
