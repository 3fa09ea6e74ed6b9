"""Every mail there is, written with samples: to look at while one changes its words."""

from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.backends.django import DjangoTemplates
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from accounts.mail_kinds import KINDS, OPTIONAL, MailKind
from saas.dev.mail import ONLY_STYLES

INVALID = "(nothing is called %s)"
"""What stands in a sample where a template names what it was not given."""

_NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def sample() -> dict[str, Any]:
    """Return what any mail may name. Names mean the same in every mail, so one sample is enough."""
    here = settings.BASE_URL
    return {
        "base_url": here,
        "url": f"{here}/orgs/northwind/",
        "organization_url": f"{here}/orgs/northwind/",
        "organization": SimpleNamespace(name="northwind", display_name="Northwind & Labs"),
        "application": SimpleNamespace(name="open-atlas", display_name="Open Atlas"),
        "decision": SimpleNamespace(words="We looked at your site,\nand liked it."),
        "reason": SimpleNamespace(
            sentence="The site does not answer.", next_step="Apply again once it does."
        ),
        "token": SimpleNamespace(name="deploy script", hint="x7Qz"),
        "reset": SimpleNamespace(due_at=_NOON),
        "abilities": ["Publish its projects", "Read its projects, also private ones"],
        "inviter": "Ana O'Brien",
        "actor": "Ana O'Brien",
        "member": "Chen Li",
        "role": "Manager",
        "before": "Member",
        "role_words": "Runs teams and invites members.",
        "words": "Which license is it?\nAnd since when?",
        "project": "wind-tables",
        "level": "Publish",
        "level_words": "Publishes releases of it.",
        "lost": ["the role Manager, with its seat", "the team instruments"],
        "invited": "kim@example.org",
        "former": "Ben Okafor",
        "owner": "Chen Li",
        "stays": "is manager now",
        "giver": "Quillworks",
        "receiver": "Northwind & Labs",
        "outcome": "declined",
        "after": "northwind",
        "has_moved": False,
        "has_ended": False,
        "is_contract": False,
        "is_dispute": False,
        "why": "It sends “spam” & worse.",
        "never_lived": False,
        "may_appeal": True,
        "is_demanded": True,
        "found_at": "https://code.example/northwind/deploy.sh",
        "until": _NOON,
        "at": _NOON,
        "grace_ends": _NOON,
        "days_left": 7,
        "ends": _NOON,
        "due": "$36.00 a month",
        "closes_at": _NOON,
        "frees_at": _NOON,
        "timestamp": _NOON,
        "ip": "192.0.2.7",
        "user_agent": "A browser",
        "email": "ana.o'brien@example.org",
        "from_email": "old@example.org",
        "to_email": "new@example.org",
        "deleted_email": "gone@example.org",
        "activate_url": f"{here}/account/confirm-email/key/",
        "password_reset_url": f"{here}/account/password/reset/key/",
        "signup_url": f"{here}/account/signup/?a=1&b=2",
    }


def written(template: str) -> dict[str, str]:
    """Return one mail with samples: subject, text and page."""
    kind = KINDS[template]
    known = sample()
    if kind in OPTIONAL:
        known |= {
            "unsubscribe_url": f"{settings.BASE_URL}/mail/unsubscribe/token/",
            "kind_words": kind.label.lower(),
        }
    engine = _engine()
    return {
        part: engine.get_template(name).render(known).strip()
        for part, name in parts(template).items()
    }


def parts(template: str) -> dict[str, str]:
    """Return the template of each part; the sign-in library names its mails in its own way."""
    if "/" in template:
        names = ("subject.txt", "message.txt", "message.html")
        return dict(zip(PARTS, (f"{template}_{name}" for name in names), strict=True))
    names = ("subject.txt", "body.txt", "body.html")
    return dict(zip(PARTS, (f"emails/{template}/{name}" for name in names), strict=True))


PARTS = ("subject", "text", "page")


@login_not_required
@require_GET
def emails(request: HttpRequest) -> HttpResponse:
    """List the mails by their kind."""
    groups = [
        (kind, [(name, written(name)["subject"]) for name, of in KINDS.items() if of is kind])
        for kind in MailKind
    ]
    return render(request, "dev/emails.html", {"groups": groups})


@login_not_required
@require_GET
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # its types know no arguments from the path
def email(request: HttpRequest, template: str) -> HttpResponse:
    """Show one mail, as text and as a page beside it."""
    context = {"template": template, "mail": _one(template), "kind": KINDS[template]}
    return render(request, "dev/email.html", context)


@login_not_required
@require_GET
@xframe_options_sameorigin
@csp({**ONLY_STYLES, "frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # its types know no arguments from the path
def page(request: HttpRequest, template: str) -> HttpResponse:  # noqa: ARG001 -- a view
    """Show the page of one mail as a mail program would."""
    return HttpResponse(_one(template)["page"])


def _one(template: str) -> dict[str, str]:
    if template not in KINDS:
        raise Http404
    return written(template)


@cache
def _engine() -> DjangoTemplates:
    """Return an engine that says what a template names and was not given."""
    configured: dict[str, Any] = settings.TEMPLATES[0]
    options = {**configured["OPTIONS"], "string_if_invalid": INVALID}
    return DjangoTemplates(
        {"NAME": "emails", "DIRS": configured["DIRS"], "APP_DIRS": True, "OPTIONS": options}
    )
