"""A stack as a developer runs it: the live server, the sandbox that calls it, mail in a folder."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from subscriptions.actions.plans import push_plans
from tests.browser import browser_type_launch_args
from tests.journeys.walker import Walker
from tests.sandbox_control import the_sandbox

__all__ = ["browser_type_launch_args"]

Walkers = Callable[..., Walker]


@pytest.fixture
def site(
    transactional_db: None, settings: Settings, tmp_path: Path, live_server: LiveServer
) -> Iterator[str]:
    """Yield the address of the running service, its plans pushed and its development pages open."""
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "saas.mail.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    cache.clear()  # sign-in's limits on how often one address is written to
    the_sandbox().reset(delivers=True)
    push_plans()
    yield live_server.url
    the_sandbox().reset()


@pytest.fixture
def a_walker(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Walkers]:
    """Yield what seats somebody at a browser of their own; none of them may have seen a fault."""
    walkers: list[Walker] = []
    failed_before = request.session.testsfailed

    def seat(*, scripts: bool = True) -> Walker:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        walkers.append(Walker(context, site, django_settings.SANDBOX_URL, scripts=scripts))
        return walkers[-1]

    yield seat
    for walker in walkers:
        if request.session.testsfailed > failed_before:
            sys.stderr.write(walker.last_sight())
        walker.context.close()
    for walker in walkers:
        walker.witness.assert_nothing()
