"""What operations do, beyond who may call them."""

import json
from uuid import uuid4

import pytest

from audit.models import AuditEvent
from community.states import State
from orgs.entitlements import Feature
from orgs.models import Invitation, Organization
from orgs.roles import Role
from tests.builders import a_member, a_project, a_team, a_user, an_organization, the_owner
from tests.community.builders import an_application
from tests.saas.api.calling import a_program, is_problem

pytestmark = pytest.mark.django_db


def test_a_company_is_founded_and_belongs_to_whoever_founded_it() -> None:
    program = a_program(a_user())

    made = program.post("/organizations", {"name": "Guild", "display_name": "The Guild"})
    listed = program.get("/organizations").body["items"]
    taken = a_program(a_user()).post("/organizations", {"name": "guild", "display_name": "G"})

    assert made.status == 201
    assert (made.body["role"], made.body["standing"]) == ("owner", "restricted")
    assert listed == [made.body]
    assert is_problem(taken, 409, "name_taken")
    assert taken.body["errors"][0]["pointer"] == "/name"


@pytest.mark.parametrize("spelling", ["guild-hall", "GUILD.HALL", "guild__hall"])
def test_any_spelling_of_a_name_finds_it(spelling: str) -> None:
    program = a_program(the_owner(an_organization("Guild-Hall")))

    assert program.get(f"/organizations/{spelling}").body["name"] == "Guild-Hall"


def test_what_is_left_out_of_a_change_stays() -> None:
    program = a_program(the_owner(an_organization("guild")))

    program.call("PATCH", "/organizations/guild", {"url": "https://guild.example/"})
    body = program.call("PATCH", "/organizations/guild", {"description": "Bread."}).body

    assert (body["url"], body["description"]) == ("https://guild.example/", "Bread.")
    assert body["display_name"] == "Guild"


def test_a_project_changes_in_all_that_was_asked_or_in_nothing() -> None:
    """Red without ``atomic`` in ``change``: the description would stay when privacy is refused."""
    organization = an_organization("guild", private_projects=0)
    a_project(organization, "wheel")
    program = a_program(the_owner(organization))

    refused = program.call(
        "PATCH", "/projects/wheel", {"description": "Rolls.", "is_private": True}
    )

    assert is_problem(refused, 402, "limit_reached")
    assert program.get("/projects/wheel").body["description"] == ""


def test_a_closed_organization_is_gone() -> None:
    program = a_program(the_owner(an_organization("guild")))
    Organization.objects.update(state="closed")

    assert is_problem(program.get("/organizations/guild"), 404)
    assert program.get("/organizations").body["items"] == []


def test_members_change_roles_and_go() -> None:
    organization = an_organization("guild")
    member = a_member(organization)
    program = a_program(the_owner(organization))
    path = f"/organizations/guild/members/{member.user.public_id}"

    changed = program.call("PATCH", path, {"role": "manager"})
    removed = program.call("DELETE", path)

    assert changed.body["role"] == "manager"
    assert removed.status == 204
    assert is_problem(program.call("DELETE", path), 404)
    assert is_problem(program.call("PATCH", path, {"role": "emperor"}), 422)
    assert len(program.get("/organizations/guild/members").body["items"]) == 1


def test_an_invitation_is_sent_sent_again_and_withdrawn() -> None:
    program = a_program(the_owner(an_organization("guild")))
    path = "/organizations/guild/invitations"

    offer = program.post(path, {"email": "rosa@example.org"})
    twice = program.post(path, {"email": "ROSA@example.org"})
    again = program.post(f"{path}/{offer.body['id']}/resend")
    withdrawn = program.call("DELETE", f"{path}/{offer.body['id']}")

    assert (offer.status, offer.body["role"]) == (201, "member")
    assert is_problem(twice, 409, "already_invited")
    assert again.body["expires_at"] >= offer.body["expires_at"]
    assert withdrawn.status == 204
    assert program.get(path).body["items"] == []
    assert is_problem(program.post(f"{path}/{offer.body['id']}/resend"), 409, "invitation_closed")
    assert is_problem(program.post(f"{path}/{uuid4()}/resend"), 404)
    assert Invitation.objects.get().token not in str(offer.body)


