"""What a place gives, shown before it ends, and ended with it."""

import pytest

from audit.models import AuditEvent
from audit.queries import project_log
from kernel import clock
from kernel.actor import SYSTEM
from orgs.actions.invitations import accept_invitation
from orgs.actions.members import change_role, leave, remove_member
from orgs.actions.transfers import LIFE
from orgs.levels import Level
from orgs.models import Membership, Organization, Project, ProjectTransfer, TeamMembership
from orgs.offboarding import RIGHTS, lasting_of, losses_of
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_project,
    a_role,
    a_service_token,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    the_owner,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild() -> Organization:
    return an_organization("guild")


@pytest.fixture
def rich(guild: Organization) -> Membership:
    """Somebody who has everything that a place can give."""
    member = a_member(guild, Role.MANAGER)
    a_team(guild, "core", maintainers=[member])
    a_team(guild, "docs", members=[member])
    a_project(guild, "axle", by=member)
    a_role(a_project(guild, "wheel", is_private=True), member, Level.PUBLISH)
    for _ in range(2):
        an_invitation(guild, by=member.user)
    offered = a_project(guild, "spoke")
    ProjectTransfer.objects.create(
        project=offered,
        from_organization=guild,
        to_user=a_user(),
        proposed_by=member.user,
        expires_at=clock.now() + LIFE,
    )
    return member


def test_everything_is_told_by_kind_and_in_words(rich: Membership) -> None:
    assert [(loss.kind, loss.words) for loss in losses_of(rich)] == [
        ("role", "the role Manager, with its seat"),
        ("team_maintainer", "the team core, as its maintainer"),
        ("team", "the team docs"),
        ("project_role", "the level Publish on the project wheel"),
        ("created_projects", "administering a project they created or took over"),
        ("invitations", "2 open invitations they sent, until somebody sends them again"),
        ("transfers", "the open offer of the project spoke, which is taken back"),
    ]


def test_who_takes_no_seat_loses_none(guild: Organization) -> None:
    payer = a_member(guild, Role.BILLING_MANAGER)

    assert [loss.words for loss in losses_of(payer)] == ["the role Billing manager"]


def test_removing_ends_what_was_shown_and_one_event_names_it(
    guild: Organization, rich: Membership
) -> None:
    """Red without ``end_rights`` in ``end_membership``."""
    shown = [loss.words for loss in losses_of(rich)]

    remove_member(organization=guild, user=rich.user, actor=an_actor(the_owner(guild)))

    assert not TeamMembership.objects.exists()
    event = AuditEvent.objects.get(name="member.left")
    assert event.facts["lost"] == "; ".join(shown)
    assert event.sentence().endswith(f"Lost: {'; '.join(shown)}")


def test_the_log_of_a_project_tells_that_a_level_on_it_ended(
    guild: Organization, rich: Membership
) -> None:
    """Red without ``LevelEnded`` in ``orgs.offboarding``. Other projects are not named there."""
    remove_member(organization=guild, user=rich.user, actor=an_actor(the_owner(guild)))

    (told,) = project_log(Project.objects.get(name="wheel").pk, guild.pk).rows
    assert told.sentence() == (
        f"{rich.user} lost the level publish on wheel with their place here; ended by"
        f" {the_owner(guild).user}"
    )


def test_leaving_ends_the_same(guild: Organization, rich: Membership) -> None:
    leave(organization=guild, actor=an_actor(rich))

    assert not TeamMembership.objects.exists()
    assert "the team docs" in AuditEvent.objects.get(name="member.left").facts["lost"]


def test_each_right_that_is_found_is_gone_once_it_was_ended(rich: Membership) -> None:
    """Whoever adds a line to ``RIGHTS`` fills ``rich`` with it, and ends it here.

    The role goes with the place, and with it what a manager created; what was sent is asked about
    again when it is answered.
    """
    by_themselves = {"role", "created_projects", "invitations"}
    for right in RIGHTS:
        found = {loss.kind for loss in right.find(rich)}
        assert found, "the fixture has none of this right"
        right.end(rich, SYSTEM)
        assert {loss.kind for loss in right.find(rich)} == found & by_themselves


def test_tokens_they_made_for_the_organization_go_on_working_and_are_named(
    guild: Organization,
) -> None:
    maker = the_owner(guild)
    a_member(guild, Role.OWNER)
    token, _ = a_service_token(guild)
    a_service_token(an_organization(owner=maker.user))
    kept = [f"the service token “robot” ending …{token.hint}"]
    assert lasting_of(maker) == kept

    leave(organization=guild, actor=an_actor(maker))

    assert guild.service_tokens.live().get() == token
    assert "robot" not in AuditEvent.objects.get(name="member.left").facts["lost"]


def test_levels_and_their_seats_end_with_the_place_and_a_new_role_keeps_them() -> None:
    """Red without ``_end_levels``, or without ``recount`` in ``end_membership``/``change_role``."""
    guild = an_organization("guild")
    owner, member = an_actor(the_owner(guild)), a_member(guild)
    project = a_project(guild, is_private=True)
    a_role(project, member)

    change_role(organization=guild, user=member.user, role=Role.BILLING_MANAGER, actor=owner)
    guild.refresh_from_db()
    assert guild.seats_taken == 2

    remove_member(organization=guild, user=member.user, actor=owner)

    guild.refresh_from_db()
    assert (guild.seats_taken, project.roles.count()) == (1, 0)


def test_an_outsider_who_becomes_a_member_brings_their_seat_along() -> None:
    """Red with ``claim_seat`` instead of ``claim_seat_for_joiner`` in ``accept_invitation``."""
    guild = an_organization("guild", seats=2)
    outsider = a_user()
    a_role(a_project(guild, is_private=True), outsider)
    invitation = an_invitation(guild, outsider.email)[0]

    accept_invitation(token=invitation.token, user=outsider, actor=an_actor(outsider))

    guild.refresh_from_db()
    assert guild.seats_taken == 2
