"""Why a stack cannot start or go on: words for the person at the terminal."""


class Unstartable(Exception):
    """A server cannot be started; the message says why, and what cures it."""


class PartDied(Exception):
    """A part of the stack ended by itself; the message holds its name and last lines."""
