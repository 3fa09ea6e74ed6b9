"""Pictures of every page, in both themes, on a desk and on a phone; none is too wide or unsound."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings as django_settings
from django.test import RequestFactory
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as Fault
from pytest_django import Settings

from tests.browser import Witness, findings, overflow
from tests.builders import signed_in
from tests.journeys.no_pages import NO_PAGE
from tests.journeys.shot import VISITOR, Shot
from tests.journeys.shots import SHOTS, routes
from tests.journeys.world import World, a_world

PICTURES = Path(django_settings.BASE_DIR) / ".data" / "screenshots"
WIDTHS = {1280: 900, 390: 844}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ONLY = os.environ.get("ONLY", "*").split(",")
"""Patterns of names, split by commas, when somebody works on a few pages."""


def test_every_page_is_pictured_or_says_why_not() -> None:
    """A new route needs a Shot or a reason: without the Shots of ``community:list`` this is red."""
    pictured = {shot.route for shot in SHOTS} - {"", "broken", "api:openapi-view"}

    assert routes() - pictured - set(NO_PAGE) == set()
    assert pictured & set(NO_PAGE) == set()
    assert pictured | set(NO_PAGE) == routes()
    assert len({shot.name for shot in SHOTS}) == len(SHOTS)


@pytest.mark.screenshots
@pytest.mark.django_db(transaction=True)
def test_every_page_is_sound_in_both_themes_and_widths(
    browser: Browser, site: str, settings: Settings
) -> None:
    settings.ROOT_URLCONF = "tests.journeys.broken_urls"
    PICTURES.mkdir(parents=True, exist_ok=True)
    world = a_world(site)
    world.facts["sandbox"] = django_settings.SANDBOX_URL
    faults: list[str] = []
    chosen = [shot for shot in SHOTS if any(fnmatch(shot.name, name) for name in ONLY)]
    for shot in chosen:
        settings.DEBUG = shot.debug
        with _seat(browser, world, shot.who) as (context, witness):
            try:
                faults += _take(context.new_page(), shot, world, witness)
            except Fault as fault:
                faults.append(f"{shot.name} could not be reached: {fault.message}")
        faults += [f"{shot.name}: {words}" for words in witness.seen]
    assert faults == [], "\n".join(faults)


@contextmanager
def _seat(browser: Browser, world: World, who: str) -> Iterator[tuple[BrowserContext, Witness]]:
    """Open a browser in which ``who`` has just signed in."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(20_000)
    if who != VISITOR:
        user = world.people[who]
        client = signed_in(user)
        request = RequestFactory().get("/")
        request.user, request.session = user, client.session
        methods = ("password", "mfa") if who in ("rosa", "sol", "tess", "vera") else ("password",)
        for method in methods:
            record_authentication(request, user, method=method, reauthenticated=True)
        request.session.save()
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": world.site}])
    witness = Witness(context, world.site, world.facts["sandbox"])
    yield context, witness
    context.close()


def _take(page: Page, shot: Shot, world: World, witness: Witness) -> list[str]:
    """Take the four pictures of a page; return what is wrong with them."""
    faults = []
    with witness.expecting(shot.status):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(shot.address(world.site, world.facts))
        if shot.act:
            shot.act(page)
        for width, height in WIDTHS.items():
            for theme in THEMES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                page.set_viewport_size({"width": width, "height": height})
                name = f"{shot.name}-{theme}-{width}"
                page.screenshot(
                    path=PICTURES / f"{name}.png", full_page=True, animations="disabled"
                )
                if (wide := overflow(page)) > 0:
                    faults.append(f"{name}: {wide} px too wide")
                if not shot.no_axe and (width == 1280) == (
                    theme == "light"
                ):  # each theme and each width once
                    faults += [f"{name}: {rule} at {where}" for rule, where in findings(page)]
    return faults
