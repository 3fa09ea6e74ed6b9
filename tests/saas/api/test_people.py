"""People over the API: finding, inviting many, previews, and what a day allows."""

import pytest
from allauth.mfa.models import Authenticator

from kernel import clock
from orgs.invitation_limits import OF_A_PERSON
from orgs.models import InvitationMail, Organization
from orgs.roles import Role
from tests.builders import a_member, a_team, a_user, an_organization, the_owner
from tests.saas.api.calling import Program, a_program, is_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild() -> Organization:
    return an_organization("guild", owner=a_user("ada@example.org", name="Ada"))


@pytest.fixture
def owner(guild: Organization) -> Program:
    return a_program(the_owner(guild))


def found(program: Program, query: str) -> list[str]:
    answer = program.get(f"/organizations/guild/members?{query}")
    assert answer.status == 200, answer.body
    return [each["user"]["name"] for each in answer.body["items"]]


def test_members_are_found_and_filtered(guild: Organization, owner: Program) -> None:
    grace = a_member(guild, Role.MANAGER, user=a_user("hopper@example.org", name="Grace"))
    a_member(guild, user=a_user("kay@example.org", name="Kay"))
    Authenticator.objects.create(user=grace.user, type="totp", data={})

    assert found(owner, "q=gr") == ["Grace"]
    assert found(owner, "q=HOPPER@") == ["Grace"]
    assert found(owner, "role=member") == ["Kay"]
    assert found(owner, "second_factor=true") == ["Grace"]
    assert found(owner, "second_factor=false&role=owner") == ["Ada"]
    assert is_problem(owner.get("/organizations/guild/members?q=g"), 422, "search_too_short")


def test_who_has_a_second_factor_is_for_owners_and_managers(guild: Organization) -> None:
    """Red without ``members:read_security`` in ``list_members``."""
    for role, is_told in (("manager", True), ("billing_manager", False), ("member", False)):
        program = a_program(a_member(guild, role))
        listed = program.get("/organizations/guild/members").body["items"]
        asked = program.get("/organizations/guild/members?second_factor=true")

        assert {each["second_factor"] for each in listed} == ({False} if is_told else {None})
        assert asked.status == (200 if is_told else 403)


def test_an_account_is_invited_by_its_id_and_its_address_stays_untold(owner: Program) -> None:
    grace = a_user("secret@example.org", name="Grace")

    made = owner.post("/organizations/guild/invitations", {"user": str(grace.public_id)})
    listed = owner.get("/organizations/guild/invitations").body["items"]

    assert made.status == 201
    assert made.body["email"] is None
    assert made.body["user"] == {"id": str(grace.public_id), "name": "Grace"}
    assert listed == [made.body]
    assert "secret" not in str(made.body)


def test_one_of_address_and_account_is_named(owner: Program) -> None:
    path, nobody = "/organizations/guild/invitations", str(a_user().public_id)[:-4] + "0000"

    assert owner.post(path, {}).status == 422
    assert owner.post(path, {"email": "a@example.org", "user": nobody}).status == 422
    assert is_problem(owner.post(path, {"user": nobody}), 422, "account_unknown")


def test_who_may_not_invite_learns_of_no_account(guild: Organization) -> None:
    """Red without ``members:invite_many`` in ``_account``."""
    program, real = a_program(a_member(guild)), a_user()

    for user in (str(real.public_id), "6b2f1b0e-4b5c-4f5e-9d53-0c1b6a1d2e3f"):
        answer = program.post("/organizations/guild/invitations", {"user": user})
        assert is_problem(answer, 403, "role_too_low")


def test_many_are_looked_over_and_then_invited(guild: Organization, owner: Program) -> None:
    lines = [
        {"email": "one@example.org", "role": "Manager"},
        {"email": "nonsense"},
        {"email": "ada@example.org"},
        {"email": "two@example.org", "role": "boss"},
    ]
    path = "/organizations/guild/invitations/bulk"

    told = owner.post(path, {"invitations": lines, "dry_run": True})
    assert not guild.invitations.exists()
    done = owner.post(path, {"invitations": lines})

    outcomes = ["invited", "malformed", "already_member", "role_unknown"]
    for answer in (told, done):
        assert answer.status == 200
        assert [line["outcome"] for line in answer.body["lines"]] == outcomes
        assert answer.body["invited"] == 1
    assert told.body["lines"][0]["invitation"] is None
    assert done.body["lines"][0]["invitation"] == str(guild.invitations.get().public_id)
    assert [line["line"] for line in done.body["lines"]] == [1, 2, 3, 4]


@pytest.mark.parametrize("lines", [[], [{"email": "a@b.example"}] * 1001, [{"email": "x" * 300}]])
def test_lists_are_neither_empty_nor_endless(owner: Program, lines: list[object]) -> None:
    assert owner.post("/organizations/guild/invitations/bulk", {"invitations": lines}).status == 422


def test_a_day_s_limit_says_when_to_come_again(guild: Organization) -> None:
    """Red without ``Retry-After`` in ``saas.api.problems.of_refusal``."""
    community = an_organization("atlas", kind="community")
    me = the_owner(community)
    InvitationMail.objects.bulk_create(
        InvitationMail(organization=community, sent_by=me.user, at=clock.wall())
        for _ in range(OF_A_PERSON)
    )

    answer = a_program(me).post("/organizations/atlas/invitations", {"email": "a@example.org"})

    assert is_problem(answer, 429, "too_many_invitations")
    assert 86_000 < int(answer.header("Retry-After")) <= 86_400


def test_what_removing_would_end_is_told_first(guild: Organization, owner: Program) -> None:
    member = a_member(guild)
    a_team(guild, "core", maintainers=[member])
    person = member.user.public_id
    manager = a_program(a_member(guild, Role.MANAGER))

    told = owner.get(f"/organizations/guild/members/{person}/offboarding")

    assert told.status == 200
    kinds = [loss["kind"] for loss in told.body["losses"]]
    assert kinds == ["role", "team_maintainer"]
    of_owner = the_owner(guild).user.public_id
    assert manager.get(f"/organizations/guild/members/{person}/offboarding").status == 200
    assert manager.get(f"/organizations/guild/members/{of_owner}/offboarding").status == 403


def test_several_enter_a_team_at_once_or_none_of_them(guild: Organization, owner: Program) -> None:
    team = a_team(guild, "core")
    one, two = a_member(guild), a_member(guild)
    ids = [str(each.user.public_id) for each in (one, two)]
    path = "/organizations/guild/teams/core/members"

    wrong = owner.post(path, {"users": [*ids, str(a_user().public_id)]})
    assert is_problem(wrong, 404)
    payer = str(a_member(guild, Role.BILLING_MANAGER).user.public_id)
    assert owner.post(path, {"users": [*ids, payer]}).status == 409
    assert not team.team_memberships.exists()

    added = owner.post(path, {"users": ids})
    again = owner.post(path, {"users": ids, "is_maintainer": True})

    assert sorted(place["user"]["id"] for place in added.body["items"]) == sorted(ids)
    assert [place["is_maintainer"] for place in again.body["items"]] == [False, False]
    assert owner.get(f"{path}?q=pers").body["items"]
