"""The way of somebody new from an invitation's mail to the inside, in a browser without scripts."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.builders import PASSWORD, a_user, an_organization, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def a_window(browser: Browser) -> BrowserContext:
    return browser.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", java_script_enabled=False
    )


@pytest.fixture
def mailbox(settings: Settings, tmp_path: Path) -> None:
    """Let mail be read on the development pages."""
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "saas.mail.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"


def test_somebody_new_follows_the_mail_without_a_script_and_ends_up_inside(
    browser: Browser, live_server: LiveServer, mailbox: None
) -> None:
    ada = a_user("ada@example.org", name="Ada Lovelace")
    an_organization("acme-rockets", owner=ada, seats=5)
    inside, outside = (a_window(browser) for _ in range(2))
    cookie = signed_in(ada).cookies[settings.SESSION_COOKIE_NAME]
    inside.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    owner, newcomer = inside.new_page(), outside.new_page()

    owner.goto(f"{live_server.url}/orgs/acme-rockets/people/")
    owner.get_by_label("E-mail address").fill("marie@example.org")
    owner.get_by_role("radio", name=re.compile("^Member")).check()
    owner.get_by_role("button", name="Send invitation").click()
    expect(owner.get_by_text("marie@example.org was invited.")).to_be_visible()

    newcomer.goto(f"{live_server.url}/dev/mail/")
    newcomer.get_by_role("link", name="Ada Lovelace invites you").click()
    newcomer.get_by_role("link", name="/invitations/").click()
    newcomer.get_by_role("link", name="Create account").last.click()
    newcomer.get_by_label("Email").fill("marie@example.org")
    newcomer.get_by_label("Password", exact=True).fill(PASSWORD)
    newcomer.get_by_label(re.compile(r"Password \(again\)")).fill(PASSWORD)
    newcomer.get_by_role("button", name=re.compile("Create|Sign up")).click()
    newcomer.goto(f"{live_server.url}/dev/mail/")
    newcomer.get_by_role("row").nth(1).get_by_role("link").click()
    newcomer.get_by_role("link", name="/confirm-email/").click()
    newcomer.get_by_role("button", name="Yes, it is mine").click()

    newcomer.get_by_role("button", name="Accept and join").click()
    expect(newcomer.get_by_text("Welcome to Acme-Rockets")).to_be_visible()
    inside.close()
    outside.close()
