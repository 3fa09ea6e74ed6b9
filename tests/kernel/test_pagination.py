"""Keyset pages: whole, in order, and deaf to made-up cursors."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from kernel.pagination import CursorUnreadable, page_of
from tests.builders import a_user

pytestmark = pytest.mark.django_db


def all_pages(order: list[str], size: int) -> list[int]:
    """Walk every page and return the ids in the order they were seen."""
    seen: list[int] = []
    cursor = ""
    while True:
        page = page_of(User.objects.all(), order=order, cursor=cursor, size=size)
        seen += [user.pk for user in page.rows]
        if not (cursor := page.next_cursor):
            return seen


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 50])
@pytest.mark.parametrize("order", [["id"], ["-id"], ["name", "id"], ["-joined_at", "-id"]])
def test_pages_together_are_the_whole_list_in_order(order: list[str], size: int) -> None:
    for name in "bbaacd":
        a_user(name=name)

    whole = list(User.objects.order_by(*order).values_list("pk", flat=True))
    assert all_pages(order, size) == whole


def test_a_row_that_came_meanwhile_moves_nothing() -> None:
    people = [a_user() for _ in range(4)]
    first = page_of(User.objects.all(), order=["-id"], size=2)
    a_user()

    second = page_of(User.objects.all(), order=["-id"], cursor=first.next_cursor, size=2)

    assert [user.pk for user in second.rows] == [people[1].pk, people[0].pk]
    assert second.next_cursor == ""


def packed(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "é",
        "a",
        "AAAA",
        packed({}),
        packed([]),
        packed([1, 2]),
        packed([None]),
        packed([[1]]),
        packed([1.5]),
        packed(["x"]),
        packed(["\x00"]),
        packed("x" * 1000),
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
        base64.urlsafe_b64encode(b"[" + b"9" * 5000 + b"]").decode(),
    ],
)
def test_a_made_up_cursor_is_refused_in_words(cursor: str) -> None:
    with pytest.raises(CursorUnreadable) as refused:
        page_of(User.objects.all(), order=["id"], cursor=cursor)

    assert refused.value.status == 422


@pytest.mark.parametrize("value", [-1, 0, 2**63, 10**40, "7"])
def test_a_number_out_of_range_is_a_page_and_no_fault(value: object) -> None:
    page_of(User.objects.all(), order=["id"], cursor=packed([value]))


def test_a_cursor_of_a_list_by_time_needs_a_time() -> None:
    with pytest.raises(CursorUnreadable):
        page_of(User.objects.all(), order=["joined_at", "id"], cursor=packed(["soon", 1]))


@given(st.text(max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_page_or_a_refusal(text: str) -> None:
    with suppress(CursorUnreadable):
        page_of(User.objects.all(), order=["id"], cursor=text)
