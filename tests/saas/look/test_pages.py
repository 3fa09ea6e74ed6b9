"""Pages keep the strict policy, and errors lead on."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from kernel.refusals import Remedy, Unpaid

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if "email" not in path.parent.name]
ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(path: Path) -> None:
    html = path.read_text()

    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", html)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|javascript:", html)
    assert "//cdn" not in html


@pytest.mark.django_db
def test_a_page_has_one_main_one_heading_and_a_way_past_the_header() -> None:
    html = Client().get("/account/login/").content.decode()

    assert html.count("<main") == 1
    assert html.count("<h1") == 1
    assert html.index('href="#main"') < html.index("<header")
    assert all("aria-label=" in nav for nav in re.findall(r"<nav[^>]*>", html))
    assert html.index("app.js") < html.index("<body")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "field", "hint"),
    [
        ("/account/login/", "login", "email"),
        ("/account/login/", "password", "current-password"),
        ("/account/signup/", "email", "email"),
        ("/account/signup/", "password1", "new-password"),
        ("/account/signup/", "password2", "new-password"),
        ("/account/signup/", "name", "name"),
    ],
)
def test_browsers_are_told_what_a_field_is_for(url: str, field: str, hint: str) -> None:
    html = Client().get(url).content.decode()
    opening = re.search(rf'<input[^>]*name="{field}"[^>]*>', html)

    assert opening
    assert f'autocomplete="{hint}"' in opening.group(0)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_stands_without_a_context_and_leads_on(name: str) -> None:
    html = render_to_string(name)

    assert html.count("<h1") == 1
    assert 'href="/"' in html


def test_the_page_for_our_own_faults_needs_nothing_else() -> None:
    source = (TEMPLATES / "500.html").read_text()

    assert not re.search(r"{%\s*(?!comment|endcomment)\w+|{{", source)


def test_a_refusal_page_says_why_and_what_helps() -> None:
    refusal = Unpaid(
        "All seats are taken.",
        reason="no_seat_left",
        remedy=Remedy("add seats", "an owner", "/seats/"),
    )

    html = render_to_string("refusal.html", {"refusal": refusal}, RequestFactory().get("/"))

    for piece in (
        "All seats are taken.",
        "no_seat_left",
        'href="/seats/"',
        "Add seats",
        "an owner",
    ):
        assert piece in html


def test_a_refusal_page_without_a_remedy_still_leads_on() -> None:
    html = render_to_string("refusal.html", {"refusal": Unpaid("No.")}, RequestFactory().get("/"))

    assert "What would help" not in html
    assert 'href="/"' in html
