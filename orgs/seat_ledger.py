"""Who takes a seat, since when and by what; and every taking and giving back, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from kernel.pagination import Page, page_of
from orgs.models import Membership, Organization, ProjectRole, SeatEntry
from orgs.roles import Role


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a seat: by a ``role`` in the organization, or by private ``projects`` of it."""

    user: User
    since: datetime
    role: Role | None
    projects: Sequence[str]


def seat_holders(organization: Organization, *, cursor: str = "", size: int = 50) -> Page[Holder]:
    """Return a page of who takes a seat now, who came first at the top.

    Three queries. Raises CursorUnreadable.
    """
    current = SeatEntry.objects.filter(organization=organization).current().select_related("user")
    page = page_of(current, order=["id"], cursor=cursor, size=size)
    people = [entry.user_id for entry in page.rows]
    roles = dict(
        Membership.objects.filter(organization=organization, user__in=people)
        .in_seats()
        .values_list("user_id", "role")
    )
    projects: dict[int, list[str]] = {}
    levels = ProjectRole.objects.filter(
        project__organization=organization, project__is_private=True, user__in=people
    )
    for user_id, name in levels.order_by("project__name").values_list("user_id", "project__name"):
        projects.setdefault(user_id, []).append(name)
    rows = [
        Holder(
            user=entry.user,
            since=entry.at,
            role=Role(roles[entry.user_id]) if entry.user_id in roles else None,
            projects=() if entry.user_id in roles else projects.get(entry.user_id, ()),
        )
        for entry in page.rows
    ]
    return Page(rows, page.next_cursor)


def seat_history(
    organization: Organization, *, cursor: str = "", size: int = 50
) -> Page[SeatEntry]:
    """Return a page of the ledger, the latest line first. Raises CursorUnreadable."""
    entries = SeatEntry.objects.filter(organization=organization).select_related("user")
    return page_of(entries, order=["-id"], cursor=cursor, size=size)
