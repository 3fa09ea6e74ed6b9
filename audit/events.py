"""What an event is: a dataclass in the past tense, with a name, a sentence, and its own few facts.

Each app defines its events in its own ``events.py``; they register themselves here, so that the log
can tell every one of them in words.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that happened. Subclasses add fields of plain JSON kinds.

    ``name`` is the stable code (``member.joined``); ``sentence`` is a format string over the fields
    and ``actor``, where ``{role:words}`` writes a code in words and ``{until:date}`` a stored time
    as a date. ``personal`` names the fields that hold words, addresses or other personal facts:
    they are stored apart, where they can be erased without touching the log. Where an event names
    several people, ``whose`` tells for a personal field which fact holds the id of its person.
    ``internal`` events are not told to the person they are about.
    """

    name: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    personal: ClassVar[frozenset[str]] = frozenset()
    whose: ClassVar[Mapping[str, str]] = {}
    internal: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.name or cls.name in REGISTRY:
            raise TypeError(f"{cls.__name__} needs an event name of its own, not {cls.name!r}")
        REGISTRY[cls.name] = cls

    def facts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Split the fields into those of the log, and the personal ones."""
        fields = asdict(self)
        words = {key: fields.pop(key) for key in self.personal}
        return fields, {key: value for key, value in words.items() if value is not None}


REGISTRY: dict[str, type[Event]] = {}


def told(name: str, facts: dict[str, Any], *, actor: str) -> str:
    """Say an event in words; personal facts that were erased read as ``(erased)``."""
    kind = REGISTRY.get(name)
    if kind is None:  # written by a newer release
        return f"{actor}: {name}"
    words = {key: _Told(_listed(value)) for key, value in facts.items()}
    return kind.sentence.format_map(_Facts(words, actor=_Told(actor)))


def kinds() -> dict[str, list[str]]:
    """Return every event name under its first word, both in order."""
    found: dict[str, list[str]] = {}
    for name in sorted(REGISTRY):
        found.setdefault(name.partition(".")[0], []).append(name)
    return found


def names_of(kind: str) -> list[str]:
    """Return the event names that a filter means: itself, or all of its first word."""
    return kinds().get(kind) or [kind]


def internal_names() -> list[str]:
    """Return the events that the person they are about is not told of."""
    return [name for name, kind in REGISTRY.items() if kind.internal]


def people_named(name: str, facts: dict[str, Any]) -> dict[str, int | None]:
    """Return for the words that an event has of several people whose each is: a person's id, or
    ``None`` where it names nobody. An older event that did not note it has none.
    """
    whose = REGISTRY[name].whose if name in REGISTRY else {}
    return {word: facts[fact] for word, fact in whose.items() if fact in facts}


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class _Told(str):
    """A fact on its way into a sentence."""

    def __format__(self, how: str) -> str:
        if how == "words":
            return self.replace("_", " ")
        if how == "date":
            return _date(self)
        return super().__format__(how)


def _date(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%-d %B %Y}"
    except ValueError:
        return text


class _Facts(dict[str, _Told]):
    def __missing__(self, key: str) -> _Told:
        return _Told("(erased)")


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """What the log said about a person was erased, as far as it was personal."""

    name = "log.person_erased"
    sentence = "{actor} erased the names and words about a person from the log"
