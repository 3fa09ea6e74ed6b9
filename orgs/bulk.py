"""What is pasted to invite many people: lines of an address and, where one likes, a role.

Plain lists and CSV are read alike, line by line, so that each line is told by its number. Columns
are parted by a comma, a semicolon or a tab; a first line that names its columns is a header; empty
lines and those that begin with ``#`` say nothing.
"""

import csv
import re
from dataclasses import dataclass

from orgs.refusals import TooManyLines
from orgs.roles import Role

MOST_LINES = 1_000
MOST_CHARACTERS = 1_000_000
LONGEST = 254
"""As much of a cell as is looked at; no address is longer."""

ADDRESS_NAMES = frozenset({"email", "e-mail", "mail", "address", "e-mail address", "email address"})
ROLE_NAMES = frozenset({"role"})
ROLES = {
    spelled: role
    for role in Role
    for spelled in (role.value, role.label.lower(), role.value.replace("_", "-"))
}
IN_BRACKETS = re.compile(r"^[^<>]*<([^<>]+)>$")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line asks for; ``role`` is ``None`` where its ``word`` is none of the roles."""

    number: int
    address: str
    word: str
    role: Role | None


def read_entries(text: str, *, default: Role) -> list[Entry]:
    """Read what was pasted. Refuses with TooManyLines."""
    if len(text) > MOST_CHARACTERS:
        raise TooManyLines("Paste at most one million characters at once.", field="text")
    address_at, role_at = 0, 1
    entries: list[Entry] = []
    is_first = True
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = _cells(line)
        if is_first and (columns := _header(cells)):
            address_at, role_at = columns
        else:
            address, word = _at(cells, address_at), _at(cells, role_at)
            entries.append(Entry(number, _address(address), word, role_named(word, default)))
        is_first = False
        if len(entries) > MOST_LINES:
            raise TooManyLines(f"Invite at most {MOST_LINES:,} people at once.", field="text")
    return entries


def role_named(word: str, default: Role) -> Role | None:
    """Return the role that a cell names, in any spelling; an empty one means the default."""
    word = word.strip().lower()
    return ROLES.get(word) if word else default


def _cells(line: str) -> list[str]:
    delimiter = next((mark for mark in "\t;," if mark in line), ",")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        cells = [line]
    return [cell.strip()[:LONGEST] for cell in cells]


def _header(cells: list[str]) -> tuple[int, int] | None:
    """Return the columns of address and role when this line names them."""
    names = [cell.lower() for cell in cells]
    addresses = [index for index, name in enumerate(names) if name in ADDRESS_NAMES]
    if not addresses:
        return None
    roles = [index for index, name in enumerate(names) if name in ROLE_NAMES]
    return addresses[0], roles[0] if roles else len(cells) + LONGEST


def _at(cells: list[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def _address(cell: str) -> str:
    """Return the bare address of ``Ada Lovelace <ada@example.org>``."""
    found = IN_BRACKETS.match(cell)
    return found.group(1).strip() if found else cell