def test_an_invitation_is_found_under_its_own_organization_only() -> None:
    """Turns red when an invitation is looked up without its organization."""
    owner = a_user()
    an_organization("one", owner=owner)
    an_organization("other", owner=owner)
    program = a_program(owner)
    offer = program.post("/organizations/one/invitations", {"email": "rosa@example.org"}).body

    answer = program.call("DELETE", f"/organizations/other/invitations/{offer['id']}")

    assert is_problem(answer, 404)
    assert Invitation.objects.open().count() == 1


def test_a_team_grows_changes_and_goes() -> None:
    organization = an_organization("guild")
    member = a_member(organization)
    program = a_program(the_owner(organization))
    teams = "/organizations/guild/teams"
    person = f"{teams}/core/members/{member.user.public_id}"

    made = program.post(teams, {"name": "core", "description": "Bread."})
    joined = program.call("PUT", person, {})
    leads = program.call("PUT", person, {"is_maintainer": True})
    same = program.call("PUT", person, {"is_maintainer": True})
    people = program.get(f"{teams}/core/members").body["items"]
    renamed = program.call("PATCH", f"{teams}/core", {"name": "centre"})
    listed = program.get(teams).body["items"]
    gone = program.call("DELETE", f"{teams}/centre")

    assert (made.status, made.body["people"]) == (201, 0)
    assert joined.body["is_maintainer"] is False
    assert leads.body == same.body == people[0]
    assert leads.body["is_maintainer"] is True
    assert (renamed.body["name"], renamed.body["description"]) == ("centre", "Bread.")
    assert [(team["name"], team["people"]) for team in listed] == [("centre", 1)]
    assert gone.status == 204
    assert is_problem(program.get(f"{teams}/centre"), 404)


def test_a_maintainer_becomes_a_plain_member_again_in_every_standing() -> None:
    """Turns red when PUT adds a member who is in the team already: growth is closed then."""
    organization = an_organization("guild", standing="restricted")
    member = a_member(organization)
    a_team(organization, "core", maintainers=[member])
    program = a_program(the_owner(organization))
    path = f"/organizations/guild/teams/core/members/{member.user.public_id}"

    assert program.call("PUT", path, {"is_maintainer": False}).status == 200
    assert program.call("DELETE", path).status == 204
    assert is_problem(program.call("PUT", path, {}), 402, "standing_restricted")


def test_people_of_other_organizations_are_not_members_here() -> None:
    organization = an_organization("guild")
    a_team(organization, "core")
    stranger = a_user()
    program = a_program(the_owner(organization))

    path = f"/organizations/guild/teams/core/members/{stranger.public_id}"

    assert is_problem(program.call("PUT", path, {}), 404)


def test_the_log_is_read_by_event_and_by_person_and_tells_no_address() -> None:
    organization = an_organization("guild")
    owner, manager = the_owner(organization), a_member(organization, Role.MANAGER)
    a_program(manager).post("/organizations/guild/teams", {"name": "core"})
    program = a_program(owner)
    path = "/organizations/guild/audit-log"

    by_event = program.get(f"{path}?event=team.created").body["items"]
    by_person = program.get(f"{path}?actor={manager.user.public_id}").body["items"]
    by_nobody = program.get(f"{path}?actor={uuid4()}").body["items"]
    everything = program.get(path).body["items"]

    assert by_event == by_person
    assert by_nobody == []
    [event] = by_event
    assert event["event"] == "team.created"
    assert event["actor"]["kind"] == "token"
    assert event["actor"]["id"] == str(manager.user.public_id)
    assert event["sentence"] == f"{manager.user.name} created the team core"
    assert event["details"] == {"team": "core"}
    assert AuditEvent.objects.get(pk=event["id"]).words["address"] == "127.0.0.1"
    assert "127.0.0.1" not in str(everything)
    assert [each["id"] for each in everything] == sorted(
        (each["id"] for each in everything), reverse=True
    )


def test_the_log_is_narrowed_by_first_word_by_subject_and_by_time() -> None:
    organization = an_organization("guild")
    owner, member = the_owner(organization), a_member(organization)
    program = a_program(owner)
    program.post("/organizations/guild/teams", {"name": "core"})
    program.post("/organizations/guild/teams", {"name": "docs"})
    person = member.user.public_id
    program.call("PUT", f"/organizations/guild/teams/core/members/{person}", {})
    path = "/organizations/guild/audit-log"

    def events(query: str) -> list[str]:
        return [each["event"] for each in program.get(f"{path}?{query}").body["items"]]

    middle = program.get(f"{path}?event=team").body["items"][1]["at"]
    assert events("event=team") == ["team.member_added", "team.created", "team.created"]
    assert events("subject=team:CORE") == ["team.member_added", "team.created"]
    assert events(f"subject=user:{person}") == ["team.member_added"]
    assert events(f"event=team&since={middle}") == ["team.member_added", "team.created"]
    assert events(f"event=team&until={middle}") == ["team.created"]
    for nothing in ("subject=team:none", "subject=user:me", f"subject=user:{uuid4()}", "subject=x"):
        assert events(nothing) == []
    assert is_problem(program.get(f"{path}?since=soon"), 422)


