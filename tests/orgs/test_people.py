"""Finding and paging people: whole, in order, and at one cost for any number of them."""

import json
from collections.abc import Callable, Iterable

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel.pagination import CursorUnreadable, Page
from orgs.models import Membership, Organization, Team, TeamMembership
from orgs.people import (
    CAP,
    Sought,
    candidates_for,
    maintainers_of,
    people_number,
    people_page,
    team_page,
)
from orgs.refusals import SearchTooShort
from orgs.roles import Role
from tests.builders import a_member, a_team, a_user, an_organization, the_owner

pytestmark = pytest.mark.django_db

FACTOR = Authenticator.Type.TOTP


def a_crowd(organization: Organization, size: int, *, tag: str = "") -> list[Membership]:
    """Fill an organization with people, every tenth a manager with a second factor."""
    people = User.objects.bulk_create(
        User(email=f"{tag}{number:05}@crowd.example", name=f"Name{tag} {number:05}")
        for number in range(size)
    )
    members = Membership.objects.bulk_create(
        Membership(
            organization=organization,
            user=person,
            role=Role.MANAGER if number % 10 == 0 else Role.MEMBER,
        )
        for number, person in enumerate(people)
    )
    Authenticator.objects.bulk_create(
        Authenticator(user=person, type=FACTOR, data={}) for person in people[::10]
    )
    return members


def all_of(take: Callable[[str], Page[Membership]]) -> list[Membership]:
    rows: list[Membership] = []
    cursor = ""
    while True:
        page = take(cursor)
        rows += page.rows
        if not page.next_cursor:
            return rows
        cursor = page.next_cursor


def names(members: Iterable[Membership]) -> list[str]:
    return [str(member.user) for member in members]


def test_everybody_comes_once_the_longest_there_first() -> None:
    organization = an_organization()
    a_crowd(organization, 23)

    rows = all_of(lambda cursor: people_page(organization, cursor=cursor, size=5))

    assert [row.pk for row in rows] == sorted(row.pk for row in organization.memberships.all())


@pytest.mark.parametrize("text", ["ada", "ADA", "  Ada ", "Ada L"])
def test_people_are_found_by_how_the_name_begins_in_any_case(text: str) -> None:
    organization = an_organization()
    ada = a_member(organization, user=a_user("x@example.org", name="Ada Lovelace"))
    a_member(organization, user=a_user("y@example.org", name="Not Ada"))
    a_member(an_organization(), user=a_user("z@example.org", name="Ada Elsewhere"))

    assert people_page(organization, Sought(text=text)).rows == [ada]


def test_first_come_those_found_by_name_and_nobody_twice() -> None:
    """Red without ``exclude(**by_name)`` in ``_begins``: Ada would come twice."""
    organization = an_organization()
    for address, name in [
        ("ada.b@example.org", "Zoe"),
        ("ada@example.org", "Ada"),
        ("ada.a@example.org", "Yan"),
        ("q@example.org", "Adam"),
    ]:
        a_member(organization, user=a_user(address, name=name))

    for size in (1, 2, 3, 50):
        rows = all_of(
            lambda cursor, size=size: people_page(  # type: ignore[misc]  # size is bound now
                organization, Sought(text="ada"), cursor=cursor, size=size
            )
        )
        assert names(rows) == ["Ada", "Adam", "Yan", "Zoe"]
    assert people_number(organization, Sought(text="ada")) == 4


@pytest.mark.parametrize("text", ["%a", "a_", "\\a", "' or 1=1", "ÄÖ", "\U0010ffff\U0010ffff"])
def test_signs_mean_themselves(text: str) -> None:
    organization = an_organization()
    found = a_member(organization, user=a_user("x@example.org", name=f"{text} somebody"))
    a_member(organization, user=a_user("y@example.org", name="aa somebody"))

    assert people_page(organization, Sought(text=text)).rows == [found]


@pytest.mark.parametrize("text", ["a", " a ", "a\x00b"])
def test_too_little_is_not_searched_for(text: str) -> None:
    with pytest.raises(SearchTooShort):
        people_page(an_organization(), Sought(text=text))


def test_the_key_follows_the_account_and_no_careless_write_spoils_it() -> None:
    """Red without either trigger of migration ``member_keys``."""
    organization = an_organization()
    member = a_member(organization, user=a_user("old@example.org", name="Old Name"))

    member.user.name, member.user.email = "New Name", "NEW@example.org"
    member.user.save()
    member.save()

    assert people_page(organization, Sought(text="new name")).rows == [member]
    assert people_page(organization, Sought(text="new@")).rows == [member]
    assert not people_page(organization, Sought(text="old")).rows


def test_people_are_filtered_by_role_and_second_factor() -> None:
    organization = an_organization()
    a_crowd(organization, 40)
    whole = Membership.objects.filter(organization=organization)
    with_factor = whole.filter(user__in=Authenticator.objects.values("user"))

    for sought, expected in [
        (Sought(role="manager"), whole.filter(role="manager")),
        (Sought(second_factor=True), with_factor),
        (Sought(second_factor=False), whole.exclude(pk__in=with_factor)),
        (Sought(text="name 0000", role="manager"), with_factor.order_by("pk")[:1]),
        (Sought(text="name 0000", second_factor=False), whole.filter(name_key__regex="0000[1-9]")),
    ]:
        rows = all_of(
            lambda cursor, sought=sought: people_page(  # type: ignore[misc]  # bound now
                organization, sought, cursor=cursor, size=7
            )
        )
        assert {row.pk for row in rows} == {row.pk for row in expected}
        assert people_number(organization, sought) == len(rows)


