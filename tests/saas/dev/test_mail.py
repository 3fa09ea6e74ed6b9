"""The mail of a development stack, shown to whoever plays its recipients."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from saas.dev.mail import links_in


@pytest.fixture
def development(settings: Settings, tmp_path: Path) -> Settings:
    settings.DEBUG = True
    settings.EMAIL_BACKEND = "saas.mail.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    return settings


def write(subject: str, text: str = "Hello", html: str = "") -> None:
    message = EmailMultiAlternatives(subject, text, to=["grace@example.org"])
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


ADDRESSES = ["/dev/mail/", "/dev/mail.json"]


def test_mail_is_listed_newest_first_without_signing_in(development: Settings) -> None:
    write("First")
    write("Second")

    page = Client().get("/dev/mail/").content.decode()
    told = Client().get("/dev/mail.json").json()

    assert page.index("Second") < page.index("First")
    assert [mail["subject"] for mail in told] == ["Second", "First"]
    assert set(told[0]) == {"id", "to", "subject", "date", "text", "html", "links"}


def test_an_empty_box_says_so(development: Settings) -> None:
    assert "No mail yet" in Client().get("/dev/mail/").content.decode()
    assert Client().get("/dev/mail.json").json() == []


def test_links_can_be_followed_and_markup_is_only_shown(development: Settings) -> None:
    write("Link", "<b>Go</b> to http://localhost:8000/invitations/abc/ now.")
    (mail,) = Client().get("/dev/mail.json").json()

    page = Client().get(f"/dev/mail/{mail['id']}/").content.decode()

    assert mail["links"] == ["http://localhost:8000/invitations/abc/"]
    assert 'href="http://localhost:8000/invitations/abc/"' in page
    assert "<b>Go</b>" not in page


def test_the_page_of_a_mail_runs_nothing(development: Settings) -> None:
    write("Page", html="<p style='color: red'>Hello</p><script>alert(1)</script>")
    (mail,) = Client().get("/dev/mail.json").json()

    answer = Client().get(f"/dev/mail/{mail['id']}/page/")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy
    assert "<p style='color: red'>" in answer.content.decode()


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fetc%2Fpasswd", "%2e%2e"])
def test_only_written_mail_is_shown(development: Settings, name: str) -> None:
    assert Client().get(f"/dev/mail/{name}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEBUG", False), ("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")],
)
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.django_db
def test_outside_development_the_page_does_not_exist(
    development: Settings, name: str, value: object, address: str
) -> None:
    setattr(development, name, value)

    assert Client().get(address).status_code == 404


def test_links_end_where_the_sentence_goes_on() -> None:
    text = "See http://a.example/x, (http://b.example/y?z=1) or http://a.example/x."

    assert links_in(text) == ["http://a.example/x", "http://b.example/y?z=1"]
