"""Invitations sent again, withdrawn and declined."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Forbidden
from orgs.actions.invitations import (
    decline_invitation,
    invitation_behind,
    resend_invitation,
    revoke_invitation,
)
from orgs.models import Invitation
from orgs.refusals import (
    InvitationClosed,
)
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    entitle,
    the_owner,
)
from tests.orgs.actions.test_invitations import accept, invite

pytestmark = pytest.mark.django_db


def test_a_new_link_kills_the_old_one_and_lives_seven_days_from_then(
    at: Callable[..., object],
) -> None:
    organization = an_organization()
    invitation = invite(organization)
    old = invitation.token
    at(clock.now() + timedelta(days=6))

    again = resend_invitation(invitation=invitation, actor=an_actor(the_owner(organization)))

    assert again.token != old
    with pytest.raises(InvitationClosed):
        accept(old)
    at(clock.now() + timedelta(days=6))
    accept(again.token)


def test_sending_again_takes_no_further_room() -> None:
    organization = an_organization(seats=2)
    invitation = invite(organization)

    resend_invitation(invitation=invitation, actor=an_actor(the_owner(organization)))

    assert Invitation.objects.open().count() == 1


def test_what_is_closed_is_not_sent_again() -> None:
    organization = an_organization()
    invitation, token = an_invitation(organization)
    accept(token)

    with pytest.raises(InvitationClosed):
        resend_invitation(invitation=invitation, actor=an_actor(the_owner(organization)))


def test_withdrawing_twice_is_once() -> None:
    organization = an_organization()
    invitation, token = an_invitation(organization)
    owner = an_actor(the_owner(organization))

    revoke_invitation(invitation=invitation, actor=owner)
    revoke_invitation(invitation=invitation, actor=owner)

    assert AuditEvent.objects.filter(name="invitation.closed").count() == 1
    with pytest.raises(InvitationClosed):
        accept(token)


def test_what_was_accepted_is_not_withdrawn() -> None:
    organization = an_organization()
    invitation, token = an_invitation(organization)
    accept(token)

    with pytest.raises(InvitationClosed):
        revoke_invitation(invitation=invitation, actor=an_actor(the_owner(organization)))


def test_withdrawing_works_in_bad_standing() -> None:
    organization = an_organization()
    invitation, _ = an_invitation(organization)
    entitle(organization, a_phase("restricted"))

    revoke_invitation(invitation=invitation, actor=an_actor(the_owner(organization)))

    assert not Invitation.objects.open().exists()


@pytest.mark.parametrize("act", [resend_invitation, revoke_invitation])
def test_a_manager_touches_invitations_of_plain_members_only(act: Callable[..., object]) -> None:
    organization = an_organization()
    manager = an_actor(a_member(organization, Role.MANAGER))
    plain, _ = an_invitation(organization)
    for_owner, _ = an_invitation(organization, role=Role.OWNER)

    act(invitation=plain, actor=manager)
    with pytest.raises(Forbidden):
        act(invitation=for_owner, actor=manager)


def test_declining_closes_and_is_told() -> None:
    invitation, token = an_invitation(an_organization())

    decline_invitation(token=token, actor=an_actor(a_user()))

    invitation.refresh_from_db()
    assert invitation.state == "declined"
    assert AuditEvent.objects.get(name="invitation.closed").facts["outcome"] == "declined"
    with pytest.raises(InvitationClosed):
        accept(token)


def test_a_made_up_link_opens_nothing() -> None:
    for token in ("", "0" * 64, "../../etc"):
        with pytest.raises(InvitationClosed):
            invitation_behind(token)
