"""How many invitations a day sends."""

from datetime import timedelta

import pytest

from kernel import clock
from kernel.refusals import Invalid, Kind
from orgs.actions.collaborators import invite_collaborator, resend_collaborator_invitation
from orgs.actions.invitations import invite_member, resend_invitation
from orgs.invitation_limits import OF_A_PERSON, OF_AN_ORGANIZATION
from orgs.levels import Level
from orgs.models import Invitation, InvitationMail, Membership, Organization
from orgs.refusals import TooManyInvitations
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_project,
    a_user,
    an_actor,
    an_organization,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db


def sent(organization: Organization, by: Membership, number: int, **ago: int) -> None:
    """Note that so many went out some time ago."""
    InvitationMail.objects.bulk_create(
        InvitationMail(
            organization=organization, sent_by=by.user, at=clock.wall() - timedelta(**ago)
        )
        for _ in range(number)
    )


def invite(organization: Organization, by: Membership) -> Invitation:
    number = Invitation.objects.count()
    return invite_member(
        organization=organization,
        email=f"newcomer{number}@example.org",
        role=Role.MEMBER,
        actor=an_actor(by),
    )


def a_community() -> tuple[Organization, Membership]:
    organization = an_organization(kind="community")
    return organization, the_owner(organization)


def test_a_person_sends_so_many_a_day_and_is_told_when_the_next_can_go() -> None:
    """Red without ``spend_one`` in ``invite_member``."""
    organization, owner = a_community()
    sent(organization, owner, OF_A_PERSON - 1, hours=5)
    invite(organization, owner)

    with pytest.raises(TooManyInvitations) as refused:
        invite(organization, owner)

    assert refused.value.kind is Kind.TOO_MANY
    wait = refused.value.again_at - clock.wall()
    assert timedelta(hours=18, minutes=59) < wait < timedelta(hours=19, minutes=1)
    assert "20 invitations" in refused.value.sentence
    assert organization.invitations.count() == 1


def test_the_limit_of_a_person_counts_what_they_send_anywhere() -> None:
    organization, owner = a_community()
    sent(an_organization(), owner, OF_A_PERSON, hours=1)

    with pytest.raises(TooManyInvitations):
        invite(organization, owner)


def test_an_organization_sends_so_many_a_day_whoever_sends_them() -> None:
    organization, owner = a_community()
    for _ in range(OF_AN_ORGANIZATION // 10):
        sent(organization, a_member(organization, Role.MANAGER), 10, hours=2)

    with pytest.raises(TooManyInvitations) as refused:
        invite(organization, owner)

    assert str(organization) in refused.value.sentence


def test_what_is_a_day_old_counts_no_more_and_is_forgotten() -> None:
    organization, owner = a_community()
    sent(organization, owner, OF_A_PERSON, hours=24)

    invite(organization, owner)

    assert InvitationMail.objects.count() == 1


def test_sending_again_counts() -> None:
    """Red without ``spend_one`` in ``resend_invitation``."""
    organization, owner = a_community()
    invitation = invite(organization, owner)
    sent(organization, owner, OF_A_PERSON - 2, hours=1)

    resend_invitation(invitation=invitation, actor=an_actor(owner))
    with pytest.raises(TooManyInvitations):
        resend_invitation(invitation=invitation, actor=an_actor(owner))


def test_what_is_refused_for_another_reason_counts_as_nothing() -> None:
    organization, owner = a_community()

    for _ in range(2):
        with pytest.raises(Invalid):
            invite_member(
                organization=organization, email="no", role=Role.MEMBER, actor=an_actor(owner)
            )

    assert not InvitationMail.objects.exists()


def test_a_company_fills_the_seats_it_pays_for_in_a_day() -> None:
    """Red without ``max(OF_A_PERSON, raised)``."""
    organization = an_organization(seats=32)
    owner = the_owner(organization)
    sent(organization, owner, 30, hours=1)

    invite(organization, owner)
    with pytest.raises(TooManyInvitations) as refused:
        invite(organization, owner)

    assert "31 invitations" in refused.value.sentence


def test_without_a_running_plan_the_seats_raise_nothing() -> None:
    organization = an_organization(seats=500)
    owner = the_owner(organization)
    row = entitle(organization, a_phase(seats=500))
    row.phases[0]["standing"] = "restricted"
    row.save()
    sent(organization, owner, OF_A_PERSON, hours=1)

    with pytest.raises(TooManyInvitations):
        invite_member(
            organization=organization,
            email="payer@example.org",
            role=Role.BILLING_MANAGER,
            actor=an_actor(owner),
        )


def test_offers_to_people_from_outside_count_in_the_same_day() -> None:
    """Red without either ``spend_one`` in ``collaborators``."""
    organization, owner = a_community()
    project, actor = a_project(organization), an_actor(owner)
    sent(organization, owner, OF_A_PERSON - 1, hours=1)
    offer = invite_collaborator(
        project=project, email="kim@outside.example", level=Level.READ, actor=actor
    )

    with pytest.raises(TooManyInvitations):
        resend_collaborator_invitation(invitation=offer, actor=actor)
    with pytest.raises(TooManyInvitations) as refused:
        invite_collaborator(
            project=project, email="lea@outside.example", level=Level.READ, actor=actor
        )

    assert refused.value.field == "email"
    assert project.collaborator_invitations.count() == 1


def test_offers_of_ones_own_project_count_for_the_person_alone() -> None:
    ana = a_user()
    project, actor = a_project(ana), an_actor(ana)
    InvitationMail.objects.bulk_create(
        InvitationMail(sent_by=ana, at=clock.wall() - timedelta(hours=25)) for _ in range(3)
    )
    sent(an_organization(), an_organization().memberships.get(), 200, hours=1)
    for number in range(OF_A_PERSON):
        email = f"kim{number}@outside.example"
        invite_collaborator(project=project, email=email, level=Level.READ, actor=actor)

    with pytest.raises(TooManyInvitations):
        invite_collaborator(
            project=project, email="lea@outside.example", level=Level.READ, actor=actor
        )

    assert InvitationMail.objects.filter(organization=None).count() == OF_A_PERSON
