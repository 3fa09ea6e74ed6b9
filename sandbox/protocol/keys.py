"""Secret keys: only test keys open this door."""

import base64
import binascii
import re

from sandbox.protocol.refusals import unauthorized

KEY = re.compile(r"^(sk|rk)_(test|live)_[A-Za-z0-9]{24,}$")


def key_of(header: str) -> str:
    """The key in an Authorization header, Bearer or Basic; refuses what Stripe would refuse."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            value = ""
    elif scheme.lower() != "bearer":
        raise unauthorized("You did not provide an API key.")
    key = value.strip()
    if not KEY.match(key):
        raise unauthorized(f"Invalid API Key provided: {key[:8]}***")
    if "_live_" in key:
        raise unauthorized("This is a sandbox: it takes test keys only.")
    return key
