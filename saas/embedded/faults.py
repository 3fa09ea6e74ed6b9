"""Why a stack cannot start or go on: words for the person at the terminal."""


class Unstartable(Exception):  # noqa: N818 - a fact, as all our refusals are named
    """A server cannot be started; the message says why, and what cures it."""


class PartDied(Exception):  # noqa: N818 - a fact, as all our refusals are named
    """A part of the stack ended by itself; the message holds its name and last lines."""
