"""The people of an organization, found and read in pages; ten thousand cost what ten do.

The page is taken first, off an index and as bare ids; only its rows are then joined with accounts,
teams and second factors. (Joined first, the database may walk every account there is.) Nothing
counts past a cap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.db.models.lookups import IsNull

from kernel.pagination import CursorUnreadable, Page, cursor_of, page_of, values_of
from orgs.models import Membership, Organization, Team, TeamMembership
from orgs.refusals import SearchTooShort
from orgs.roles import Role

SHORTEST = 2
"""As few letters as are searched for; fewer would find nearly everybody."""
LONGEST = 100
CAP = 1_000
"""More than this is told as "1,000+"."""
LAST_CHARACTER = "\U0010ffff"
KEYS = ("name_key", "email_key")
"""In the order in which they are searched: by name first, then whom only the address finds."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which people: whose name or address begins with ``text``, in a role, with a second factor."""

    text: str = ""
    role: str = ""
    second_factor: bool | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether nothing narrows it."""
        return self == Sought()


def people_page(
    organization: Organization, sought: Sought | None = None, *, cursor: str = "", size: int = 50
) -> Page[Membership]:
    """Return a page of members with account, number of ``teams`` and ``has_second_factor``.

    The longest there come first; found by ``text``, they come by name, and then whom only the
    address finds. Three queries at most. Raises SearchTooShort or CursorUnreadable.
    """
    sought = sought or Sought()
    ids, next_cursor = _ids(
        _narrowed(Membership.objects.filter(organization=organization), sought),
        sought.text,
        cursor=cursor,
        size=size,
    )
    return Page(in_order(_told(ids), ids), next_cursor)


def people_number(organization: Organization, sought: Sought | None = None) -> int:
    """Return how many there are, up to one more than ``CAP``."""
    sought = sought or Sought()
    rows = _narrowed(Membership.objects.filter(organization=organization), sought)
    if not sought.text:
        return rows.values("pk")[: CAP + 1].count()
    return sum(
        _begins(rows, sought.text, phase).values("pk")[: CAP + 1].count()
        for phase in range(len(KEYS))
    )


def team_page(
    team: Team, *, text: str = "", cursor: str = "", size: int = 50
) -> Page[TeamMembership]:
    """Return a page of who is in a team, the longest in it first. Raises SearchTooShort."""
    rows = TeamMembership.objects.filter(team=team)
    if text := _checked(text):
        members = Membership.objects.filter(organization=team.organization_id)
        found = _begins(members, text, 0) | _begins(members, text, 1)
        rows = rows.filter(membership__in=found.values("pk"))
    page = page_of(rows.only("pk"), order=["id"], cursor=cursor, size=size)
    ids = [row.pk for row in page.rows]
    joined = TeamMembership.objects.filter(pk__in=ids).select_related("membership__user")
    return Page(in_order(joined, ids), page.next_cursor)


def maintainers_of(team: Team, *, most: int) -> Sequence[TeamMembership]:
    """Return up to ``most`` maintainers of a team, the longest in it first."""
    rows = TeamMembership.objects.filter(team=team, is_maintainer=True).order_by("id")
    ids = list(rows.values_list("pk", flat=True)[:most])
    return in_order(
        TeamMembership.objects.filter(pk__in=ids).select_related("membership__user"), ids
    )


def candidates_for(team: Team, *, text: str = "", most: int) -> Sequence[Membership]:
    """Return up to ``most`` members who could be added to a team; billing managers are in none.

    Raises SearchTooShort.
    """
    rows = (
        Membership.objects.filter(organization=team.organization_id)
        .exclude(role=Role.BILLING_MANAGER)
        .exclude(Exists(TeamMembership.objects.filter(team=team, membership=OuterRef("pk"))))
    )
    if text:
        ids, _ = _ids(rows, text, cursor="", size=most)
    else:
        ids = list(rows.order_by("name_key", "id").values_list("pk", flat=True)[:most])
    return in_order(Membership.objects.filter(pk__in=ids).select_related("user"), ids)


def in_order(rows: QuerySet[Row], ids: Sequence[int]) -> list[Row]:
    """Return the rows in the order of their ids; those that went meanwhile are left out."""
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _narrowed(rows: QuerySet[Membership], sought: Sought) -> QuerySet[Membership]:
    if sought.role:
        rows = rows.filter(role=sought.role)
    if sought.second_factor is not None:
        factor = Exists(_factors())
        rows = rows.filter(factor if sought.second_factor else ~factor)
    return rows


def _told(ids: Sequence[int]) -> QuerySet[Membership]:
    """Join the page's rows. A subquery of one row is asked for each; EXISTS may be hashed whole."""
    teams = (
        TeamMembership.objects.filter(membership=OuterRef("pk"))
        .order_by()
        .values("membership")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Membership.objects.filter(pk__in=ids)
        .select_related("user")
        .annotate(
            teams=Coalesce(Subquery(teams, output_field=IntegerField()), 0),
            has_second_factor=IsNull(Subquery(_factors().values("pk")[:1]), False),
        )
    )


def _factors() -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=OuterRef("user"))  # type: ignore[no-any-return]  # untyped


def _ids(rows: QuerySet[Membership], text: str, *, cursor: str, size: int) -> tuple[list[int], str]:
    """Take one page as bare ids, and the cursor of the next."""
    if not (text := _checked(text)):
        page = page_of(rows.only("pk"), order=["id"], cursor=cursor, size=size)
        return [row.pk for row in page.rows], page.next_cursor
    phase, key, last = _place(cursor)
    found: list[tuple[int, str, int]] = []
    while phase < len(KEYS) and len(found) <= size:
        name = KEYS[phase]
        matching = _begins(rows, text, phase)
        if last:
            matching = matching.filter(**{f"{name}__gte": key}).exclude(
                **{name: key, "id__lte": last}
            )
        taken = matching.order_by(name, "id").values_list(name, "id")[: size + 1 - len(found)]
        found += [(phase, key, pk) for key, pk in taken]
        phase, last = phase + 1, 0
    more = cursor_of(found[size - 1]) if len(found) > size else ""
    return [pk for _, _, pk in found[:size]], more


def _begins(rows: QuerySet[Membership], text: str, phase: int) -> QuerySet[Membership]:
    """Return whose name begins with ``text``; in the second phase, whose address alone does.

    A range instead of LIKE: it reads the index however the statement was prepared. What is sought
    is made lower case by the database, as the keys were.
    """
    first = Lower(Value(text))
    end = Concat(first, Value(LAST_CHARACTER))
    by_name = {"name_key__gte": first, "name_key__lt": end}
    if phase == 0:
        return rows.filter(**by_name)
    return rows.filter(email_key__gte=first, email_key__lt=end).exclude(**by_name)


def _checked(text: str) -> str:
    text = text.strip()
    if text and (len(text) < SHORTEST or "\x00" in text):
        raise SearchTooShort(field="q")
    return text[:LONGEST]


def _place(cursor: str) -> tuple[int, str, int]:
    """Return the phase, key and id after which a page begins."""
    if not cursor:
        return 0, "", 0
    phase, key, last = values_of(cursor, 3)
    if phase not in (0, 1) or not isinstance(key, str) or not isinstance(last, int):
        raise CursorUnreadable
    return phase, key, last
