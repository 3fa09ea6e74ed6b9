"""What only a browser can tell: focus, the remembered theme, and sign-in without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.builders import PASSWORD, a_user

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, server: LiveServer) -> None:
    a_user("ana@example.org", password=PASSWORD)
    page.goto(f"{server.url}/account/login/")
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)


def test_a_chosen_theme_is_remembered(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/account/login/")
    before = page.locator("html").get_attribute("data-bs-theme")
    page.get_by_role("button", name="Dark theme").click()
    page.reload()

    assert {before, page.locator("html").get_attribute("data-bs-theme")} == {"light", "dark"}
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")


def test_what_is_wrong_gets_the_focus(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator("[data-error-summary]")).to_be_focused()


def test_the_account_menu_closes_on_escape_and_gives_the_focus_back(
    page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/account/email/")
    summary = page.locator("details.menu summary")
    summary.click()
    menu = page.get_by_role("navigation", name="Account menu")
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Sign out").press("Escape")

    expect(menu).to_be_hidden()
    expect(summary).to_be_focused()


def test_sign_in_works_without_a_script(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/account/email/")
    page.locator("details.menu summary").click()

    expect(page.get_by_role("navigation", name="Account menu")).to_be_visible()
    context.close()
