"""Anything that people do, in any order: what must always hold, holds."""

import os
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from kernel.refusals import Refusal
from orgs.access import who_may
from orgs.actions.access import (
    grant_team,
    remove_project_role,
    revoke_team_grant,
    set_base_level,
    set_project_role,
)
from orgs.actions.collaborators import accept_collaboration, invite_collaborator
from orgs.actions.deleting import delete_project
from orgs.actions.invitations import accept_invitation, invite_member
from orgs.actions.members import change_role, leave, remove_member
from orgs.actions.projects import archive_project, register_project, set_privacy
from orgs.actions.teams import add_team_member, create_team, remove_team_member
from orgs.actions.transfers import accept_transfer, propose_transfer, take_out
from orgs.levels import Level
from orgs.matrix import PROJECT_MATRIX
from orgs.models import (
    BurnedProjectName,
    Organization,
    Project,
    Team,
    TeamGrant,
    TeamMembership,
)
from orgs.policy import decide_many
from orgs.private_projects import recount_private_projects
from orgs.roles import Role
from orgs.seat_ledger import seat_holders
from orgs.seats import outsiders, recount
from tests.builders import a_user, an_actor, an_organization
from tests.subscriptions.stage import undone

pytestmark = pytest.mark.django_db

LIVES, STEPS = int(os.environ.get("EXAMPLES", "4")), 30
PICK = st.integers(0, 1_000)
ROLES, LEVELS = st.sampled_from(list(Role)), st.sampled_from(list(Level))


