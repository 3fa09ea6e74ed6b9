"""Every mail there is: of one kind, in both parts, with nothing missing."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.mail_kinds import ABOUT, KINDS, OPTIONAL, SIGN_IN, MailKind
from saas.dev.emails import INVALID, written

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ADDRESS = re.compile(r"""href=["']([^"']*)["']""")


def test_every_mail_is_of_one_kind() -> None:
    """The table is total: a folder without a line in ``KINDS`` is red, and a line without one."""
    ours = {path.name for path in (TEMPLATES / "emails").iterdir() if path.is_dir()}
    theirs = {
        path.relative_to(TEMPLATES).as_posix().removesuffix("_subject.txt")
        for app in ("account", "mfa")
        for path in (TEMPLATES / app / "email").glob("*_subject.txt")
    }

    assert set(KINDS) == ours | theirs
    assert set(SIGN_IN) == theirs
    assert set(ABOUT) == set(MailKind)
    assert set(MailKind) - OPTIONAL == {MailKind.SECURITY, MailKind.BILLING}


@pytest.mark.parametrize("template", sorted(KINDS))
def test_a_mail_is_whole(template: str) -> None:
    mail = written(template)
    missing = INVALID.partition("%s")[0]

    assert mail["subject"]
    assert "\n" not in mail["subject"]
    assert mail["text"]
    assert "<h1" in mail["page"]
    for part in mail.values():
        assert missing not in part
        assert "{{" not in part
        assert "{%" not in part
    assert "&amp;" not in mail["text"]
    assert "&#x27;" not in mail["text"] + mail["subject"]


@pytest.mark.parametrize("template", sorted(KINDS))
def test_its_links_are_whole_addresses(template: str) -> None:
    mail = written(template)

    links = ADDRESS.findall(mail["page"])
    assert links
    assert all(link.startswith(settings.BASE_URL) for link in links)
    assert settings.BASE_URL in mail["text"]


@pytest.mark.parametrize("template", sorted(KINDS))
def test_what_can_be_switched_off_says_how(template: str) -> None:
    mail = written(template)
    says_how = "/mail/unsubscribe/" in mail["text"] and "/mail/unsubscribe/" in mail["page"]

    assert says_how == (KINDS[template] in OPTIONAL)


def test_a_variable_that_is_missing_is_seen() -> None:
    """What the tests above rest on."""
    assert "nothing is called" in INVALID % "organization"


@pytest.mark.django_db
def test_the_pages_show_them_and_nothing_runs_in_them() -> None:
    browser = Client()

    listed = browser.get("/dev/emails/")
    shown = browser.get("/dev/emails/mfa/email/totp_activated/")
    page = browser.get("/dev/emails/invitation_sent/page/")

    assert listed.content.decode().count("/dev/emails/") >= len(KINDS)
    assert "Your second factor is on" in shown.content.decode()
    assert "frame-src 'self'" in shown["Content-Security-Policy"]
    assert "script-src" not in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert browser.get("/dev/emails/no_such_mail/").status_code == 404
