"""Mail about events: text and page, once for each event and recipient.

A mail is a folder ``templates/emails/<template>/`` of ``subject.txt``, ``body.txt`` and
``body.html``.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from audit.models import SentMail
from kernel import clock

ALONE = timedelta(minutes=1)
"""How long a sender has a mail to itself."""


class MailUnderWay(RuntimeError):
    """Another process is sending this mail, or died over it: to be asked again later."""


def send_once(key: str, to: str, template: str, context: dict[str, Any]) -> bool:
    """Send one mail, unless one went out under ``key``; returns whether it did now.

    A sender that dies between is followed by the next after a minute; a mail server that is away
    loses nothing, since the listener hears its event again. Raises MailUnderWay.
    """
    if not _begin(key):
        return False
    try:
        _written(to, template, context).send()
    except BaseException:
        SentMail.objects.filter(key=key).delete()
        raise
    SentMail.objects.filter(key=key).update(sent_at=clock.wall())
    return True


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


def _written(to: str, template: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    folder = f"emails/{template}"
    known = {"base_url": settings.BASE_URL, **context}
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"{folder}/subject.txt", known).split()),
        body=render_to_string(f"{folder}/body.txt", known),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{folder}/body.html", known), "text/html")
    return mail
