"""Passkeys in a real browser, with a device that the browser itself plays."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.actors import has_second_factor
from tests.browser import Witness, findings, overflow
from tests.builders import PASSWORD, a_user

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: LiveServer, settings: object) -> str:
    """The address by its name: a browser makes no passkeys for numbers."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # type: ignore[attr-defined]  # pytest's
    return live_server.url.replace("127.0.0.1", "localhost")


def plug_in_a_device(page: Page) -> None:
    """Give the browser a device that knows its owner."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/account/login/?next=/account/2fa/")
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    """Say with the password that it is oneself: keys are changed by nobody else."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def add_a_passkey(page: Page, site: str) -> None:
    sign_in(page, site)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("Name").fill("work laptop")
    assert findings(page) == []
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site}/")


def test_a_passkey_is_added_signs_in_is_renamed_and_removed(page: Page, site: str) -> None:
    witness = Witness(page.context, site)
    user = a_user("ana@example.org", password=PASSWORD)
    plug_in_a_device(page)

    add_a_passkey(page, site)
    assert has_second_factor(user)
    assert "A passkey was added" in [message.subject for message in mail.outbox]
    sign_out(page, site)

    page.goto(f"{site}/account/login/")
    assert findings(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/orgs/")

    page.goto(f"{site}/account/2fa/webauthn/")
    page.get_by_role("link", name="Rename work laptop").click()
    confirm(page)
    page.get_by_label("Name").fill("old laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("old laptop", exact=True).first.wait_for()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0
    assert findings(page) == []
    page.get_by_role("link", name="Remove old laptop").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("heading", name="No passkeys").wait_for()

    assert not Authenticator.objects.filter(user=user).exists()
    witness.assert_nothing()


def test_a_passkey_is_the_second_step_and_confirms_who_one_is(page: Page, site: str) -> None:
    witness = Witness(page.context, site)
    a_user("ana@example.org", password=PASSWORD)
    plug_in_a_device(page)
    add_a_passkey(page, site)
    sign_out(page, site)

    sign_in(page, site)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/account/2fa/")
    page.goto(f"{site}/account/2fa/webauthn/reauthenticate/?next=/account/tokens/")
    assert findings(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/account/tokens/")

    witness.assert_nothing()


def test_a_device_that_says_no_is_said_in_the_page(page: Page, site: str) -> None:
    witness = Witness(page.context, site)
    a_user("ana@example.org", password=PASSWORD)
    page.goto(f"{site}/account/login/")
    page.evaluate(
        "() => { navigator.credentials.get ="
        " () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )

    page.get_by_role("button", name="Use a passkey").click()

    page.get_by_text("did not hand over a passkey").wait_for()
    witness.assert_nothing()
