"""The table of crash points: where a process was killed between two steps, and how it ended."""

from types import FunctionType, ModuleType
from typing import Any

import pytest

CRASH = "crash point"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note on each test that kills on the way of what, and where."""
    for item in items:
        marker = item.get_closest_marker("crash")
        callspec = getattr(item, "callspec", None)
        if marker is not None and callspec is not None:
            point = f"{marker.args[0]}: {_point(callspec.params)}"
            item.user_properties.append((CRASH, point))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print a line for each point when they are what was asked for, else how many held."""
    tried = {
        point: outcome
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, point in report.user_properties
        if name == CRASH
    }
    if not tried:
        return
    held = sum(outcome == "passed" for outcome in tried.values())
    terminalreporter.section("crash points")
    if "crash" in terminalreporter.config.option.markexpr.split():
        for point, outcome in sorted(tried.items()):
            told = "both agree, nothing twice" if outcome == "passed" else "DIFFERS"
            terminalreporter.write_line(f"{point:<88} {told}")
    terminalreporter.write_line(f"{held} of {len(tried)} end as if nobody had died")


def _point(params: dict[str, Any]) -> str:
    """Say where a process dies: before or after which step; and what else differs."""
    death, owner, name = (params[key] for key in ("death", "owner", "name"))
    when = death.__name__.removeprefix("die_")
    room = owner.__name__.rpartition(".")[2] if isinstance(owner, ModuleType) else "intents"
    rest = [
        value.__name__ if isinstance(value, FunctionType) else str(value)
        for key, value in params.items()
        if key not in ("death", "owner", "name")
    ]
    return ", ".join([f"{when} {room}.{name or 'ENDS'}", *rest])
