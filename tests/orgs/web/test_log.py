"""The page of the log."""

import pytest

from audit.models import AuditEvent
from community.states import State
from orgs.actions.teams import create_team
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in, the_owner
from tests.community.builders import an_application
from tests.saas.api.calling import a_program

pytestmark = pytest.mark.django_db


def test_the_log_tells_what_happened_and_can_be_narrowed() -> None:
    organization = an_organization("acme")
    owner, manager = the_owner(organization), a_member(organization, Role.MANAGER)
    create_team(organization=organization, name="core", actor=an_actor(owner))
    create_team(organization=organization, name="docs", actor=an_actor(manager))
    browser = signed_in(owner)

    def lines(**query: str | int) -> list[str]:
        answer = browser.get("/orgs/acme/audit/", query)
        assert answer.status_code == 200
        return [sentence for _, sentence in answer.context["lines"]]

    assert lines()[0] == f"{manager.user} created the team docs"
    assert len(lines()) == 4
    assert len(lines(event="team.created")) == 2
    assert lines(who=manager.user_id) == [f"{manager.user} created the team docs"]
    assert lines(event="team.deleted") == []
    assert len(lines(event="made.up", who="made-up")) == 4


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

    assert "our staff" in page
    told = [each["actor"] for each in answer.body["items"] if each["actor"]["kind"] == "staff"]
    assert told == [{"kind": "staff", "id": None, "name": "our staff"}] * by_staff.count()
    for secret in ("Rana", reviewer.email, str(reviewer.public_id)):
        assert secret not in page
        assert secret not in str(answer.body)
