"""People from outside: invited with a level, and asked before they have it."""

from collections.abc import Callable

import pytest

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Forbidden, Invalid, NotFound, Unpaid
from orgs.actions.collaborators import (
    LIFE,
    accept_collaboration,
    collaboration_behind,
    decline_collaboration,
    invite_collaborator,
    resend_collaborator_invitation,
    revoke_collaborator_invitation,
)
from orgs.actions.members import change_role
from orgs.actions.transfers import take_out
from orgs.levels import Level
from orgs.models import CollaboratorInvitation, Organization, Project
from orgs.policy import decide
from orgs.refusals import (
    AlreadyCollaborating,
    AlreadyInvited,
    InvitationClosed,
    NobodyTakenIn,
    NoSeatLeft,
)
from orgs.roles import Role
from orgs.seats import seats_offered
from orgs.transfer_queries import losing_by_move
from tests.builders import (
    a_member,
    a_phase,
    a_project,
    a_role,
    a_user,
    an_actor,
    an_organization,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db


def offered(
    level: Level = Level.PUBLISH, *, seats: int | None = None, is_private: bool = True
) -> tuple[Organization, Project, CollaboratorInvitation]:
    organization = an_organization(seats=seats)
    project = a_project(organization, is_private=is_private)
    invitation = invite_collaborator(
        project=project,
        email="Kim@Outside.example",
        level=level,
        actor=an_actor(the_owner(organization)),
    )
    return organization, project, invitation


def seats(organization: Organization) -> int:
    organization.refresh_from_db()
    return organization.seats_taken


def test_whoever_follows_the_link_has_the_level_and_on_a_private_project_a_seat() -> None:
    organization, project, invitation = offered()
    kim = a_user()
    assert seats(organization) == 1

    accept_collaboration(token=invitation.token, user=kim, actor=an_actor(kim))

    assert decide(an_actor(kim), "projects:publish", project).allowed
    assert seats(organization) == 2
    names = AuditEvent.objects.about("project", project.pk).values_list("name", flat=True)
    assert {
        "collaborator.invited",
        "project.role_set",
        "collaborator.invitation_closed",
    } <= set(names)


def test_on_a_public_project_nobody_takes_a_seat() -> None:
    organization, _, invitation = offered(is_private=False, seats=1)
    kim = a_user()

    accept_collaboration(token=invitation.token, user=kim, actor=an_actor(kim))

    assert seats(organization) == 1


def test_a_seat_that_would_not_be_there_is_not_offered() -> None:
    """Red without ``require_room_for_offer``."""
    organization, project, _ = offered(seats=2)
    with pytest.raises(NoSeatLeft):
        invite_collaborator(
            project=project,
            email="lea@outside.example",
            level=Level.READ,
            actor=an_actor(the_owner(organization)),
        )


def test_a_seat_that_went_meanwhile_is_not_given_twice() -> None:
    organization, project, invitation = offered(seats=2)
    a_member(organization)
    kim = a_user()

    with pytest.raises(NoSeatLeft):
        accept_collaboration(token=invitation.token, user=kim, actor=an_actor(kim))

    assert not project.roles.exists()
    assert CollaboratorInvitation.objects.open().count() == 1


def test_an_offer_holds_no_longer_than_the_right_to_make_it() -> None:
    """Red without ``decide(inviter, …)`` in ``accept_collaboration``."""
    organization = an_organization()
    leader = a_member(organization, Role.MANAGER)
    project = a_project(organization, by=leader)
    invitation = invite_collaborator(
        project=project, email="kim@outside.example", level=Level.READ, actor=an_actor(leader)
    )
    change_role(
        organization=organization,
        user=leader.user,
        role=Role.MEMBER,
        actor=an_actor(the_owner(organization)),
    )
    kim = a_user()

    with pytest.raises(InvitationClosed):
        accept_collaboration(token=invitation.token, user=kim, actor=an_actor(kim))


def test_offers_of_the_old_owner_end_with_the_move_and_the_preview_counts_them() -> None:
    """Red without ``end_collaborator_invitations`` in ``orgs.actions.transfers``."""
    organization, project, invitation = offered(is_private=False)
    owner = an_actor(the_owner(organization), fresh=True)
    old = invite_collaborator(
        project=project, email="lea@outside.example", level=Level.READ, actor=owner
    )
    CollaboratorInvitation.objects.filter(pk=old.pk).update(expires_at=clock.now())
    assert losing_by_move(project).offers == 1

    take_out(project=project, actor=owner)

    found = dict(CollaboratorInvitation.objects.values_list("pk", "outcome"))
    assert found == {invitation.pk: "revoked", old.pk: "lapsed"}
    closed = AuditEvent.objects.filter(name="collaborator.invitation_closed")
    assert {event.organization_id for event in closed} == {organization.pk}


def test_an_offer_never_lowers_a_level() -> None:
    _, project, invitation = offered(Level.READ)
    kim = a_user()
    a_role(project, kim, Level.ADMINISTER)

    role = accept_collaboration(token=invitation.token, user=kim, actor=an_actor(kim))

    assert role.level == Level.ADMINISTER


def accept(invitation: CollaboratorInvitation) -> None:
    kim = a_user()
    accept_collaboration(token=invitation.token, user=kim, actor=an_actor(kim))


def decline(invitation: CollaboratorInvitation) -> None:
    decline_collaboration(token=invitation.token, actor=an_actor(a_user()))


def revoke(invitation: CollaboratorInvitation) -> None:
    organization = invitation.project.organization
    assert organization is not None
    owner = an_actor(the_owner(organization))
    revoke_collaborator_invitation(invitation=invitation, actor=owner)


@pytest.mark.parametrize("ending", [accept, decline, revoke])
def test_an_offer_is_answered_once(ending: Callable[[CollaboratorInvitation], None]) -> None:
    _, _, invitation = offered()
    ending(invitation)

    for again in (accept, decline):
        with pytest.raises(InvitationClosed):
            again(invitation)


def test_a_link_opens_nothing_after_its_days_nor_after_the_next_one(
    at: Callable[..., object],
) -> None:
    organization, project, invitation = offered()
    owner = an_actor(the_owner(organization))
    first = invitation.token
    resent = resend_collaborator_invitation(invitation=invitation, actor=owner)
    with pytest.raises(InvitationClosed):
        decline_collaboration(token=first, actor=an_actor(a_user()))
    with pytest.raises(AlreadyInvited):
        invite_collaborator(
            project=project, email="kim@outside.EXAMPLE", level=Level.READ, actor=owner
        )

    at(clock.now() + LIFE)

    with pytest.raises(InvitationClosed):
        decline_collaboration(token=resent.token, actor=an_actor(a_user()))
    invite_collaborator(project=project, email="kim@outside.example", level=Level.READ, actor=owner)
    invitation.refresh_from_db()
    assert invitation.outcome == "lapsed"


def test_only_who_administers_invites_and_only_while_growth_is_open() -> None:
    organization, project, _ = offered()
    publisher = a_user()
    a_role(project, publisher, Level.PUBLISH)
    for who, refusal in ((publisher, Forbidden), (a_user(), NotFound)):
        with pytest.raises(refusal):
            invite_collaborator(
                project=project, email="x@y.example", level=Level.READ, actor=an_actor(who)
            )
    entitle(organization, a_phase("restricted"))
    owner = an_actor(the_owner(organization))
    with pytest.raises(Unpaid):
        invite_collaborator(project=project, email="x@y.example", level=Level.READ, actor=owner)
    revoke_collaborator_invitation(
        invitation=CollaboratorInvitation.objects.open().get(), actor=owner
    )


def test_what_is_no_address_and_who_is_in_it_already_are_refused() -> None:
    organization, project, _ = offered()
    owner, kim = an_actor(the_owner(organization)), a_user("kim@inside.example")
    a_role(project, kim)
    with pytest.raises(Invalid):
        invite_collaborator(project=project, email="not one", level=Level.READ, actor=owner)
    with pytest.raises(AlreadyCollaborating):
        invite_collaborator(
            project=project, email="KIM@inside.example", level=Level.READ, actor=owner
        )


def test_whoever_sends_an_offer_again_stands_behind_it() -> None:
    """Red without ``invited_by_id`` in ``resend_collaborator_invitation``."""
    organization = an_organization()
    leader = a_member(organization, Role.MANAGER)
    owner = an_actor(the_owner(organization))
    project = a_project(organization, by=leader)
    invitation = invite_collaborator(
        project=project, email="kim@outside.example", level=Level.READ, actor=an_actor(leader)
    )
    change_role(organization=organization, user=leader.user, role=Role.MEMBER, actor=owner)
    with pytest.raises(InvitationClosed):
        collaboration_behind(invitation.token)

    resent = resend_collaborator_invitation(invitation=invitation, actor=owner)

    assert collaboration_behind(resent.token) == invitation
    accept(resent)


def test_an_offer_that_would_find_no_seat_is_not_sent_again() -> None:
    """Red without ``require_room_for_offer`` in ``resend_collaborator_invitation``; and red
    without its ``instead_of``, since the offer itself is counted.
    """
    organization, _, invitation = offered(seats=2)
    owner = an_actor(the_owner(organization))
    resend_collaborator_invitation(invitation=invitation, actor=owner)
    a_member(organization)

    with pytest.raises(NoSeatLeft):
        resend_collaborator_invitation(invitation=invitation, actor=owner)


@pytest.mark.parametrize("is_private", [True, False])
def test_the_invited_hear_that_nobody_is_taken_in_and_no_more(*, is_private: bool) -> None:
    """Red without ``RESTING``."""
    organization, _, invitation = offered(is_private=is_private)
    entitle(organization, a_phase("restricted"))

    assert collaboration_behind(invitation.token) == invitation
    with pytest.raises(NobodyTakenIn) as refused:
        accept(invitation)

    assert "subscription" not in refused.value.sentence
    assert refused.value.remedy is None
    assert CollaboratorInvitation.objects.open().exists()


def test_an_inviter_whose_account_is_gone_invites_nobody() -> None:
    """Red without ``is_active`` in ``_offering``."""
    organization, _, invitation = offered()
    owner = the_owner(organization).user
    owner.is_active = False
    owner.save()

    with pytest.raises(InvitationClosed):
        collaboration_behind(invitation.token)


def test_seats_offered_to_outsiders_are_offered_to_nobody_else() -> None:
    """Red without the second half of ``facts.OFFERED``, or of ``seats_offered``."""
    organization, _, _ = offered(seats=2)
    owner = an_actor(the_owner(organization))

    assert seats_offered(organization) == 1
    assert decide(owner, "members:invite_member", organization).reason == "no_seat_left"


def test_who_has_a_seat_needs_none_to_be_offered_a_level() -> None:
    """Red without ``seated_addresses`` in ``require_room_for_offer``."""
    organization = an_organization(seats=2)
    owner = an_actor(the_owner(organization))
    member = a_member(organization)
    project = a_project(organization, is_private=True)
    with pytest.raises(NoSeatLeft):
        invite_collaborator(project=project, email="x@y.example", level=Level.READ, actor=owner)

    offer = invite_collaborator(
        project=project, email=member.user.email.upper(), level=Level.PUBLISH, actor=owner
    )

    accept_collaboration(token=offer.token, user=member.user, actor=an_actor(member))
    assert seats(organization) == 2


def test_an_address_longer_than_is_stored_is_refused_at_its_field() -> None:
    """Red without ``LONGEST_ADDRESS`` in ``address_of``."""
    ana = a_user()
    long = f"kim@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.example"
    with pytest.raises(Invalid) as refused:
        invite_collaborator(
            project=a_project(ana), email=long, level=Level.READ, actor=an_actor(ana)
        )
    assert refused.value.field == "email"
