"""Whether a body was sent by Stripe: checked over the raw bytes, before anything is read or
written.
"""

import hashlib
import hmac
from collections.abc import Iterable

TOLERANCE_SECONDS = 300
LONGEST_HEADER = 4096
MOST_SIGNATURES = 16


def is_signed(body: bytes, header: str, secrets: Iterable[str], *, now: float) -> bool:
    """Whether one of ``secrets`` signed ``body`` within five minutes of ``now``, past or future.

    The library's own check accepts any time in the future, and falls over some malformed headers.
    """
    if not header or len(header) > LONGEST_HEADER or not header.isascii():
        return False
    stamp, signatures = _parts(header)
    if stamp is None or abs(now - stamp) > TOLERANCE_SECONDS:
        return False
    signed = f"{stamp}.".encode() + body
    expected = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in secrets]
    return any(hmac.compare_digest(given, wanted) for given in signatures for wanted in expected)


def _parts(header: str) -> tuple[int | None, list[str]]:
    stamp, signatures = None, []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isdecimal() and len(value) <= 12:
            stamp = int(value)
        elif name == "v1":
            signatures.append(value)
    return stamp, signatures[:MOST_SIGNATURES]
