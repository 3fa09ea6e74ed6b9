"""What is pasted to invite many, read line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgs.bulk import MOST_LINES, Entry, read_entries
from orgs.refusals import TooManyLines
from orgs.roles import Role


def read(text: str) -> list[tuple[int, str, Role | None]]:
    entries = read_entries(text, default=Role.MEMBER)
    return [(entry.number, entry.address, entry.role) for entry in entries]


def test_a_plain_list_is_read_and_its_lines_are_numbered_as_pasted() -> None:
    text = "\ufeffada@example.org\r\n\r\n# the others\r\n  grace@example.org  \rkay@example.org\n"

    assert read(text) == [
        (1, "ada@example.org", Role.MEMBER),
        (4, "grace@example.org", Role.MEMBER),
        (5, "kay@example.org", Role.MEMBER),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", " , "])
@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("manager", Role.MANAGER),
        ("OWNER", Role.OWNER),
        ("Billing manager", Role.BILLING_MANAGER),
        ("billing_manager", Role.BILLING_MANAGER),
        ("", Role.MEMBER),
        ("boss", None),
    ],
)
def test_a_role_may_follow_in_any_spelling(mark: str, word: str, role: Role | None) -> None:
    assert read(f"ada@example.org{mark}{word}") == [(1, "ada@example.org", role)]


def test_a_header_says_where_address_and_role_stand() -> None:
    text = 'Name,Role,E-mail\n"Hopper, Grace",manager,grace@example.org\nKay,,kay@example.org'

    assert read(text) == [
        (2, "grace@example.org", Role.MANAGER),
        (3, "kay@example.org", Role.MEMBER),
    ]


def test_a_header_without_roles_leaves_the_default() -> None:
    assert read("email,name\nada@example.org,Owner") == [(2, "ada@example.org", Role.MEMBER)]


def test_the_address_of_a_mail_program_is_understood() -> None:
    assert read("Ada Lovelace <ada@example.org>, manager") == [(1, "ada@example.org", Role.MANAGER)]


def test_a_thousand_lines_are_read_and_no_more() -> None:
    lines = [f"person{number}@example.org" for number in range(MOST_LINES)]

    assert len(read("\n".join(["# everybody", *lines]))) == MOST_LINES
    with pytest.raises(TooManyLines):
        read("\n".join([*lines, "one@example.org"]))


def test_more_than_a_million_characters_are_not_even_read() -> None:
    with pytest.raises(TooManyLines):
        read("#" * 1_000_001)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_without_a_fault(text: str) -> None:
    for entry in read_entries(text, default=Role.MEMBER):
        assert isinstance(entry, Entry)
        assert len(entry.address) <= 254
