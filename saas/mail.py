"""Mail: to a server in production; into files in development, where `/dev/mail/` shows it."""

from collections.abc import Sequence
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kernel import clock


def mail_settings(url: str) -> dict[str, Any]:
    """Turn ``smtp://user:password@host:port`` (``smtps://`` for implicit TLS) into Django's
    settings.

    No URL means development: mail goes into files.
    """
    if not url:
        return {"EMAIL_BACKEND": "saas.mail.FolderBackend"}
    parts = urlsplit(url)
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and parts.port not in (25, 1025),
        "EMAIL_TIMEOUT": 10,
    }


class FolderBackend(BaseEmailBackend):
    """Writes each mail as one ``.eml`` file; names sort by time, so the newest is last."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails whole, under a name that no reader sees half-written."""
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{clock.wall():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:6]}"
            draft = folder / f".{name}"
            draft.write_bytes(message.message().as_bytes())
            draft.rename(folder / f"{name}.eml")
        return len(email_messages)


def written_mail(limit: int = 200) -> list[dict[str, str]]:
    """Return the newest mails first: id, to, subject, date, text, html."""
    folder = Path(settings.MAIL_DIR)
    names = sorted(folder.glob("*.eml"), reverse=True)[:limit] if folder.exists() else []
    return [_read(path) for path in names]


def _read(path: Path) -> dict[str, str]:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    return {
        "id": path.stem,
        "to": str(message["To"] or ""),
        "subject": str(message["Subject"] or ""),
        "date": str(message["Date"] or ""),
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
    }
