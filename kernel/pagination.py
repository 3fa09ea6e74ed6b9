"""Keyset pages: a position instead of an offset, so that a deep page costs what the first does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from kernel.refusals import Invalid

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")
LONGEST = 600
"""No cursor of ours is longer; what is longer is not worth reading."""


class CursorUnreadable(Invalid):
    """The cursor was not made by us, or belongs to another list."""

    reason = "cursor_unreadable"
    sentence = "This page link is not valid any more. Please start at the first page."


@dataclass(frozen=True, slots=True)
class Page(Generic[Shown]):
    """One page of rows, and the cursor of the next (empty at the end)."""

    rows: Sequence[Shown]
    next_cursor: str


def page_of(
    rows: QuerySet[Row], *, order: Sequence[str], cursor: str = "", size: int = 50
) -> Page[Row]:
    """Return the rows after ``cursor`` in ``order``.

    ``order`` names fields of the row itself, ``-`` for descending, all in one direction; the last
    must be unique.
    Raises CursorUnreadable.
    """
    names = [name.lstrip("-") for name in order]
    descending = order[0].startswith("-")
    if cursor:
        try:
            rows = rows.filter(_after(names, values_of(cursor, len(names)), descending=descending))
        except (TypeError, ValueError, ValidationError):  # values that are not of the fields' kinds
            raise CursorUnreadable from None
    found = list(rows.order_by(*order)[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    last = found[size - 1]
    return Page(found[:size], cursor_of([getattr(last, name) for name in names]))


def _after(names: Sequence[str], values: Sequence[Any], *, descending: bool) -> Q:
    compare = "lt" if descending else "gt"
    after = Q()
    for index, name in enumerate(names):
        same = Q(**dict(zip(names[:index], values[:index], strict=True)))
        after |= same & Q(**{f"{name}__{compare}": values[index]})
    return after


def cursor_of(values: Sequence[Any]) -> str:
    """Return where a page ends, as text for an address."""
    told = [str(value) if not isinstance(value, int) else value for value in values]
    text = json.dumps(told, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def values_of(cursor: str, length: int) -> list[Any]:
    """Return the ``length`` values that a cursor holds. Raises CursorUnreadable."""
    if len(cursor) > LONGEST:
        raise CursorUnreadable
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise CursorUnreadable from None
    if not isinstance(values, list) or len(values) != length:
        raise CursorUnreadable
    if not all(isinstance(value, str | int) and _can_be_sent(str(value)) for value in values):
        raise CursorUnreadable
    return values


def _can_be_sent(text: str) -> bool:
    """Whether the database can be asked for it: it is UTF-8, and has no NUL."""
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
