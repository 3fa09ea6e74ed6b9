"""A real browser: where it is found, how it starts, and what every page must hold in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

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
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_NEWS = ("Failed to load resource", "Blocked script execution in")
"""What the console repeats of a status, which is watched itself; and what a page without scripts
says of those by which it is looked at."""


def installed_browser() -> str | None:
    """Return the path of a Chromium, the one that CHROMIUM names first."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the installed Chromium; without one the reason is said. For conftests to import."""
    path = installed_browser()
    if path is None:
        missing = "no Chromium is installed: make browser, or set CHROMIUM=/path"
        (pytest.fail if os.environ.get("BROWSER_TESTS") == "required" else pytest.skip)(missing)
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


def findings(page: Page) -> list[tuple[str, list[str]]]:
    """Return the broken rules of accessibility, each with where it is broken."""
    options = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    return [
        (rule["id"], [f"{node['html'][:160]}: {node['failureSummary']}" for node in rule["nodes"]])
        for rule in found.response["violations"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


class Witness:
    """Sees what no page may do: errors, refused policies, other hosts, statuses nobody expected."""

    def __init__(self, context: BrowserContext, *hosts: str) -> None:
        self.seen: list[str] = []
        self._origins = {_origin(host) for host in hosts}
        self._allowed: set[int] = set()
        context.on("console", self._hear)
        context.on("weberror", self._err)
        context.on("request", self._leave)
        context.on("response", self._answer)

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """Hold an answer of this status for right, meanwhile."""
        self._allowed.add(status)
        yield
        self._allowed.discard(status)

    def assert_nothing(self) -> None:
        """Fail with everything that was seen."""
        assert self.seen == []

    def _hear(self, said: ConsoleMessage) -> None:
        if said.text.startswith(NO_NEWS):
            return
        if said.type == "error" or "Content Security Policy" in said.text:
            self.seen.append(f"{said.page.url if said.page else '?'} said {said.type}: {said.text}")

    def _err(self, error: WebError) -> None:
        self.seen.append(f"{error.page.url if error.page else '?'} broke: {error.error}")

    def _leave(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")) and _origin(request.url) not in (
            self._origins
        ):
            self.seen.append(f"{request.frame.url} asked {request.url}")

    def _answer(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._allowed:
            self.seen.append(f"{response.url} answered {response.status}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
