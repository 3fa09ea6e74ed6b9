"""The terminal: lines of many processes, told apart."""

import os
import sys
import threading
from contextlib import suppress

COLOURS = (36, 35, 34, 33, 32, 96, 95, 94, 93, 92)


class Console:
    """Writes whole lines, one at a time, each with who said it; in colour only on a terminal."""

    def __init__(self, names: list[str]) -> None:
        self._width = max((len(name) for name in names), default=0)
        self._is_coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
        self._lock = threading.Lock()

    def hear(self, name: str, line: str) -> None:
        """Pass on a line of a part."""
        prefix = f"{name:<{self._width}} |"
        if self._is_coloured:
            prefix = f"\033[{self._colours.get(name, 37)}m{prefix}\033[0m"
        self.say(f"{prefix} {line}")

    def say(self, text: str) -> None:
        """Say something ourselves. A terminal that is gone is no reason to stop."""
        with self._lock, suppress(OSError):
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
