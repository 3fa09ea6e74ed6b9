"""What a seal is made of: digests of personal words, the stream of an event, and its hash.

Personal words are not in the hash. Each has a salt of its own, and the event carries one digest
over the digests of all of them: a word can be erased with its salt, its bare digest stays, and the
chain and the other words can still be checked.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit.models import AuditEvent

BEGINNING = "0" * 64
"""What the first seal of a stream is chained to."""


def new_salts(words: Mapping[str, Any]) -> dict[str, str]:
    """Return a salt for each word."""
    return {key: secrets.token_hex(16) for key in words}


def word_digest(key: str, value: Any, salt: str) -> str:
    """Return the digest of one word; without the salt nobody can guess the word from it."""
    return _digest([salt, key, value])


def detail_digest(digests: Mapping[str, str]) -> str:
    """Return the one digest over those of all words."""
    return _digest(sorted(digests.items()))


def stream_of(event: "AuditEvent") -> str:
    """Return whose log an event is counted in: its organization's, else the actor's own."""
    if event.organization_id is not None:
        return f"organization:{event.organization_id}"
    if event.actor_id is not None:
        return f"user:{event.actor_id}"
    if event.credential_id is not None:
        return f"{event.actor_kind}:{event.credential_id}"
    return "system"


def sealed_hash(
    previous: str, *, position: int, stream: str, number: int, event: "AuditEvent"
) -> str:
    """Return the hash of an event in its place, chained to the one before it."""
    return _digest(
        [
            previous,
            position,
            stream,
            number,
            event.pk,
            event.name,
            event.actor_kind,
            event.actor_id,
            event.credential_id,
            event.organization_id,
            event.subjects,
            event.facts,
            event.detail_digest,
            event.request_id,
            event.at.astimezone(UTC).isoformat(),
            event.recorded_at.astimezone(UTC).isoformat(),
        ]
    )


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
