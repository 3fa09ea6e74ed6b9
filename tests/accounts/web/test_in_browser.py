"""Making a token in a real browser: sound pages, on a desk and on a phone."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser import Witness, findings, overflow
from tests.builders import PASSWORD, a_user

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def assert_sound(page: Page, name: str) -> None:
    assert findings(page) == []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, (name, width)
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_token_is_made_copied_and_revoked(page: Page, live_server: LiveServer) -> None:
    witness = Witness(page.context, live_server.url)
    user = a_user("ana@example.org", password=PASSWORD)
    page.goto(f"{live_server.url}/account/login/?next=/account/tokens/")
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="No tokens").wait_for()
    assert_sound(page, "empty")

    page.get_by_role("link", name="Make a token").click()
    page.get_by_role("button", name="Make token").wait_for()
    assert_sound(page, "new")
    page.get_by_label("Name").fill("build server")
    page.get_by_label("Create, change and delete teams").check()
    page.get_by_role("button", name="Make token").click()
    text = page.locator("#token").input_value()
    assert_sound(page, "made")

    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("link", name="Revoke build server").wait_for()
    assert text not in page.content()
    assert_sound(page, "list")
    page.get_by_role("link", name="Revoke build server").click()
    page.get_by_role("heading", name="Revoke").wait_for()
    assert_sound(page, "revoke")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("heading", name="No tokens").wait_for()
    assert not user.tokens.live().exists()

    page.goto(f"{live_server.url}/account/profile/")
    assert_sound(page, "profile")
    witness.assert_nothing()
