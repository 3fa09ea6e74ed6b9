"""The matrix: who may do what, told in full by hand and asked cell by cell."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kernel import clock
from kernel.actor import Actor, ActorKind
from orgs.decision import NOT_FOUND
from orgs.entitlements import Feature, Standing
from orgs.matrix import MATRIX, PROJECT_MATRIX
from orgs.models import Organization, Team
from orgs.policy import decide, decide_many
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db

OWNER, MANAGER, BILLING, MEMBER = "owner", "manager", "billing_manager", "member"

# permission: who holds it; what it needs besides
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "organization:read": ({OWNER, MANAGER, BILLING, MEMBER}, set()),
    "members:read": ({OWNER, MANAGER, BILLING, MEMBER}, set()),
    "members:read_security": ({OWNER, MANAGER}, set()),
    "teams:read": ({OWNER, MANAGER, BILLING, MEMBER}, set()),
    "organization:update": ({OWNER}, {"open"}),
    "organization:rename": ({OWNER}, {"open"}),
    "organization:demand_second_factor": ({OWNER}, set()),
    "organization:release_second_factor": ({OWNER}, {"fresh"}),
    "organization:delete": ({OWNER}, {"fresh"}),
    "organization:undo_delete": ({OWNER}, set()),
    "organization:convert": ({OWNER}, {"fresh", "open"}),
    "ownership:transfer": ({OWNER}, {"fresh", "open"}),
    "members:invite": ({OWNER}, {"standing", "seat"}),
    "members:invite_owner": ({OWNER}, {"standing", "seat", "fresh"}),
    "members:invite_member": ({OWNER, MANAGER}, {"standing", "seat"}),
    "members:invite_billing_manager": ({OWNER}, {"company", "open"}),
    "members:invite_many": ({OWNER, MANAGER}, set()),
    "members:revoke_invitation": ({OWNER, MANAGER}, set()),
    "members:revoke_any_invitation": ({OWNER}, set()),
    "members:resend_invitation": ({OWNER, MANAGER}, set()),
    "members:resend_any_invitation": ({OWNER}, set()),
    "members:remove": ({OWNER}, set()),
    "members:change_owners": ({OWNER}, {"fresh"}),
    "members:remove_member": ({OWNER, MANAGER}, set()),
    "members:change_role": ({OWNER}, {"open"}),
    "members:show_self": ({OWNER, MANAGER, BILLING, MEMBER}, set()),
    "members:change_role_into_seat": ({OWNER}, {"standing", "seat"}),
    "members:leave": ({OWNER, MANAGER, BILLING, MEMBER}, set()),
    "teams:grow": ({OWNER, MANAGER}, {"standing", "teams"}),
    "teams:add_members": ({OWNER, MANAGER, "maintainer"}, {"standing", "teams"}),
    "teams:shrink": ({OWNER, MANAGER}, set()),
    "teams:remove_members": ({OWNER, MANAGER, "maintainer"}, set()),
    "projects:create": ({OWNER, MANAGER}, {"standing"}),
    "projects:create_private": ({OWNER, MANAGER}, {"standing", "private_projects", "room"}),
    "projects:receive": ({OWNER, MANAGER}, {"standing"}),
    "projects:decline_transfer": ({OWNER, MANAGER}, set()),
    "projects:transfer_out": ({OWNER}, {"fresh"}),
    "projects:delete": ({OWNER}, {"fresh"}),
    "projects:set_base_level": ({OWNER}, {"standing"}),
    "billing:read": ({OWNER, BILLING}, set()),
    "billing:manage": ({OWNER, BILLING}, set()),
    "audit:read": ({OWNER, MANAGER}, set()),
    "audit:export": ({OWNER}, {"audit_export"}),
    "tokens:read": ({OWNER}, set()),
    "tokens:create": ({OWNER}, {"standing", "org_tokens", "fresh"}),
    "tokens:revoke": ({OWNER}, set()),
}

EXITS = {
    "members:leave", "members:remove", "members:remove_member", "members:revoke_invitation",
    "members:revoke_any_invitation", "members:change_owners",
    "teams:shrink", "teams:remove_members", "projects:transfer_out", "tokens:read", "tokens:revoke",
    "projects:decline_transfer", "projects:delete",
    "organization:delete", "billing:read", "billing:manage",
    "organization:read", "members:read", "teams:read", "audit:read", "organization:undo_delete",
    "members:show_self",
}  # fmt: skip


def without(organization: Organization, feature: Feature) -> None:
    """Open every feature but one."""
    entitle(organization, a_phase(features=set(Feature) - {feature}))


class Cast:
    """An organization with one person of each kind, and one who is nobody there."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        maintainer = a_member(organization)
        self.team = a_team(organization, maintainers=[maintainer])
        self.actors: dict[str, Actor] = {
            OWNER: an_actor(the_owner(organization), fresh=True),
            MANAGER: an_actor(a_member(organization, Role.MANAGER), fresh=True),
            BILLING: an_actor(a_member(organization, Role.BILLING_MANAGER), fresh=True),
            MEMBER: an_actor(a_member(organization), fresh=True),
            "maintainer": an_actor(maintainer, fresh=True),
            "stranger": an_actor(a_user(), fresh=True),
        }

    def holders(self, permission: str, subject: Organization | Team) -> set[str]:
        """Return who of the cast may."""
        questions = [(actor, permission, subject) for actor in self.actors.values()]
        answers = decide_many(list(questions))
        return {name for name, answer in zip(self.actors, answers, strict=True) if answer.allowed}


