"""Offers to accounts, declining in words, and what acceptance asks again."""

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Invalid
from orgs.actions.invitations import (
    accept_invitation,
    decline_invitation,
    invitation_behind,
    invite_member,
    resend_invitation,
)
from orgs.actions.members import change_role, remove_member
from orgs.models import Invitation, Organization
from orgs.refusals import (
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    InvitationForAnother,
    OrganizationClosing,
)
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    the_owner,
)

pytestmark = pytest.mark.django_db


def offered(organization: Organization, **whom: object) -> Invitation:
    """Invite by the owner, as plain member."""
    return invite_member(
        organization=organization,
        role=Role.MEMBER,
        actor=an_actor(the_owner(organization)),
        **whom,  # type: ignore[arg-type]  # email or user
    )


def test_an_account_is_invited_and_its_address_is_told_to_nobody() -> None:
    organization, grace = an_organization(), a_user("secret@example.org", name="Grace")

    invitation = offered(organization, user=grace)

    assert (invitation.email, invitation.addressee) == ("", "Grace")
    assert invitation.mail_address == "secret@example.org"
    event = AuditEvent.objects.get(name="invitation.sent")
    assert "secret" not in event.sentence()


def test_an_account_without_a_name_is_not_told_by_its_address() -> None:
    organization, nameless = an_organization(), a_user("secret@example.org")
    nameless.name = ""
    nameless.save()

    assert "secret" not in offered(organization, user=nameless).addressee


def test_only_that_account_answers() -> None:
    """Red without ``invitation.user_id not in (None, person_id)`` in ``_locked_offer``."""
    organization, grace, other = an_organization(), a_user(), a_user()
    token = offered(organization, user=grace).token

    with pytest.raises(InvitationForAnother):
        accept_invitation(token=token, user=other, actor=an_actor(other))
    with pytest.raises(InvitationForAnother):
        decline_invitation(token=token, actor=an_actor(other))
    accept_invitation(token=token, user=grace, actor=an_actor(grace))

    assert organization.memberships.filter(user=grace).exists()
    assert not organization.memberships.filter(user=other).exists()


def test_an_account_has_one_open_offer_and_members_have_none() -> None:
    organization, grace = an_organization(), a_user()
    offered(organization, user=grace)

    with pytest.raises(AlreadyInvited):
        offered(organization, user=grace)
    with pytest.raises(AlreadyMember):
        offered(organization, user=a_member(organization).user)


