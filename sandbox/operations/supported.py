"""Parameters that Stripe knows and this sandbox does not play: refused, never overlooked."""

from sandbox.protocol.refusals import malformed
from sandbox.store import Doc


def only(params: Doc, played: frozenset[str]) -> None:
    """Refuse a parameter outside those that have an effect here."""
    for name in params:
        if name not in played:
            raise malformed(f"This sandbox does not play the parameter {name}.", name)
