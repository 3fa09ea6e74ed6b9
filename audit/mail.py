"""Mail about events: text and page, once for each event and recipient.

A mail is a folder ``templates/emails/<template>/`` of ``subject.txt``, ``body.txt`` and
``body.html``.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from audit.models import SentMail


def send_once(key: str, to: str, template: str, context: dict[str, Any]) -> bool:
    """Send one mail, unless one went out under ``key``; returns whether it did now.

    The key is written before the mail is handed over and taken back when that fails: so a listener
    that hears its event again sends nothing twice, and a mail server that was away loses nothing.
    """
    note, is_first = SentMail.objects.get_or_create(key=key)
    if not is_first:
        return False
    try:
        _written(to, template, context).send()
    except BaseException:
        note.delete()
        raise
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
