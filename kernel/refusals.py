"""Refusals: answers that say no, why, and what would help.

A refusal is named as a fact (``NoSeatLeft``). Its kind becomes a status once for each edge: absent
404, forbidden 403, unpaid 402, conflict 409, invalid 422, unavailable 503.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of no it is."""

    ABSENT = "absent"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    UNPAID = "unpaid"
    CONFLICT = "conflict"
    INVALID = "invalid"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


STATUS: dict[Kind, int] = {
    Kind.ABSENT: 404,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.UNPAID: 402,
    Kind.CONFLICT: 409,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.TOO_LARGE: 413,
    Kind.UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would turn a no into a yes: the act, who can do it, and where."""

    action: str
    who: str
    url: str = ""


class Refusal(Exception):
    """A no that belongs to the answer. Subclasses are facts; ``reason`` is their stable code."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    reason: str = "refused"
    title: str = "That is not possible"
    sentence: str = "That is not possible now."

    def __init__(
        self, sentence: str = "", *, reason: str = "", remedy: Remedy | None = None, field: str = ""
    ) -> None:
        self.sentence = sentence or type(self).sentence
        self.reason = reason or type(self).reason
        self.remedy = remedy
        self.field = field
        super().__init__(self.sentence)

    @property
    def status(self) -> int:
        """The HTTP status of this refusal's kind."""
        return STATUS[self.kind]


class NotFound(Refusal):
    """It does not exist, or the asker may not know that it does: the two look alike."""

    kind = Kind.ABSENT
    reason = "not_found"
    title = "Nothing here"
    sentence = "There is nothing here that you can see."


class Forbidden(Refusal):
    """The asker may know of it, and may not do this with it."""

    kind = Kind.FORBIDDEN
    reason = "role_too_low"
    title = "You may not do this"
    sentence = "Your role does not allow this."


class Unpaid(Refusal):
    """The role is there; standing, a feature, a limit or a seat is missing."""

    kind = Kind.UNPAID
    reason = "standing_restricted"
    title = "The organization cannot do this now"


class Conflict(Refusal):
    """Something else is true now than the asker believed."""

    kind = Kind.CONFLICT
    reason = "conflict"
    title = "Something changed meanwhile"


class Invalid(Refusal):
    """What was sent cannot be meant."""

    kind = Kind.INVALID
    reason = "invalid"
    title = "Please look at this again"


class TooMany(Refusal):
    """It was done too often lately; ``again_at`` is when it is possible again, by the world's
    clock.
    """

    kind = Kind.TOO_MANY
    reason = "too_many"
    title = "Too many in too short a time"

    def __init__(self, sentence: str = "", *, again_at: datetime, field: str = "") -> None:
        self.again_at = again_at
        super().__init__(sentence, field=field)


class Unavailable(Refusal):
    """Something we need does not answer; nothing was changed, and trying again is right."""

    kind = Kind.UNAVAILABLE
    reason = "unavailable"
    title = "Not reachable at the moment"
    sentence = "A service we need does not answer. Nothing was changed; please try again shortly."
