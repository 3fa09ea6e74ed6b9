"""What an event is: a dataclass in the past tense, with a name, a sentence, and its own few facts.

Each app defines its events in its own ``events.py``; they register themselves here, so that the log
can tell every one of them in words.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that happened. Subclasses add fields of plain JSON kinds.

    ``name`` is the stable code (``member.joined``); ``sentence`` is a format string over the fields
    and ``actor``; ``personal`` names the fields that hold words, addresses or other personal facts:
    they are stored apart, where they can be erased without touching the log.
    """

    name: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    personal: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.name or cls.name in REGISTRY:
            raise TypeError(f"{cls.__name__} needs an event name of its own, not {cls.name!r}")
        REGISTRY[cls.name] = cls

    def facts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Split the fields into those of the log, and the personal ones."""
        fields = asdict(self)
        words = {key: fields.pop(key) for key in self.personal}
        return fields, {key: value for key, value in words.items() if value not in ("", None)}


REGISTRY: dict[str, type[Event]] = {}


def told(name: str, facts: dict[str, Any], *, actor: str) -> str:
    """Say an event in words; personal facts that were erased read as ``(erased)``."""
    kind = REGISTRY.get(name)
    if kind is None:  # written by a newer release
        return f"{actor}: {name}"
    return kind.sentence.format_map(_Facts(facts, actor=actor))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "(erased)"
