"""A person's own log: theirs everywhere, and of others only what they may know now."""

import pytest
from django.db import transaction

from audit.record import record
from community.states import State
from kernel.actor import SYSTEM
from orgs.actions.members import change_role, leave, remove_member
from orgs.actions.teams import add_team_member, create_team
from orgs.events import TeamMemberAdded
from orgs.roles import Role
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in, the_owner
from tests.community.builders import an_application
from tests.orgs.web.test_log import lines
from tests.saas.api.calling import a_host, a_program, is_problem

pytestmark = pytest.mark.django_db
PATH = "/account/log/"


def test_it_tells_what_one_did_and_what_was_done_to_one() -> None:
    here, there = an_organization("here"), an_organization("there")
    ada = a_member(here)
    a_member(there, Role.MANAGER, user=ada.user)
    owner = the_owner(here)
    core = create_team(organization=here, name="core", actor=an_actor(owner))
    create_team(organization=here, name="docs", actor=an_actor(owner))
    add_team_member(team=core, user=ada.user, actor=an_actor(owner))
    create_team(organization=there, name="maps", actor=an_actor(ada))
    browser = signed_in(ada)

    assert lines(browser, PATH) == [
        f"{ada.user} created the team maps",
        f"{owner.user} added {ada.user} to the team core",
    ]
    assert lines(browser, PATH, event="team.created") == [f"{ada.user} created the team maps"]
    assert lines(browser, PATH, to="2020-01-01") == []
    page = browser.get(PATH).content.decode()
    assert 'href="/orgs/here/"' in page
    assert 'href="/orgs/there/"' in page
    assert lines(signed_in(a_user()), PATH) == []


def test_of_an_organization_that_one_left_others_acts_are_told_no_more() -> None:
    """Red without ``known`` in ``audit.queries.account_log``, and without ``is_told_in_full``."""
    organization = an_organization("secret-guild")
    owner, ada = the_owner(organization), a_member(organization)
    core = create_team(organization=organization, name="core", actor=an_actor(owner))
    add_team_member(team=core, user=ada.user, actor=an_actor(owner), is_maintainer=True)
    change_role(organization=organization, user=ada.user, role=Role.MANAGER, actor=an_actor(owner))
    create_team(organization=organization, name="mine", actor=an_actor(ada))
    remove_member(organization=organization, user=ada.user, actor=an_actor(owner))
    with transaction.atomic():  # what happens behind them is not theirs to know
        record(
            TeamMemberAdded(
                user_id=ada.user.pk, member="Ada", team="moon-base", is_maintainer=False
            ),
            actor=SYSTEM,
            organization=organization,
            about=[f"user:{ada.user.pk}"],
        )

    page = signed_in(ada).get(PATH).content.decode()
    answer = a_program(ada).get("/me/audit-log").body["items"]

    told = ["You are no member of an organization any more", f"{ada.user} created the team mine"]
    assert lines(signed_in(ada), PATH)[-2:] == told
    assert [each["sentence"] for each in answer][-2:] == told
    assert (answer[-2]["details"], answer[-2]["actor"]["name"]) == ({}, "")
    for hidden in ("secret-guild", str(owner.user), "core", "moon-base"):
        assert hidden not in page
        assert hidden not in str(answer)


def test_who_left_by_themselves_is_told_so() -> None:
    organization = an_organization("acme")
    ada = a_member(organization)
    leave(organization=organization, actor=an_actor(ada))

    [told] = lines(signed_in(ada), PATH)

    left = f"{ada.user}, member, is no member any more (left by {ada.user})"
    assert told == f"{left}. Lost: the role Member, with its seat"


def test_what_reviewers_say_among_themselves_is_not_told_to_the_applicant() -> None:
    """Red without ``internal_names`` in ``audit.queries.account_log``."""
    reviewer = a_user("rana@example.org", name="Rana Reviewer", staff_role="reviewer")
    application = an_application(State.CLAIMED, reviewer=reviewer)
    applicant = application.applicant
    assert applicant is not None

    told = lines(signed_in(applicant), PATH)

    assert any("submitted the application" in line for line in told)
    assert not any("took up" in line or "Rana" in line for line in told)
    assert any("took up" in line for line in lines(signed_in(reviewer), PATH))


def test_the_api_tells_the_same_and_hosts_have_no_log() -> None:
    organization = an_organization("acme")
    owner = the_owner(organization)
    create_team(organization=organization, name="core", actor=an_actor(owner))
    program = a_program(owner)

    [event] = program.get("/me/audit-log?event=team").body["items"]
    first = program.get("/me/audit-log?limit=1").body
    second = program.get(f"/me/audit-log?limit=1&cursor={first['next_cursor']}").body

    assert (event["organization"], event["details"]) == ("acme", {"team": "core"})
    assert first["items"][0]["event"] == "token.made"
    assert first["items"][0]["organization"] is None
    assert second["items"] == [event]
    assert is_problem(a_host().get("/me/audit-log"), 403, "scope_missing")
