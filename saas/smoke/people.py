"""Signing up and signing in, as any road begins."""

from secrets import token_hex
from typing import Any

from saas.development import PASSWORD, REVIEWER, SECOND_FACTOR
from saas.smoke.browser import Browser, SmokeFailed
from saas.smoke.stage import Stage


def sign_up(stage: Stage, who: str) -> Browser:
    """Sign somebody new up, follow the link in the mail, and return their signed-in browser."""
    address = f"{who}-{token_hex(4)}@smoke.example"
    browser = Browser(stage.base_url)
    browser.visit("/account/signup/")
    asked = {"email": address, "password1": PASSWORD, "password2": PASSWORD}
    browser.send({"name": who.title(), **asked})
    browser.visit(link_in(stage.mail_to(address), "confirm-email"))
    browser.send_to("/")
    return browser.visit("/orgs/")


def sign_in_reviewer(stage: Stage) -> Browser:
    """Sign the seeded reviewer in, with the second factor."""
    browser = Browser(stage.base_url)
    browser.visit("/account/login/")
    browser.send({"login": REVIEWER, "password": PASSWORD})
    browser.send({"code": SECOND_FACTOR})
    return browser


def link_in(mail: dict[str, Any], part: str) -> str:
    """Return the first link of a mail that has ``part`` in it."""
    for link in mail["links"]:
        if part in link:
            return str(link)
    raise SmokeFailed(f"the mail “{mail['subject']}” has no link with {part}")
