"""Each component renders with what its contract names, and shows it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from kernel.refusals import Remedy, Unpaid
from saas.templatetags.look import initials, money

FOLDER = Path(settings.BASE_DIR) / "templates/components"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
REFUSAL = Unpaid(
    "All 10 seats are taken.",
    reason="no_seat_left",
    remedy=Remedy("add seats", "an owner or billing manager", "/seats/"),
)
CASES: list[tuple[str, dict[str, object], list[str]]] = [
    (
        "alert",
        {"tone": "warning", "title": "Late", "text": "It is late.", "url": "/pay/", "label": "Pay"},
        ["alert-warning", "Late", "It is late.", 'href="/pay/"', "#alert-triangle"],
    ),
    ("tone", {"tone": "success", "label": "Active"}, ["tone-success", "Active"]),
    (
        "page_header",
        {
            "title": "People",
            "pretitle": "Northwind",
            "text": "Who is in.",
            "url": "/i/",
            "label": "Invite",
            "icon": "plus",
        },
        ["<h1", "People", "Northwind", "Who is in.", 'href="/i/"', "#plus"],
    ),
    (
        "empty_state",
        {
            "icon": "sitemap",
            "title": "No team",
            "text": "Teams help.",
            "url": "/t/",
            "label": "Create",
        },
        ["<h2", "No team", "Teams help.", 'href="/t/"', "#sitemap"],
    ),
    (
        "stat_card",
        {
            "label": "Plan",
            "value": 0,
            "unit": "of 3",
            "status": "Past due",
            "tone": "warning",
            "text": "Soon",
            "url": "/b/",
            "link": "See",
        },
        ["Plan", "0", "of 3", "Past due", "tone-warning", "Soon", 'href="/b/"'],
    ),
    (
        "progress",
        {"id": "seats", "label": "Seats", "value": 8, "maximum": 10, "text": "2 open"},
        ['aria-labelledby="seats"', 'id="seats"', 'max="10"', 'value="8"', "8 of 10", "2 open"],
    ),
    (
        "plan_card",
        {
            "name": "Team",
            "price": "$12.00",
            "per": "per seat",
            "features": ["Private"],
            "current": True,
            "url": "/p/",
            "label": "Change",
            "text": "Best for some",
            "chosen": True,
        },
        [
            "Team",
            "$12.00",
            "per seat",
            "Private",
            "Current",
            'href="/p/"',
            "btn-primary",
            "Best for some",
        ],
    ),
    (
        "table",
        {"label": "People", "content": "rows"},
        ['tabindex="0"', 'role="group"', 'aria-label="People table"', "rows"],
    ),
    (
        "pagination",
        {"next_cursor": "abc", "first": True, "label": "people"},
        [
            'aria-label="Pages of people"',
            "cursor=abc",
            'href="?role=owner"',
            "role=owner&amp;cursor=abc",
        ],
    ),
    (
        "breadcrumbs",
        {"trail": [("All", "/o/")], "here": "One"},
        ['href="/o/"', 'aria-current="page"', "One"],
    ),
    (
        "avatar",
        {"name": "Ana Ortiz", "detail": "ana@example.org"},
        ["AO", "Ana Ortiz", "ana@example.org"],
    ),
    (
        "timeline",
        {
            "label": "History",
            "entries": [
                {"title": "Sent", "when": NOON, "who": "Ana", "text": "Hi", "icon": "send"}
            ],
        },
        ["Sent", "Ana", "22 November 2026", "Hi", "#send", 'aria-label="History"'],
    ),
    (
        "steps",
        {"label": "Way", "steps": ["Write", "Send", "Wait"], "now": 2},
        ['aria-current="step"', "(done)", 'aria-label="Way"'],
    ),
    ("datagrid", {"facts": [("Seats", 0), ("Card", "")]}, ["<dt", "Seats", ">0<", ">–<"]),
    (
        "copy_field",
        {"id": "token", "label": "Token", "value": "ch_1", "hint": "Once."},
        ['for="token"', 'value="ch_1"', "readonly", 'aria-describedby="token-hint"', "Once."],
    ),
    (
        "confirm_form",
        {
            "url": "/d/",
            "words": "northwind",
            "label": "Delete",
            "text": "It closes.",
            "id": "sure",
            "error": "Not the name.",
            "cancel_url": "/o/",
        },
        [
            'action="/d/"',
            'for="sure"',
            "northwind",
            "Delete",
            "It closes.",
            'aria-describedby="sure_error"',
            "Not the name.",
            "Keep it",
        ],
    ),
    (
        "refusal",
        {"refusal": REFUSAL, "heading": True},
        [
            "All 10 seats are taken.",
            "no_seat_left",
            "Add seats",
            'href="/seats/"',
            "an owner or billing manager",
            Unpaid.title,
        ],
    ),
    (
        "side_nav",
        {
            "label": "Account",
            "links": [{"label": "Password", "icon": "lock", "url": "/p/", "current": "page"}],
        },
        ['aria-label="Account"', 'aria-current="page"', "Password", "#lock"],
    ),
]


def render(name: str, context: dict[str, object]) -> str:
    query = {"role": "owner", "cursor": "old"} if "next_cursor" in context else {}
    source = f"{{% include 'components/{name}.html' %}}"
    request = RequestFactory().get("/", query)
    return Template(source).render(RequestContext(request, context))


@pytest.mark.parametrize(("component", "context", "shown"), CASES, ids=[case[0] for case in CASES])
def test_a_component_shows_what_its_contract_names(
    component: str, context: dict[str, object], shown: list[str]
) -> None:
    html = render(component, context)

    for piece in shown:
        assert piece in html, piece
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", html)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.stem)
def test_a_component_begins_with_its_contract(path: Path) -> None:
    assert path.read_text().startswith(("{% comment %}", "{# "))


def test_what_people_wrote_is_escaped_inside_a_component() -> None:
    html = render("avatar", {"name": "<b>Ana</b>", "detail": "<script>"})

    assert "<b>" not in html
    assert "<script>" not in html


def test_a_remedy_without_an_address_is_said_in_words() -> None:
    refusal = Unpaid("No.", remedy=Remedy("ask an owner", "an owner"))

    html = render("refusal", {"refusal": refusal})

    assert "Ask an owner." in html
    assert "<a " not in html


def test_a_scrollable_table_keeps_its_markup() -> None:
    html = Template(
        "{% load look %}{% scrollable label='People' %}"
        "<table><tr><td>{{ name }}</td></tr></table>{% endscrollable %}"
    ).render(Context({"name": "<i>"}))

    assert "<table><tr><td>&lt;i&gt;</td></tr></table>" in html
    assert 'aria-label="People table"' in html


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ana Ortiz", "AO"), ("ana.ortiz@example.org", "AO"), ("northwind", "N"), ("", "?"),
     ("Ana Maria de la Cruz", "AC")],
)  # fmt: skip
def test_a_name_is_shortened_to_two_letters(name: str, short: str) -> None:
    assert initials(name) == short


def test_money_is_written_from_minor_units() -> None:
    assert money(1200, "usd") == "$12.00"
    assert money(500, "jpy") == "¥500"
    assert money(0, "usd") == "$0.00"
    assert money(None, "usd") == ""