@pytest.fixture
def cast() -> Cast:
    return Cast(an_organization())


def test_the_table_tells_every_permission() -> None:
    assert set(TABLE) == set(MATRIX)


def test_every_cell_is_as_the_table_says(cast: Cast) -> None:
    told = {permission: holders for permission, (holders, _) in TABLE.items()}

    asked = {permission: cast.holders(permission, cast.team) for permission in MATRIX}

    # A maintainer is a member too, so holds what members hold.
    expected = {p: who | ({"maintainer"} if MEMBER in who else set()) for p, who in told.items()}
    assert asked == expected


def test_a_maintainer_is_one_in_their_own_team_only(cast: Cast) -> None:
    """Red without ``AND tm.team_id = t.id`` meaning the asked team in ``orgs.facts.TEAM``."""
    other = a_team(cast.organization)

    for permission in ("teams:add_members", "teams:remove_members"):
        assert cast.holders(permission, other) == {OWNER, MANAGER}
        assert cast.holders(permission, cast.organization) == {OWNER, MANAGER}


@pytest.mark.parametrize(
    ("need", "reason", "withhold"),
    [
        ("standing", "standing_restricted", lambda o: entitle(o, a_phase("restricted"))),
        ("standing", "standing_suspended", lambda o: entitle(o, a_phase("suspended"))),
        ("standing or open", "organization_closing", lambda o: entitle(o, a_phase("closing"))),
        ("standing or open", "organization_closing", lambda o: entitle(o, a_phase("closed"))),
        ("standing", "standing_restricted", lambda o: o.entitlements.delete()),
        ("seat", "no_seat_left", lambda o: entitle(o, a_phase(seats=1))),
        (
            "seat",
            "pay_invoice_first",
            lambda o: entitle(o, a_phase("grace", seats=1, may_raise_bill=False)),
        ),
        ("teams", "feature_missing", lambda o: without(o, Feature.TEAMS)),
        ("private_projects", "feature_missing", lambda o: without(o, Feature.PRIVATE_PROJECTS)),
        ("audit_export", "feature_missing", lambda o: without(o, Feature.AUDIT_EXPORT)),
        ("org_tokens", "feature_missing", lambda o: without(o, Feature.ORG_TOKENS)),
        ("room", "limit_reached", lambda o: entitle(o, a_phase(private_projects=0))),
        (
            "company",
            "not_a_company",
            lambda o: Organization.objects.filter(pk=o.pk).update(kind="community"),
        ),
    ],
)
def test_what_is_needed_and_missing_is_told_by_name_to_holders_only(
    need: str, reason: str, withhold: Callable[[Organization], object]
) -> None:
    """Of all permissions those that need it are refused with the reason, and no others."""
    organization = an_organization()
    owner = an_actor(the_owner(organization), fresh=True)
    member = an_actor(a_member(organization), fresh=True)

    withhold(organization)

    withheld = {p for p in MATRIX if decide(owner, p, organization).reason == reason}
    needing = {p for p, (_, needs) in TABLE.items() if needs & set(need.split(" or "))}
    assert withheld == needing
    for permission in needing:
        assert decide(member, permission, organization).reason == "role_too_low"


def test_a_fresh_sign_in_is_asked_for_by_name() -> None:
    organization = an_organization()
    stale = an_actor(the_owner(organization), fresh=False)

    asked = {p for p in MATRIX if decide(stale, p, organization).reason == "fresh_sign_in_required"}

    assert asked == {p for p, (_, needs) in TABLE.items() if "fresh" in needs}


def test_a_token_does_no_more_than_its_scopes() -> None:
    organization = an_organization()
    token = replace(
        an_actor(the_owner(organization)), kind=ActorKind.TOKEN, scopes=frozenset({"members:read"})
    )

    allowed = {p for p in MATRIX if decide(token, p, organization).allowed}
    reasons = {decide(token, p, organization).reason for p in MATRIX}

    assert allowed == {"members:read", "members:read_security"}
    assert reasons == {"ok", "scope_missing", "fresh_sign_in_required"}


def test_a_token_with_every_scope_does_no_more_than_its_person() -> None:
    organization = an_organization()
    scopes = frozenset(rule.scope for rule in MATRIX.values() if rule.scope)
    person = an_actor(a_member(organization))
    token = replace(person, kind=ActorKind.TOKEN, scopes=scopes)

    for permission in MATRIX:
        if decide(token, permission, organization).allowed:
            assert decide(person, permission, organization).allowed, permission


