"""The pages of the log."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from community.states import State
from kernel import clock
from orgs.actions.teams import add_team_member, create_team
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import a_member, a_team, a_user, an_actor, an_organization, signed_in, the_owner
from tests.community.builders import an_application
from tests.saas.api.calling import a_program

pytestmark = pytest.mark.django_db


def lines(browser: Client, path: str = "/orgs/acme/audit/", **query: str) -> list[str]:
    """Return what a page of the log tells."""
    answer = browser.get(path, query)
    assert answer.status_code == 200
    return [line[1] for line in answer.context["lines"]]


def test_the_log_tells_what_happened_and_can_be_narrowed() -> None:
    organization = an_organization("acme")
    owner, manager = the_owner(organization), a_member(organization, Role.MANAGER)
    core = create_team(organization=organization, name="core", actor=an_actor(owner))
    create_team(organization=organization, name="docs", actor=an_actor(manager))
    add_team_member(team=core, user=manager.user, actor=an_actor(owner))
    browser = signed_in(owner)
    docs = f"{manager.user} created the team docs"
    added = f"{owner.user} added {manager.user} to the team core"

    assert lines(browser)[:2] == [added, docs]
    assert len(lines(browser)) == 5
    assert len(lines(browser, event="team.created")) == 2
    assert len(lines(browser, event="team")) == 3
    assert lines(browser, event="team.deleted") == []
    assert lines(browser, who=str(manager.user.public_id)) == [docs]
    assert lines(browser, about="team:core") == [added, f"{owner.user} created the team core"]
    assert lines(browser, about=f"user:{manager.user.public_id}") == [added, docs]
    assert lines(browser, event="team", who=str(owner.user.public_id), about="team:docs") == []


def test_the_log_is_narrowed_to_days_and_the_last_day_is_in_it() -> None:
    organization = an_organization("acme")
    owner = the_owner(organization)
    for day in (1, 2, 3):
        with clock.held_at(datetime(2027, 3, day, 23, 59, 59, tzinfo=UTC)):
            create_team(organization=organization, name=f"march-{day}", actor=an_actor(owner))
    browser = signed_in(owner)

    def told(**query: str) -> list[str]:
        return [line.rpartition(" ")[2] for line in lines(browser, event="team", **query)]

    assert told(**{"from": "2027-03-02"}) == ["march-3", "march-2"]
    assert told(to="2027-03-02") == ["march-2", "march-1"]
    assert told(**{"from": "2027-03-02", "to": "2027-03-02"}) == ["march-2"]


def test_a_plain_member_is_found_when_the_address_names_them_and_others_are_not() -> None:
    organization = an_organization("acme")
    owner, member, stranger = the_owner(organization), a_member(organization), a_user(name="Zoe")
    core = a_team(organization, "core")
    add_team_member(team=core, user=member.user, actor=an_actor(owner))
    browser = signed_in(owner)
    added = f"{owner.user} added {member.user} to the team core"

    assert lines(browser, about=f"user:{member.user.public_id}") == [added]
    assert lines(browser, who=str(member.user.public_id)) == []
    page = browser.get("/orgs/acme/audit/", {"who": str(stranger.public_id)})
    assert "Zoe" not in page.content.decode()
    assert "who" in page.context["form"].errors


def test_what_cannot_be_meant_is_told_and_not_looked_for() -> None:
    organization = an_organization("acme")
    browser = signed_in(the_owner(organization))
    wrong = {"event": "made.up", "who": "made-up", "about": "team:none", "from": "soon"}

    page = browser.get("/orgs/acme/audit/", wrong)
    turned = browser.get("/orgs/acme/audit/", {"from": "2027-03-02", "to": "2027-03-01"})
    endless = browser.get("/orgs/acme/audit/", {"from": "0001-01-01", "to": "9999-12-31"})

    assert len(page.context["lines"]) == 2
    assert set(page.context["form"].errors) == set(wrong)
    assert "is before the one" in turned.content.decode()
    assert set(endless.context["form"].errors) == {"to"}


def test_pages_of_the_log_cost_the_same_however_long_it_is() -> None:
    organization = an_organization("acme")
    owner = the_owner(organization)
    browser = signed_in(owner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/orgs/acme/audit/", {"event": "team"})
        return len(queries)

    create_team(organization=organization, name="core", actor=an_actor(owner))
    few = asked()
    for number in range(45):
        create_team(organization=organization, name=f"team-{number}", actor=an_actor(owner))

    assert asked() == few <= 12


def test_the_log_of_a_team_tells_of_that_team_only() -> None:
    organization = an_organization("acme")
    owner, member = the_owner(organization), a_member(organization)
    core = create_team(organization=organization, name="core", actor=an_actor(owner))
    create_team(organization=organization, name="docs", actor=an_actor(owner))
    add_team_member(team=core, user=member.user, actor=an_actor(owner), is_maintainer=True)
    path = "/orgs/acme/teams/core/log/"

    told = lines(signed_in(owner), path)

    assert told == [
        f"{owner.user} added {member.user} to the team core",
        f"{owner.user} created the team core",
    ]
    assert lines(signed_in(owner), path, event="team.created") == told[1:]
    assert signed_in(owner).get("/orgs/acme/teams/CORE/log/").status_code == 302
    assert signed_in(owner).get("/orgs/acme/teams/none/log/").status_code == 404
    assert signed_in(member).get(path).status_code == 403
    assert signed_in(a_user()).get(path).status_code == 404


def test_the_log_comes_in_pages_that_keep_the_filter() -> None:
    organization = an_organization("acme")
    owner = the_owner(organization)
    for number in range(55):
        create_team(organization=organization, name=f"team-{number}", actor=an_actor(owner))
    browser = signed_in(owner)

    first = browser.get("/orgs/acme/audit/", {"event": "team.created"})
    cursor = first.context["page"].next_cursor
    second = browser.get("/orgs/acme/audit/", {"event": "team.created", "cursor": cursor})

    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 5)
    assert f"event=team.created&amp;cursor={cursor}" in first.content.decode()
    assert browser.get("/orgs/acme/audit/", {"cursor": "made-up"}).status_code == 422


def test_words_of_people_are_shown_as_words() -> None:
    organization = an_organization("acme")
    owner = the_owner(organization)
    owner.user.name = "<script>alert(1)</script>"
    owner.user.save()
    create_team(organization=organization, name="core", actor=an_actor(owner))

    page = signed_in(owner).get("/orgs/acme/audit/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_who_of_our_staff_acted_is_not_told_to_owners() -> None:
    """Red without ``actor_name`` in ``sentence``, and without ``is_staff`` in the API's answer."""
    reviewer = a_user("rana@example.org", name="Rana Reviewer", staff_role="reviewer")
    application = an_application(State.APPROVED, reviewer=reviewer)
    organization = Organization.objects.get(name=application.name)
    owner = the_owner(organization)
    by_staff = AuditEvent.objects.of_organization(organization.pk).filter(actor_kind="staff")
    assert {event.actor_id for event in by_staff} == {reviewer.pk}

    page = signed_in(owner).get(f"/orgs/{organization.name}/audit/").content.decode()
    answer = a_program(owner).get(f"/organizations/{organization.name}/audit-log")

    assert "Our staff" in page
    told = [each["actor"] for each in answer.body["items"] if each["actor"]["kind"] == "staff"]
    assert told == [{"kind": "staff", "id": None, "name": "our staff"}] * by_staff.count()
    for secret in ("Rana", reviewer.email, str(reviewer.public_id)):
        assert secret not in page
        assert secret not in str(answer.body)
