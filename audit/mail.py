"""Mail about events: text and page, once for each event and recipient.

A mail is a folder ``templates/emails/<template>/`` of ``subject.txt``, ``body.txt`` and
``body.html``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from audit.models import SentMail
from kernel import clock

ALONE = timedelta(minutes=1)
"""How long a sender has a mail to itself."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a mail goes out: what its headers and its templates are told besides."""

    headers: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)


def _as_it_is(to: str, template: str) -> Manner | None:  # noqa: ARG001 -- stands in for what is installed
    return Manner()


_manner: Callable[[str, str], Manner | None] = _as_it_is


def install(manner: Callable[[str, str], Manner | None]) -> None:
    """Let ``manner`` say of each recipient and template how it is sent; ``None`` is not at all."""
    global _manner
    _manner = manner


class MailUnderWay(RuntimeError):
    """Another process is sending this mail, or died over it: to be asked again later."""


def send_once(key: str, to: str, template: str, context: dict[str, Any]) -> bool:
    """Send one mail, unless one went out under ``key``; returns whether it did now.

    Mail that its recipient switched off is not sent.
    A sender that dies between is followed by the next after a minute; a mail server that is away
    loses nothing, since the listener hears its event again. Raises MailUnderWay.
    """
    manner = _manner(to, template)
    if manner is None or not _begin(key):
        return False
    try:
        _written(to, template, context, manner).send()
    except BaseException:
        SentMail.objects.filter(key=key).delete()
        raise
    SentMail.objects.filter(key=key).update(sent_at=clock.wall())
    return True


class Reader(Protocol):
    """Somebody with an address."""

    pk: Any
    email: str


def send_to_each(
    key: str, people: Iterable[Reader], template: str, context: dict[str, Any]
) -> None:
    """Send one mail to each of several, under ``key`` and their id.

    A mailbox that fails silences nobody after it: all are tried, and then the first failure is
    raised, so that the event is heard again by those who were not reached.
    """
    failures: list[Exception] = []
    for person in people:
        try:
            send_once(f"{key}:{person.pk}", person.email, template, context)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


def _begin(key: str) -> bool:
    """Take the mail up, if it was not sent; the row is this sender's for a minute."""
    note, is_first = SentMail.objects.get_or_create(key=key)
    if is_first:
        return True
    if note.sent_at is not None:
        return False
    stale = SentMail.objects.filter(
        key=key, sent_at__isnull=True, begun_at__lt=clock.wall() - ALONE
    )
    if not stale.update(begun_at=clock.wall()):
        raise MailUnderWay(key)
    return True


def _written(
    to: str, template: str, context: dict[str, Any], manner: Manner
) -> EmailMultiAlternatives:
    folder = f"emails/{template}"
    known = {"base_url": settings.BASE_URL, **manner.words, **context}
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"{folder}/subject.txt", known).split()),
        body=render_to_string(f"{folder}/body.txt", known),
        to=[to],
        headers={"Auto-Submitted": "auto-generated", **manner.headers},
    )
    mail.attach_alternative(render_to_string(f"{folder}/body.html", known), "text/html")
    return mail
