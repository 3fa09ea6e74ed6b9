"""What only a browser can tell: contrast, focus, width, and the policy as it is enforced."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.builders import PASSWORD, a_user

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VISITED = ["/account/login/", "/account/signup/", "/account/password/reset/", "/no/such/page/"]
OWN = ["/account/email/", "/account/password/change/", "/account/2fa/", "/account/logout/"]


@pytest.fixture
def narrow_and_dark(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def sign_in(page: Page, server: LiveServer) -> None:
    a_user("ana@example.org", password=PASSWORD)
    page.goto(f"{server.url}/account/login/")
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)


def assert_sound(page: Page, url: str) -> None:
    """Visit a page: nothing is refused by the policy, nothing is found, nothing is too wide."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
    page.goto(url)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found.response["violations"]] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", VISITED)
def test_a_visitor_s_page_is_sound(page: Page, live_server: LiveServer, path: str) -> None:
    assert_sound(page, live_server.url + path)


@pytest.mark.parametrize("path", VISITED)
def test_a_visitor_s_page_is_sound_on_a_phone_at_night(
    narrow_and_dark: Page, live_server: LiveServer, path: str
) -> None:
    assert_sound(narrow_and_dark, live_server.url + path)


def test_a_person_s_own_pages_are_sound(page: Page, live_server: LiveServer) -> None:
    sign_in(page, live_server)

    for path in OWN:
        assert_sound(page, live_server.url + path)


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
