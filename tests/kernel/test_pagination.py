"""Keyset pages: whole, in order, and deaf to made-up cursors."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from kernel.pagination import CursorUnreadable, page_of
from tests.builders import a_user, an_organization, signed_in, the_owner
from tests.community.builders import a_reviewer, with_second_factor
from tests.saas.api.calling import a_program

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


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\x00"])
def test_what_is_no_text_is_refused_before_the_database_is_asked(text: str) -> None:
    """Red without ``_can_be_sent`` in ``_read``."""
    with pytest.raises(CursorUnreadable):
        page_of(User.objects.all(), order=["name", "id"], cursor=packed([text, 1]))


def test_a_cursor_of_a_list_by_time_needs_a_time() -> None:
    with pytest.raises(CursorUnreadable):
        page_of(User.objects.all(), order=["joined_at", "id"], cursor=packed(["soon", 1]))


@pytest.mark.parametrize("values", [[1, 1], [True, 1], [-(10**30), 1], ["", 1]])
def test_a_number_is_no_time(values: list[object]) -> None:
    """Red without ``TypeError`` in ``page_of``."""
    with pytest.raises(CursorUnreadable):
        page_of(User.objects.all(), order=["joined_at", "id"], cursor=packed(values))


@pytest.mark.parametrize(
    "values",
    [
        [1, 1], [True, False], [1, "x"], ["2026-01-01T00:00:00+00:00", "x"], ["x"], [10**40],
        ["2026-01-01T00:00:00+00:00", 10**40], ["9999999-01-01", 1], [None], [{}], {}, "", 7,
        ["\ud800"], ["\ud800", 1],
    ],
)  # fmt: skip
def test_no_list_breaks_at_the_cursor_of_another(values: object) -> None:
    """The staff queue goes by time, the logs and lists of an organization by number or name."""
    organization = an_organization("guild")
    owner = the_owner(organization)
    program, reviewer = a_program(owner), with_second_factor(a_reviewer())
    cursor = packed(values)

    assert reviewer.get("/staff/", {"cursor": cursor}).status_code in (200, 422)
    assert signed_in(owner).get("/orgs/guild/audit/", {"cursor": cursor}).status_code in (200, 422)
    for page in ("audit-log", "members", "teams", "invitations"):
        answer = program.get(f"/organizations/guild/{page}?cursor={cursor}")
        assert answer.status in (200, 422), (page, answer.body)


@given(st.text(max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_page_or_a_refusal(text: str) -> None:
    with suppress(CursorUnreadable):
        page_of(User.objects.all(), order=["id"], cursor=text)
