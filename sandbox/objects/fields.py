"""Fields that many objects share."""

from typing import Any

from sandbox.store import Doc

ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def merged_metadata(old: Doc | None, sent: Any) -> Doc:
    """Metadata after a change: named keys are set, empty values unset, an empty string clears."""
    if sent == "":
        return {}
    merged = dict(old or {}) | dict(sent or {})
    return {name: value for name, value in merged.items() if value != ""}


def address(sent: Any) -> Doc | None:
    """An address with all its fields, or None."""
    return full_address(sent) if sent else None


def full_address(sent: Doc) -> Doc:
    """An address with all its fields."""
    return {name: sent.get(name) or None for name in ADDRESS}


def cleared(value: Any) -> Any:
    """An empty string means null."""
    return None if value == "" else value
