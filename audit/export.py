"""The log as a file, a line at a time: CSV for people, NDJSON for programs."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from audit.models import AuditEvent
from kernel.actor import ActorKind

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
UNTOLD = frozenset({"actor", "address"})
"""Where somebody sat is for operators; who acted has a place of its own."""


class Form(StrEnum):
    """A kind of file."""

    CSV = "csv"
    NDJSON = "ndjson"


MEDIA_TYPES = {Form.CSV: "text/csv", Form.NDJSON: "application/x-ndjson"}


def details_of(event: AuditEvent) -> dict[str, Any]:
    """Return the few facts of an event, and its words, as an organization may see them."""
    words = {key: value for key, value in event.words.items() if key not in UNTOLD}
    facts = {**event.facts, **words}
    return {key: value for key, value in facts.items() if not key.endswith("_id")}


def lines_of(events: Iterable[AuditEvent], form: Form) -> Iterator[str]:
    """Yield the file's lines; a CSV begins with its header."""
    if form is Form.NDJSON:
        for event in events:
            yield json.dumps(_row(event), ensure_ascii=False) + "\n"
        return
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for event in events:
        yield writer.writerow([_cell(value) for value in _row(event).values()])


COLUMNS = (
    "id", "at", "recorded_at", "event", "actor_kind", "actor", "sentence", "details", "request_id",
    "number", "hash",
)  # fmt: skip


def _row(event: AuditEvent) -> dict[str, Any]:
    """Return an event by column; what is not sealed yet has no number in the chain."""
    seal = getattr(event, "seal", None)
    values = (
        event.pk,
        _moment(event.at),
        _moment(event.recorded_at),
        event.name,
        str(ActorKind(event.actor_kind)),
        event.actor_name,
        event.sentence(),
        details_of(event),
        event.request_id,
        seal and seal.number,
        seal and seal.hash,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, dict):
        text = json.dumps(value, ensure_ascii=False) if value else ""
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


class _Line:
    """Something to write to, which gives back what was written."""

    def write(self, text: str) -> str:
        return text