def test_the_database_holds_an_offer_to_one_account_once_and_to_one_of_the_two() -> None:
    organization, grace = an_organization(), a_user()
    offered(organization, user=grace)
    invitation, _ = an_invitation(organization)

    for wrong in ({"user": grace}, {"user": grace, "email": ""}, {"email": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**wrong)


def test_an_offer_by_address_does_not_tell_whether_the_address_is_an_account_s() -> None:
    """An address is not compared with the account that is invited: both offers stand."""
    organization, grace = an_organization(), a_user("grace@example.org")
    offered(organization, user=grace)

    offered(organization, email="grace@example.org")
    offered(organization, email="nobody@example.org")

    assert organization.invitations.open().count() == 3


def test_who_accepts_one_offer_has_accepted_all_and_holds_no_seat_twice() -> None:
    """Red without ``others`` in ``accept_invitation``: two seats would stay offered."""
    organization, grace = an_organization(), a_user("grace@example.org")
    by_account = offered(organization, user=grace)
    offered(organization, email="Grace@example.org")
    foreign = offered(organization, email="ada@example.org")

    accept_invitation(token=by_account.token, user=grace, actor=an_actor(grace))

    assert list(organization.invitations.open()) == [foreign]


@pytest.mark.parametrize("loses", ["demoted", "removed", "inactive"])
def test_the_right_behind_an_offer_is_asked_for_at_acceptance(loses: str) -> None:
    """Red without ``may_still_offer`` in ``accept_invitation``."""
    organization = an_organization()
    owner = an_actor(the_owner(organization), fresh=True)
    inviter = a_member(organization, Role.OWNER)
    _, token = an_invitation(organization, role=Role.OWNER, by=inviter.user)
    grace = a_user()

    if loses == "demoted":
        change_role(organization=organization, user=inviter.user, role=Role.MANAGER, actor=owner)
    elif loses == "removed":
        remove_member(organization=organization, user=inviter.user, actor=owner)
    else:
        type(inviter.user).objects.filter(pk=inviter.user_id).update(is_active=False)

    with pytest.raises(InvitationClosed):
        accept_invitation(token=token, user=grace, actor=an_actor(grace))
    with pytest.raises(InvitationClosed):
        invitation_behind(token)


def test_a_demoted_owner_still_stands_behind_plain_members() -> None:
    organization = an_organization()
    owner = an_actor(the_owner(organization), fresh=True)
    inviter = a_member(organization, Role.OWNER)
    _, token = an_invitation(organization, by=inviter.user)
    grace = a_user()
    change_role(organization=organization, user=inviter.user, role=Role.MANAGER, actor=owner)

    accept_invitation(token=token, user=grace, actor=an_actor(grace))

    assert organization.memberships.filter(user=grace).exists()


def test_whoever_sends_it_again_stands_behind_it() -> None:
    """Red without ``invitation.invited_by_id`` in ``resend_invitation``."""
    organization = an_organization()
    owner = an_actor(the_owner(organization), fresh=True)
    inviter = a_member(organization, Role.OWNER)
    invitation, _ = an_invitation(organization, role=Role.OWNER, by=inviter.user)
    remove_member(organization=organization, user=inviter.user, actor=owner)
    grace = a_user()

    again = resend_invitation(invitation=invitation, actor=owner)
    accept_invitation(token=again.token, user=grace, actor=an_actor(grace))

    assert organization.memberships.owners().filter(user=grace).exists()


@pytest.mark.parametrize("state", ["closing", "closed"])
@pytest.mark.parametrize("role", ["member", "billing_manager"])
def test_nobody_joins_what_is_being_closed(state: str, role: str) -> None:
    """Red without ``organization.state != State.OPEN`` in ``_locked_offer``."""
    organization = an_organization()
    invitation, token = an_invitation(organization, role=role)
    Organization.objects.filter(pk=organization.pk).update(
        state=state, closes_at=clock.now() if state == "closing" else None
    )
    grace, owner = a_user(), an_actor(the_owner(organization))

    with pytest.raises(InvitationClosed):
        accept_invitation(token=token, user=grace, actor=an_actor(grace))
    with pytest.raises(InvitationClosed):
        invitation_behind(token)
    with pytest.raises(OrganizationClosing):
        resend_invitation(invitation=invitation, actor=owner)


def test_a_company_that_became_a_community_has_no_billing_manager_come() -> None:
    organization = an_organization()
    _, token = an_invitation(organization, role=Role.BILLING_MANAGER)
    Organization.objects.filter(pk=organization.pk).update(kind="community")
    grace = a_user()

    with pytest.raises(InvitationClosed):
        accept_invitation(token=token, user=grace, actor=an_actor(grace))


def test_dead_links_of_every_kind_look_alike() -> None:
    organization, grace = an_organization(), a_user()
    _, revoked = an_invitation(organization)
    organization.invitations.update(outcome="revoked")
    told = set()
    for token in (revoked, "0" * 64, "", "%00"):
        with pytest.raises(InvitationClosed) as refused:
            accept_invitation(token=token, user=grace, actor=an_actor(grace))
        told.add((refused.value.reason, refused.value.sentence))

    assert len(told) == 1


def test_words_of_who_declines_are_in_the_log_and_can_be_erased() -> None:
    organization = an_organization()
    invitation, token = an_invitation(organization)

    decline_invitation(token=token, actor=an_actor(a_user()), words="  Not this year, thanks. ")

    invitation.refresh_from_db()
    assert invitation.state == "declined"
    event = AuditEvent.objects.get(name="invitation.declined")
    assert event.sentence().endswith("was declined: “Not this year, thanks.”")
    assert "words" not in event.facts
    assert not AuditEvent.objects.filter(name="invitation.closed").exists()


def test_more_words_than_fit_are_refused_and_the_offer_stays_open() -> None:
    invitation, token = an_invitation(an_organization())

    with pytest.raises(Invalid) as refused:
        decline_invitation(token=token, actor=an_actor(a_user()), words="x" * 501)

    assert refused.value.field == "words"
    assert invitation in Invitation.objects.open()