def test_the_log_is_taken_out_as_a_file_with_the_same_filters() -> None:
    organization = an_organization("guild")
    owner = the_owner(organization)
    program = a_program(owner)
    program.post("/organizations/guild/teams", {"name": "core"})
    path = "/organizations/guild/audit-log"

    table = program.get(f"{path}.csv?event=team").response
    objects = program.get(f"{path}.ndjson?event=log").response

    lines = table.getvalue().decode().splitlines()
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].startswith("id,at,recorded_at,event,actor_kind,actor,sentence,details")
    assert [line.split(",")[3] for line in lines[1:]] == ["team.created"]
    [told] = objects.getvalue().decode().splitlines()
    assert json.loads(told)["details"] == {"form": "CSV", "filters": {"event": "team"}}
    assert AuditEvent.objects.filter(name="log.exported", actor_kind="token").count() == 2


def test_a_log_that_is_not_paid_for_is_not_taken_out() -> None:
    program = a_program(the_owner(an_organization("guild", features=[Feature.TEAMS])))

    answer = program.get("/organizations/guild/audit-log.csv")

    assert is_problem(answer, 402, "feature_missing")
    assert answer.body["remedy"]["action"] == "Look at the plans"
    assert answer.body["remedy"]["url"].endswith("/orgs/guild/billing/")


def test_the_log_comes_in_pages() -> None:
    program = a_program(the_owner(an_organization("guild")))
    path = "/organizations/guild/audit-log"

    first = program.get(f"{path}?limit=1").body
    second = program.get(f"{path}?limit=1&cursor={first['next_cursor']}").body

    assert first["items"][0]["id"] > second["items"][0]["id"]


def test_an_application_is_written_submitted_and_withdrawn() -> None:
    program = a_program(a_user())

    draft = program.post("/applications", {"name": "bakers", "display_name": "Bakers"})
    path = f"/applications/{draft.body['id']}"
    early = program.post(f"{path}/submit")
    program.call(
        "PATCH",
        path,
        {
            "url": "https://bakers.example",
            "description": "Recipes.",
            "intended_use": "Publishing them.",
            "people": 12,
        },
    )
    submitted = program.post(f"{path}/submit").body
    withdrawn = program.post(f"{path}/withdraw").body

    assert (draft.status, draft.body["state"], draft.body["people"]) == (201, "draft", None)
    assert is_problem(early, 422, "incomplete")
    assert (submitted["state"], submitted["place_in_queue"]) == ("submitted", 1)
    assert (withdrawn["state"], withdrawn["place_in_queue"]) == ("withdrawn", None)
    assert [each["id"] for each in program.get("/applications").body["items"]] == [draft.body["id"]]


def test_a_question_is_answered_once_and_a_decline_is_told_in_its_words() -> None:
    applicant = a_user()
    asked = an_application(State.NEEDS_INFORMATION, applicant=applicant)
    declined = an_application(State.DECLINED, applicant=applicant)
    program = a_program(applicant)
    [question] = program.get(f"/applications/{asked.public_id}").body["questions"]
    elsewhere = f"/applications/{declined.public_id}/questions/{question['id']}/answer"
    assert is_problem(program.post(elsewhere, {"text": "Us."}), 404, "not_found")
    path = f"/applications/{asked.public_id}/questions/{question['id']}/answer"

    answered = program.post(path, {"text": "Bakers."}).body
    decision = program.get(f"/applications/{declined.public_id}").body["decision"]

    assert question["text"] == "Who are you?"
    assert answered["questions"][0]["answer"] == "Bakers."
    assert answered["state"] == "claimed"
    assert is_problem(program.post(path, {"text": "Millers."}), 409, "already_answered")
    assert (decision["outcome"], decision["words"]) == ("declined", "Too little to see.")
