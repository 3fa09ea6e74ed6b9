"""Times and distances in plain words."""

from datetime import UTC, date, datetime

from django.template.defaultfilters import date as write
from django.utils import timezone

from kernel import clock

MINUTE, HOUR, DAY = 60, 3600, 86400


def in_words(value: date, style: str = "full") -> str:
    """Write a time for people, in their time zone.

    ``full`` is *22 November 2026, 09:46 UTC*; ``date`` leaves out the time; ``near`` is how far
    it is (*3 hours ago*, *in 6 days*) and falls back to the date beyond thirty days.
    """
    if not isinstance(value, datetime):
        return write(value, "j F Y")
    local = timezone.localtime(value)
    if style == "date":
        return write(local, "j F Y")
    if style == "near":
        return distance(value) or write(local, "j F Y")
    return f"{write(local, 'j F Y, H:i')} {local.tzname()}"


def distance(value: datetime) -> str:
    """Write how far ``value`` is from business time; empty when a date says it better."""
    seconds = (value - clock.now()).total_seconds()
    span = abs(seconds)
    if span < MINUTE:
        return "just now" if seconds <= 0 else "in a moment"
    if span >= 30 * DAY:
        return ""
    unit, name = next(
        pair for pair in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")) if span >= pair[0]
    )
    count = int(span // unit)
    words = f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"in {words}" if seconds > 0 else f"{words} ago"


def exact(value: date) -> str:
    """Write the attribute machines read: a date, or a time in UTC to the second."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
