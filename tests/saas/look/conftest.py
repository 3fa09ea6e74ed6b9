"""A real browser for the pages of this folder, when one is installed."""

import os
import shutil
from typing import Any

import pytest

os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # the browser keeps a loop in this thread
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]


def installed_browser() -> str | None:
    """Return the path of a Chromium, the one that CHROMIUM names first."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the installed Chromium; without one the reason is said."""
    path = installed_browser()
    if path is None:
        missing = "no Chromium is installed: apt-get install chromium, or set CHROMIUM=/path"
        (pytest.fail if os.environ.get("BROWSER_TESTS") == "required" else pytest.skip)(missing)
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}
