"""What only a browser can tell: contrast, width, policy, and the way through a sign-up."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser import Witness, findings, overflow
from tests.builders import (
    PASSWORD,
    a_member,
    a_phase,
    a_team,
    a_user,
    an_invitation,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DESK, PHONE = (1280, 900), (390, 844)
PICTURES = os.environ.get("PICTURES", "")


class Shop:
    """An organization with everything in it, one that may not grow, and their owner."""

    def __init__(self) -> None:
        self.owner = a_user("ada@example.org", name="Ada Lovelace")
        acme = an_organization("acme-rockets", owner=self.owner, seats=5)
        acme.description = "Rockets for everybody, since this morning."
        acme.url = "https://acme.example/"
        acme.save()
        grace = a_member(acme, "manager", user=a_user("grace@example.org", name="Grace Hopper"))
        a_member(acme, "billing_manager", user=a_user("finance@example.org", name="Finn Ance"))
        a_team(acme, "core", members=[the_owner(acme)], maintainers=[grace])
        a_team(acme, "documentation")
        _, self.token = an_invitation(acme, "katherine.johnson@example.org")
        poor = an_organization("guild", owner=self.owner)
        entitle(poor, a_phase("restricted"))
        an_invitation(an_organization("lumen"), "ada@example.org", role="billing_manager")
        person = grace.user.public_id
        self.pages = {
            "list": "/orgs/",
            "new": "/orgs/new/",
            "overview": "/orgs/acme-rockets/",
            "overview-restricted": "/orgs/guild/",
            "settings": "/orgs/acme-rockets/settings/",
            "people": "/orgs/acme-rockets/people/",
            "people-restricted": "/orgs/guild/people/",
            "roles": "/orgs/acme-rockets/people/roles/",
            "member": f"/orgs/acme-rockets/people/{person}/",
            "remove": f"/orgs/acme-rockets/people/{person}/remove/",
            "leave": "/orgs/acme-rockets/people/leave/",
            "teams": "/orgs/acme-rockets/teams/",
            "teams-restricted": "/orgs/guild/teams/",
            "team": "/orgs/acme-rockets/teams/core/",
            "edit-team": "/orgs/acme-rockets/teams/core/edit/",
            "delete-team": "/orgs/acme-rockets/teams/core/delete/",
            "log": "/orgs/acme-rockets/audit/",
            "invitation": f"/invitations/{self.token}/",
        }


@pytest.fixture
def shop(live_server: LiveServer) -> Shop:
    return Shop()


def a_window(
    browser: Browser, size: tuple[int, int], theme: str, *, scripts: bool = True
) -> BrowserContext:
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )


def enter(context: BrowserContext, server: LiveServer, shop: Shop) -> None:
    """Carry the session of a person who is signed in into a browser."""
    cookie = signed_in(shop.owner).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": server.url}]
    )


def look_at(page: Page, url: str, name: str) -> list[object]:
    """Return what is wrong with a page; keep a picture of it where PICTURES says so."""
    page.goto(url)
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    wrong: list[object] = list(findings(page))
    if wide := overflow(page):
        wrong.append(f"{wide} pixels too wide")
    return wrong


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_sound(
    browser: Browser, live_server: LiveServer, shop: Shop, size: tuple[int, int], theme: str
) -> None:
    context = a_window(browser, size, theme)
    witness = Witness(context, live_server.url)
    enter(context, live_server, shop)
    page = context.new_page()

    wrong = {
        name: found
        for name, path in shop.pages.items()
        if (found := look_at(page, live_server.url + path, f"{name}-{theme}-{size[0]}"))
    }

    context.close()
    assert wrong == {}
    witness.assert_nothing()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_a_visitor_is_sound(
    browser: Browser, live_server: LiveServer, shop: Shop, size: tuple[int, int], theme: str
) -> None:
    context = a_window(browser, size, theme)
    page = context.new_page()
    pages = {"home": "/", "invitation-visitor": f"/invitations/{shop.token}/"}

    wrong = {
        name: found
        for name, path in pages.items()
        if (found := look_at(page, live_server.url + path, f"{name}-{theme}-{size[0]}"))
    }

    context.close()
    assert wrong == {}


@pytest.fixture
def mailbox(settings: Settings, tmp_path: Path) -> None:
    """Let mail be read on the development pages."""
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "saas.mail.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"


def test_somebody_new_follows_the_mail_without_a_script_and_ends_up_inside(
    browser: Browser, live_server: LiveServer, shop: Shop, mailbox: None
) -> None:
    inside, outside = (a_window(browser, DESK, "light", scripts=False) for _ in range(2))
    enter(inside, live_server, shop)
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
