"""The mail that a development stack wrote, open to whoever plays its recipients."""

import re

from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from saas.mail import FolderBackend, written_mail

FOLDER_BACKEND = f"{FolderBackend.__module__}.{FolderBackend.__qualname__}"
ONLY_STYLES = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}
LINK = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")


@login_not_required
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the mail, the newest first."""
    return render(request, "dev/mail.html", {"mails": _mail()})


@login_not_required
@require_GET
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Show one mail as text, its links ready to follow."""
    found = _one(mail_id)
    return render(request, "dev/message.html", {"mail": found, "links": links_in(found["text"])})


@login_not_required
@require_GET
@csp(ONLY_STYLES)  # type: ignore[arg-type]  # its types know no arguments from the path
def page(request: HttpRequest, mail_id: str) -> HttpResponse:  # noqa: ARG001 -- a view
    """Show the page of one mail as a mail program would: its styles hold, nothing else does."""
    return HttpResponse(_one(mail_id)["html"])


@login_not_required
@require_GET
def mailbox_json(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- a view
    """Tell the same to programs: every mail with the links in its text."""
    return JsonResponse([{**each, "links": links_in(each["text"])} for each in _mail()], safe=False)


def links_in(text: str) -> list[str]:
    """Return the addresses in a text, each once, in their order."""
    return list(dict.fromkeys(LINK.findall(text)))


def _mail() -> list[dict[str, str]]:
    """Return the written mail. Anywhere but on a development stack there is no such page."""
    if not settings.DEBUG or settings.EMAIL_BACKEND != FOLDER_BACKEND:
        raise Http404
    return written_mail()


def _one(mail_id: str) -> dict[str, str]:
    found = next((each for each in _mail() if each["id"] == mail_id), None)
    if found is None:
        raise Http404
    return found
