"""What every act of staff on money is asked for: why, and until when."""

from datetime import datetime, timedelta

from kernel import clock
from kernel.refusals import Invalid

MOST_WORDS = 300
LONGEST = timedelta(days=3 * 365)
"""Nothing is set for longer at once."""
MOST = 1_000_000
"""No number that is set or agreed on is larger."""


def a_reason(words: str) -> str:
    """Return why staff do something, which owners read too. Refuses with Invalid."""
    words = " ".join(words.split())
    if not words:
        raise Invalid(
            "Say why: the owners read it, and so does whoever asks in a year.", field="reason"
        )
    if len(words) > MOST_WORDS:
        raise Invalid(f"Say it in at most {MOST_WORDS} characters.", field="reason")
    return words


def a_day_ahead(until: datetime) -> datetime:
    """Return an end that lies ahead, and not too far. Refuses with Invalid."""
    now = clock.now()
    if until <= now:
        raise Invalid("The last day must lie ahead.", field="until")
    if until > now + LONGEST:
        raise Invalid("Nothing is set for more than three years.", field="until")
    return until