def test_each_row_tells_teams_and_second_factor() -> None:
    organization = an_organization()
    member = a_member(organization)
    for _ in range(3):
        a_team(organization, members=[member])
    Authenticator.objects.create(user=member.user, type=FACTOR, data={})

    owner, found = people_page(organization).rows

    assert (owner.teams, owner.has_second_factor) == (0, False)  # type: ignore[attr-defined]
    assert (found.teams, found.has_second_factor) == (3, True)  # type: ignore[attr-defined]


def test_nothing_is_counted_past_the_cap() -> None:
    organization = an_organization()
    a_crowd(organization, CAP + 50)

    assert people_number(organization) == CAP + 1


@pytest.mark.parametrize(
    "cursor", ["made-up", "W10", "WzAsMSwxXQ", "WzIsImEiLDFd", "WzAsImEiLCJiIl0"]
)
def test_made_up_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(CursorUnreadable):
        people_page(an_organization(), Sought(text="ada"), cursor=cursor)


QUESTIONS = {
    "all": Sought(),
    "name": Sought(text="name 00"),
    "role": Sought(role="manager"),
    "has": Sought(second_factor=True),
    "has not": Sought(second_factor=False),
    "name and role": Sought(text="name 00", role="member"),
}


@pytest.mark.parametrize("sought", QUESTIONS.values(), ids=QUESTIONS)
def test_a_page_costs_as_many_queries_for_three_hundred_as_for_ten(sought: Sought) -> None:
    """The same function is what the benchmark asks at 10 and at 10,000."""
    small, large = an_organization(), an_organization()
    a_crowd(small, 10, tag="s")
    a_crowd(large, 300, tag="l")
    sought = Sought(sought.text.replace("name ", "namel "), sought.role, sought.second_factor)
    also = Sought(sought.text.replace("namel ", "names "), sought.role, sought.second_factor)

    with CaptureQueriesContext(connection) as many:
        people_page(large, sought)
    with CaptureQueriesContext(connection) as few:
        people_page(small, also)

    assert len(many) <= len(few) <= 3


def read_of(node: dict[str, float | str | list[object]]) -> float:
    """Return how many rows a plan took from tables and indexes, those thrown away included."""
    inner = [read_of(each) for each in node.get("Plans", [])]  # type: ignore[arg-type,union-attr]
    if inner:
        return sum(inner)
    loops = float(node["Actual Loops"])  # type: ignore[arg-type]
    thrown = float(node.get("Rows Removed by Filter", 0))  # type: ignore[arg-type]
    return loops * (float(node["Actual Rows"]) + thrown)  # type: ignore[arg-type]


@pytest.fixture
def crowded() -> Organization:
    """A large organization among accounts that have nothing to do with it."""
    User.objects.bulk_create(
        User(email=f"other{number}@example.org", name=f"Name {number:05}")
        for number in range(20_000)
    )
    organization = an_organization("crowded")
    a_crowd(organization, 10_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user, orgs_membership, mfa_authenticator")
    return organization


def test_no_page_reads_more_than_twenty_rows_a_row_it_returns(crowded: Organization) -> None:
    """Red with ``select_related`` before the page is taken, and with OFFSET."""
    deep = ""
    for _ in range(3):
        deep = people_page(crowded, cursor=deep, size=100).next_cursor
    deep_name = people_page(crowded, QUESTIONS["name"], size=100).next_cursor
    asked = [(sought, "") for sought in QUESTIONS.values()]
    for sought, cursor in [*asked, (Sought(), deep), (QUESTIONS["name"], deep_name)]:
        with CaptureQueriesContext(connection) as queries:
            rows = people_page(crowded, sought, cursor=cursor).rows
        assert len(rows) == 50
        for query in queries.captured_queries:
            with connection.cursor() as plan:
                plan.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                (told,) = plan.fetchone()
            told = json.loads(told) if isinstance(told, str) else told
            assert read_of(told[0]["Plan"]) <= 20 * 50, (sought, query["sql"], told)


def in_team(team: Team, members: Iterable[Membership]) -> None:
    TeamMembership.objects.bulk_create(
        TeamMembership(organization=team.organization, team=team, membership=member)
        for member in members
    )


def test_a_team_of_many_comes_in_pages_and_is_searched() -> None:
    organization = an_organization()
    team = a_team(organization, maintainers=[the_owner(organization)])
    in_team(team, a_crowd(organization, 120))

    first = team_page(team)
    second = team_page(team, cursor=first.next_cursor)

    assert len({row.pk for row in [*first.rows, *second.rows]}) == 100
    found = team_page(team, text="name 0007").rows
    assert [str(row.membership.user) for row in found] == [f"Name {n:05}" for n in range(70, 80)]
    assert len(team_page(team, text="00070@crowd").rows) == 1
    assert [row.membership for row in maintainers_of(team, most=5)] == [the_owner(organization)]


def test_candidates_are_members_outside_the_team_who_can_be_in_one() -> None:
    organization = an_organization()
    payer = a_member(organization, Role.BILLING_MANAGER, user=a_user(name="Name payer"))
    members = a_crowd(organization, 30)
    team = a_team(organization)
    in_team(team, members[:5])

    offered = candidates_for(team, most=100)
    found = candidates_for(team, text="name", most=100)

    assert payer not in offered
    assert {row.pk for row in found} == {row.pk for row in members[5:]}
    assert len(candidates_for(team, most=7)) == 7
    assert names(candidates_for(team, text="name 0001", most=2)) == ["Name 00010", "Name 00011"]
