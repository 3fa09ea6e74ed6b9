"""What only a browser can tell of these pages: contrast and width, by day and at night."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ViewportSize
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from community.actions.questions import answer_question, ask_question
from community.states import State
from tests.browser import findings, overflow
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in
from tests.community.builders import (
    a_reviewer,
    an_application,
    decided,
    reviewing,
    with_second_factor,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "day": ({"width": 1280, "height": 900}, "light"),
    "night": ({"width": 390, "height": 844}, "dark"),
}
PICTURES = os.environ.get("PICTURES", "")
"""A folder for pictures of every page, when somebody wants to look at them."""


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[str, BrowserContext]]:
    viewport, scheme = LOOKS[request.param]
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    yield request.param, context
    context.close()


def assert_sound(
    look: tuple[str, BrowserContext], server: LiveServer, visitor: Client, pages: dict[str, str]
) -> None:
    """Visit pages as ``visitor``: nothing is found, nothing is too wide."""
    name, context = look
    session = visitor.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    page = context.new_page()
    for title, address in pages.items():
        page.goto(server.url + address)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{title}-{name}.png", full_page=True)
        assert findings(page) == [], address
        assert overflow(page) <= 0, address


def test_an_applicant_s_pages_are_sound(
    look: tuple[str, BrowserContext], live_server: LiveServer
) -> None:
    applicant = a_user("ada@example.org", name="Ada Lovelace")
    pages = {"kind": "/apply/", "form": "/apply/?kind=community", "list": "/applications/"}
    for state in State.values:
        application = an_application(state)
        type(application).objects.filter(pk=application.pk).update(applicant=applicant)
        pages[state] = f"/applications/{application.public_id}/"
        if state == State.DECLINED:
            pages["appeal"] = f"{pages[state]}appeal/"
        if state == State.SUBMITTED:
            pages |= {"edit": f"{pages[state]}edit/", "withdraw": f"{pages[state]}withdraw/"}

    assert_sound(look, live_server, signed_in(applicant), pages)


def test_a_reviewer_s_pages_are_sound(
    look: tuple[str, BrowserContext], live_server: LiveServer
) -> None:
    reviewer: User = a_user("rana@example.org", name="Rana Reviewer", staff_role="reviewer")
    applicant = a_user("ada@example.org", name="Ada Lovelace")
    a_member(an_organization("guild"), user=applicant)
    an_application(State.DECLINED, applicant=applicant, display_name="An earlier try")
    an_application(name="orchard", display_name="The other orchard")
    mine = an_application(
        State.CLAIMED,
        applicant=applicant,
        reviewer=reviewer,
        name="0rchard",
        display_name="The Orchard Project of the Valley and its Friends",
    )
    question = ask_question(application=mine, text="Who are you?", actor=reviewing(reviewer))
    answer_question(question=question, text="Gardeners.", actor=an_actor(applicant))
    mine.notes.create(author=a_reviewer(), text="Looks fine to me.")
    done = an_application(State.CLAIMED, reviewer=reviewer)
    decided(done, "declined", reviewing(reviewer), words="We saw no work.")
    pages = {
        "queue": "/staff/",
        "queue-all": "/staff/?state=undecided",
        "queue-none": "/staff/?state=withdrawn",
        "screen": f"/staff/applications/{mine.public_id}/",
        "screen-done": f"/staff/applications/{done.public_id}/",
    }

    assert_sound(look, live_server, with_second_factor(reviewer), pages)
    assert_sound(look, live_server, signed_in(reviewer), {"second-factor": "/staff/"})