@pytest.mark.parametrize("standing", Standing.values)
def test_exits_work_in_every_standing(standing: str) -> None:
    """Red with ``growth=True`` on any of these lines of the matrix."""
    organization = an_organization(standing=standing)
    owner = an_actor(the_owner(organization), fresh=True)

    refused = {p for p in EXITS if not decide(owner, p, organization).allowed}

    assert refused == set()


@pytest.mark.parametrize("standing", Standing.values)
def test_strangers_learn_nothing_in_any_standing(standing: str) -> None:
    """Red with ``_not_open`` before ``facts.role is None`` in ``orgs.policy._answer``."""
    organization = an_organization(standing=standing)
    stranger = an_actor(a_user(), fresh=True)
    host = Actor(ActorKind.HOST, label="host", scopes=frozenset({"decisions:ask"}))

    answers = decide_many([(who, p, organization) for p in MATRIX for who in (stranger, host)])

    assert set(answers) == {NOT_FOUND}


def test_what_does_not_exist_answers_as_what_one_may_not_see() -> None:
    gone = an_organization()
    actor = an_actor(a_user())
    Organization.objects.filter(pk=gone.pk)
    nothing, unseen = decide_many(
        [(actor, "organization:read", None), (actor, "organization:read", gone)]
    )

    assert nothing == unseen == NOT_FOUND


def test_a_decision_costs_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        decide(cast.actors[OWNER], "teams:add_members", cast.team)


def test_two_hundred_decisions_cost_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    organizations = [an_organization() for _ in range(8)]
    people = [an_actor(the_owner(organization)) for organization in organizations]
    permissions = ["members:invite", "organization:read", "billing:manage", "teams:grow"]
    questions = [(who, p, o) for who in people for o in organizations for p in permissions][:200]

    with django_assert_num_queries(1):
        answers = decide_many(list(questions))

    assert len(answers) == 200
    owned = [who is people[organizations.index(o)] for who, _, o in questions]
    assert [answer.allowed for answer in answers] == owned


def test_no_question_is_no_answer() -> None:
    assert decide_many([]) == []


def test_an_answer_says_until_when_it_holds_and_changes_then_by_itself(
    at: Callable[..., object],
) -> None:
    organization = an_organization()
    owner = an_actor(the_owner(organization))
    end = clock.now() + timedelta(days=10)
    entitle(organization, a_phase("grace"), a_phase("restricted", since=end))

    before = decide(owner, "projects:create", organization)
    at(end)
    after = decide(owner, "projects:create", organization)

    assert (before.allowed, before.until) == (True, end)
    assert (after.allowed, after.reason) == (False, "standing_restricted")


def test_what_does_not_depend_on_money_has_no_end() -> None:
    organization = an_organization()
    end = clock.now() + timedelta(days=10)
    entitle(organization, a_phase("grace"), a_phase("restricted", since=end))

    assert decide(an_actor(the_owner(organization)), "members:leave", organization).until is None


def test_an_answer_says_by_what_it_holds(cast: Cast) -> None:
    name = cast.organization.name

    by_role = decide(cast.actors[MANAGER], "teams:grow", cast.team)
    by_team = decide(cast.actors["maintainer"], "teams:add_members", cast.team)

    assert by_role.because == f"manager of {name}"
    assert by_team.because == f"maintainer of team {cast.team.name}"


def test_open_invitations_count_as_taken_when_one_more_is_invited() -> None:
    """Red without ``+ self.seats_offered`` in ``orgs.facts.Facts.taken``."""
    organization = an_organization(seats=2)
    owner = an_actor(the_owner(organization))
    assert decide(owner, "members:invite", organization).allowed

    an_invitation(organization)

    assert decide(owner, "members:invite", organization).reason == "no_seat_left"


def test_offers_without_a_seat_and_lapsed_offers_take_no_room(at: Callable[..., object]) -> None:
    organization = an_organization(seats=2)
    owner = an_actor(the_owner(organization))
    an_invitation(organization, role=Role.BILLING_MANAGER)
    an_invitation(organization)
    assert not decide(owner, "members:invite", organization).allowed

    at(clock.now() + timedelta(days=7))

    assert decide(owner, "members:invite", organization).allowed


def test_features_of_the_table_are_the_features_there_are() -> None:
    needed = set().union(*(needs for _, needs in TABLE.values()))
    assert {str(feature) for feature in Feature} <= needed


def test_the_page_of_roles_shows_every_line_of_the_matrix() -> None:
    organization = an_organization("acme")
    browser: Client = signed_in(the_owner(organization))

    page = browser.get("/orgs/acme/people/roles/").content.decode()

    for rule in (*MATRIX.values(), *PROJECT_MATRIX.values()):
        assert f'scope="row">{rule.words}</th>' in page
