"""The log of an organization as a download, for pages and programs alike."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse

from audit.export import MEDIA_TYPES, Form, lines_of
from audit.models import AuditEvent


def as_file(events: Iterator[AuditEvent], form: Form, *, name: str) -> StreamingHttpResponse:
    """Return events as a download that is written while it is sent."""
    return StreamingHttpResponse(
        lines_of(events, form),
        content_type=f"{MEDIA_TYPES[form]}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-audit-log.{form}"',
            "Cache-Control": "no-store",
        },
    )