class Houses(RuleBasedStateMachine):
    """Two organizations, six people, and whatever they come to own and do."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.number = 0

    @initialize()
    def begin(self) -> None:
        self._stack.enter_context(undone())
        self.people = [a_user() for _ in range(6)]
        self.houses = [
            an_organization(owner=self.people[0], seats=5, private_projects=2),
            an_organization(owner=self.people[1], seats=5, private_projects=2),
        ]

    def teardown(self) -> None:
        self._stack.close()

    def person(self, pick: int) -> User:
        return self.people[pick % len(self.people)]

    def house(self, pick: int) -> Organization:
        return self.houses[pick % 2]

    def named(self, kind: str) -> str:
        self.number += 1
        return f"{kind}-{self.number}"

    # --- people ---

    @rule(house=PICK, who=PICK, whom=PICK, role=ROLES)
    def invites(self, house: int, who: int, whom: int, role: Role) -> None:
        with suppress(Refusal):
            invited = self.person(whom)
            offer = invite_member(
                organization=self.house(house),
                email=invited.email,
                role=role,
                actor=an_actor(self.person(who), fresh=True),
            )
            accept_invitation(token=offer.token, user=invited, actor=an_actor(invited))

    @rule(house=PICK, who=PICK, whom=PICK, role=ROLES)
    def gives_a_role(self, house: int, who: int, whom: int, role: Role) -> None:
        with suppress(Refusal):
            change_role(
                organization=self.house(house),
                user=self.person(whom),
                role=role,
                actor=an_actor(self.person(who), fresh=True),
            )

    @rule(house=PICK, who=PICK, whom=PICK)
    def removes(self, house: int, who: int, whom: int) -> None:
        with suppress(Refusal):
            remove_member(
                organization=self.house(house),
                user=self.person(whom),
                actor=an_actor(self.person(who), fresh=True),
            )

    @rule(house=PICK, who=PICK)
    def leaves(self, house: int, who: int) -> None:
        with suppress(Refusal):
            leave(organization=self.house(house), actor=an_actor(self.person(who), fresh=True))

    # --- teams ---

    @rule(house=PICK, who=PICK, whom=PICK)
    def fills_a_team(self, house: int, who: int, whom: int) -> None:
        with suppress(Refusal):
            actor = an_actor(self.person(who))
            team = self.house(house).teams.first() or create_team(
                organization=self.house(house), name=self.named("team"), actor=actor
            )
            add_team_member(team=team, user=self.person(whom), actor=actor)

    @rule(who=PICK, whom=PICK, which=PICK)
    def empties_a_team(self, who: int, whom: int, which: int) -> None:
        team = self.one_of(Team, which)
        if team is not None:
            with suppress(Refusal):
                remove_team_member(
                    team=team, user=self.person(whom), actor=an_actor(self.person(who))
                )

    # --- projects ---

    @rule(house=PICK, who=PICK, own=st.booleans(), private=st.booleans())
    def registers(self, house: int, who: int, *, own: bool, private: bool) -> None:
        with suppress(Refusal):
            register_project(
                name=self.named("project"),
                organization=None if own else self.house(house),
                is_private=private,
                actor=an_actor(self.person(who)),
            )

    @rule(which=PICK, who=PICK, whom=PICK, level=LEVELS)
    def gives_a_level(self, which: int, who: int, whom: int, level: Level) -> None:
        project = self.one_of(Project, which)
        if project is None:
            return
        actor, person = an_actor(self.person(who)), self.person(whom)
        with suppress(Refusal):
            set_project_role(project=project, user=person, level=level, actor=actor)
        with suppress(Refusal):
            offer = invite_collaborator(
                project=project, email=person.email, level=level, actor=actor
            )
            accept_collaboration(token=offer.token, user=person, actor=an_actor(person))

    @rule(which=PICK, who=PICK, whom=PICK)
    def takes_a_level(self, which: int, who: int, whom: int) -> None:
        project = self.one_of(Project, which)
        if project is not None:
            with suppress(Refusal):
                remove_project_role(
                    project=project, user=self.person(whom), actor=an_actor(self.person(who))
                )

    @rule(which=PICK, who=PICK, level=LEVELS, gives=st.booleans())
    def grants(self, which: int, who: int, level: Level, *, gives: bool) -> None:
        project, team = self.one_of(Project, which), self.one_of(Team, which + 1)
        if project is None or team is None:
            return
        actor = an_actor(self.person(who))
        with suppress(Refusal):
            if gives:
                grant_team(team=team, projects=[project], level=level, actor=actor)
            else:
                revoke_team_grant(team=team, project=project, actor=actor)

    @rule(house=PICK, who=PICK, level=st.sampled_from([None, *Level]))
    def sets_a_base(self, house: int, who: int, level: Level | None) -> None:
        with suppress(Refusal):
            set_base_level(
                organization=self.house(house), level=level, actor=an_actor(self.person(who))
            )

    @rule(which=PICK, who=PICK, private=st.booleans(), archived=st.booleans())
    def hides_and_archives(self, which: int, who: int, *, private: bool, archived: bool) -> None:
        project, actor = self.one_of(Project, which), an_actor(self.person(who))
        if project is None:
            return
        with suppress(Refusal):
            set_privacy(project=project, is_private=private, actor=actor)
        with suppress(Refusal):
            archive_project(project=project, is_archived=archived, actor=actor)

    @rule(which=PICK, who=PICK, house=PICK, answers=PICK, out=st.booleans())
    def moves(self, which: int, who: int, house: int, answers: int, *, out: bool) -> None:
        project = self.one_of(Project, which)
        if project is None:
            return
        with suppress(Refusal):
            actor = an_actor(self.person(who), fresh=True)
            if out:
                take_out(project=project, actor=actor)
                return
            offer = propose_transfer(
                project=project, to_organization=self.house(house), actor=actor
            )
            accept_transfer(transfer=offer, actor=an_actor(self.person(answers)))

    @rule(which=PICK, who=PICK)
    def deletes(self, which: int, who: int) -> None:
        project = self.one_of(Project, which)
        if project is None:
            return
        with suppress(Refusal):
            delete_project(
                project=project,
                confirmation=project.name,
                actor=an_actor(self.person(who), fresh=True),
            )
            assert BurnedProjectName.objects.held().filter(name=project.name).exists()

    def one_of(self, kind: Any, pick: int) -> Any:
        ids = list(kind.objects.order_by("pk").values_list("pk", flat=True))
        return kind.objects.get(pk=ids[pick % len(ids)]) if ids else None

    # --- what must always hold ---

    @invariant()
    def every_house_has_an_owner_and_true_counters(self) -> None:
        for house in self.houses_now():
            assert house.memberships.owners().exists()
            seated = set(house.memberships.in_seats().values_list("user_id", flat=True))
            seated |= outsiders(house)
            assert {row.user.pk for row in seat_holders(house).rows} == seated
            assert not recount(house), "the seats were counted wrong"
            assert not recount_private_projects(house), "private projects were counted wrong"
            assert house.seats_taken <= 5
            assert house.private_projects <= 2

    @invariant()
    def no_right_outlives_what_it_hangs_on(self) -> None:
        for place in TeamMembership.objects.select_related("membership", "team"):
            assert place.membership.organization_id == place.team.organization_id
            assert place.membership.role != Role.BILLING_MANAGER
        for grant in TeamGrant.objects.select_related("project", "team"):
            assert grant.project.organization_id == grant.team.organization_id

    @invariant()
    def lists_and_decisions_agree(self) -> None:
        """``who_may`` says for everybody and every project what ``decide`` says."""
        for project in Project.objects.all():
            for permission in PROJECT_MATRIX:
                found = who_may(permission, project)
                answers = decide_many(
                    [(an_actor(each), permission, project) for each in self.all()]
                )
                told = [found.everybody or each.pk in found.decisions for each in self.all()]
                assert told == [answer.allowed for answer in answers], (permission, project)

    def all(self) -> list[User]:
        return getattr(self, "people", [])

    def houses_now(self) -> list[Organization]:
        known = [house.pk for house in getattr(self, "houses", [])]
        return list(Organization.objects.filter(pk__in=known))


def test_whatever_people_do_what_must_hold_holds() -> None:
    """Red without ``recount`` in ``end_membership``, or without ``_end_rights`` in
    ``accept_transfer``; and when a way of ``orgs.facts`` is missing in ``orgs.access.INVOLVED``.
    """
    run_state_machine_as_test(
        Houses,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
