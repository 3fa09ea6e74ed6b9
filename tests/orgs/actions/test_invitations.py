"""Offers: sent, sent again, withdrawn, accepted, declined, lapsed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Forbidden, Invalid, NotFound
from orgs.actions.invitations import (
    accept_invitation,
    invitation_behind,
    invite_member,
)
from orgs.models import Invitation, Organization
from orgs.refusals import (
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    NoSeatLeft,
    NotACompany,
    OrganizationClosing,
    StandingWithholds,
)
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_project,
    a_role,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db


def invite(
    organization: Organization, email: str = "grace@example.org", role: str = Role.MEMBER
) -> Invitation:
    """Invite by the owner."""
    return invite_member(
        organization=organization, email=email, role=role, actor=an_actor(the_owner(organization))
    )


def accept(token: str) -> None:
    """Accept by somebody new."""
    user = a_user()
    accept_invitation(token=token, user=user, actor=an_actor(user))


def test_an_invitation_waits_seven_days_and_costs_no_seat() -> None:
    organization = an_organization(seats=2)

    invitation = invite(organization)

    assert invitation in Invitation.objects.open()
    assert invitation.expires_at - clock.now() > timedelta(days=6, hours=23)
    organization.refresh_from_db()
    assert organization.seats_taken == 1


def test_the_database_knows_no_token() -> None:
    invitation = invite(an_organization())

    row = Invitation.objects.filter(pk=invitation.pk).values().get()

    assert invitation.token not in {str(value) for value in row.values()}


@pytest.mark.parametrize("email", ["grace@example.org", "GRACE@example.org", " Grace@Example.ORG "])
def test_one_address_has_one_open_invitation_whatever_its_case(email: str) -> None:
    organization = an_organization()
    invite(organization, "Grace@example.org")

    with pytest.raises(AlreadyInvited) as refused:
        invite(organization, email)

    assert refused.value.field == "email"


def test_the_database_refuses_a_second_open_invitation_to_an_address() -> None:
    organization = an_organization()
    an_invitation(organization, "grace@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        an_invitation(organization, "GRACE@example.org")


def test_a_member_is_not_invited_whatever_the_case_of_their_address() -> None:
    organization = an_organization()
    a_member(organization, user=a_user("Grace@example.org"))

    with pytest.raises(AlreadyMember):
        invite(organization, "gRACE@example.org")


@pytest.mark.parametrize("email", ["", "grace", "grace@", "a b@example.org", "x\n@example.org"])
def test_what_is_no_address_is_not_invited(email: str) -> None:
    with pytest.raises(Invalid) as refused:
        invite(an_organization(), email)

    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("who", "role", "may"),
    [
        ("owner", "owner", True),
        ("owner", "manager", True),
        ("owner", "billing_manager", True),
        ("owner", "member", True),
        ("manager", "owner", False),
        ("manager", "manager", False),
        ("manager", "billing_manager", False),
        ("manager", "member", True),
        ("billing_manager", "billing_manager", False),
        ("billing_manager", "member", False),
        ("member", "member", False),
    ],
)
def test_who_invites_into_which_role(who: str, role: str, *, may: bool) -> None:
    organization = an_organization()
    actor = an_actor(a_member(organization, who), fresh=True)

    if may:
        invite_member(organization=organization, email="g@example.org", role=role, actor=actor)
    else:
        with pytest.raises(Forbidden):
            invite_member(organization=organization, email="g@example.org", role=role, actor=actor)

    assert Invitation.objects.open().exists() is may


def test_a_stranger_invites_nobody_and_learns_nothing() -> None:
    with pytest.raises(NotFound):
        invite_member(
            organization=an_organization(standing="restricted"),
            email="g@example.org",
            role=Role.MEMBER,
            actor=an_actor(a_user()),
        )


def test_holders_and_offers_together_never_pass_the_limit() -> None:
    organization = an_organization(seats=3)
    invite(organization, "one@example.org")
    invite(organization, "two@example.org")

    with pytest.raises(NoSeatLeft):
        invite(organization, "three@example.org")


def test_the_payer_gets_in_without_a_seat_and_in_any_standing() -> None:
    organization = an_organization(standing="restricted", seats=1)

    invitation = invite(organization, role=Role.BILLING_MANAGER)
    accept(invitation.token)

    assert organization.memberships.filter(role=Role.BILLING_MANAGER).count() == 1
    organization.refresh_from_db()
    assert organization.seats_taken == 1


def test_a_community_has_nobody_to_pay_and_no_billing_manager() -> None:
    with pytest.raises(NotACompany):
        invite(an_organization(kind="community"), role=Role.BILLING_MANAGER)


def test_an_unpaid_organization_does_not_grow() -> None:
    with pytest.raises(StandingWithholds):
        invite(an_organization(standing="restricted"))


def test_acceptance_takes_the_seat_and_closes_the_offer() -> None:
    organization = an_organization(seats=2)
    invitation, token = an_invitation(organization, role=Role.MANAGER)
    grace = a_user()

    membership = accept_invitation(token=token, user=grace, actor=an_actor(grace))

    assert membership.role == Role.MANAGER
    invitation.refresh_from_db()
    assert invitation.state == "accepted"
    organization.refresh_from_db()
    assert organization.seats_taken == 2
    assert AuditEvent.objects.filter(name="member.joined").latest("pk").facts["role"] == "manager"


def test_a_full_organization_refuses_and_the_invitation_stays_open() -> None:
    organization = an_organization(seats=1)
    invitation, token = an_invitation(organization)

    with pytest.raises(NoSeatLeft):
        accept(token)

    assert organization.memberships.count() == 1
    assert invitation in Invitation.objects.open()


@pytest.mark.parametrize("standing", ["restricted", "suspended", "closing"])
def test_nobody_is_seated_where_growth_is_closed_and_the_invited_learn_no_more(
    standing: str,
) -> None:
    """Red without ``not row.holding().grows()`` in ``claim_seat``."""
    organization = an_organization()
    _, token = an_invitation(organization)
    row = entitle(organization, a_phase(seats=10))
    row.phases[0]["standing"] = standing
    row.save()

    with pytest.raises(NoSeatLeft) as refused:
        accept(token)

    assert standing not in refused.value.sentence
    assert refused.value.reason == "no_seat_left"


def closings() -> list[tuple[str, str]]:
    """What the log tells of invitations that ended: how, and by what kind of actor."""
    events = AuditEvent.objects.filter(name="invitation.closed").order_by("pk")
    return [(event.facts["outcome"], event.actor_kind) for event in events]


def test_a_member_who_follows_the_link_of_another_leaves_it_open() -> None:
    """Red without ``AlreadyMember`` in ``accept_invitation``: the link would be used up."""
    organization = an_organization(seats=3)
    member = a_member(organization)
    invitation, token = an_invitation(organization)

    with pytest.raises(AlreadyMember):
        accept_invitation(token=token, user=member.user, actor=an_actor(member))

    assert invitation in Invitation.objects.open()
    assert closings() == []
    accept(token)


def test_an_address_that_is_not_proven_is_not_a_members_own() -> None:
    """Red when ``accept_invitation`` compares with ``user.email``."""
    organization = an_organization()
    member = a_member(organization)
    EmailAddress.objects.filter(user=member.user).update(verified=False)
    _, token = an_invitation(organization, member.user.email)

    with pytest.raises(AlreadyMember):
        accept_invitation(token=token, user=member.user, actor=an_actor(member))


def test_a_member_who_follows_their_own_link_takes_no_second_seat_and_it_is_told() -> None:
    """Red with ``_mark`` instead of ``_close`` for members in ``accept_invitation``."""
    organization = an_organization(seats=2)
    member = a_member(organization)
    invitation, token = an_invitation(organization, member.user.email.upper(), role=Role.OWNER)

    same = accept_invitation(token=token, user=member.user, actor=an_actor(member))

    assert same == member
    assert same.role == Role.MEMBER
    organization.refresh_from_db()
    assert organization.seats_taken == 2
    invitation.refresh_from_db()
    assert invitation.state == "accepted"
    assert closings() == [("accepted", "person")]


def test_a_link_works_once() -> None:
    organization = an_organization()
    _, token = an_invitation(organization)
    accept(token)

    with pytest.raises(InvitationClosed):
        accept(token)


def test_a_link_works_for_an_account_with_another_address() -> None:
    organization = an_organization()
    _, token = an_invitation(organization, "work@example.org")
    private = a_user("private@example.org")

    accept_invitation(token=token, user=private, actor=an_actor(private))

    assert organization.memberships.filter(user=private).exists()


def test_a_lapsed_link_opens_nothing(at: Callable[..., object]) -> None:
    _, token = an_invitation(an_organization())
    at(clock.now() + timedelta(days=7))

    for closed in (lambda: accept(token), lambda: invitation_behind(token)):
        with pytest.raises(InvitationClosed):
            closed()


def test_who_lapsed_is_invited_anew_and_the_old_offer_is_kept_as_lapsed(
    at: Callable[..., object],
) -> None:
    """Red with ``_mark`` instead of ``_close`` in ``_close_lapsed``: the log would not tell it."""
    organization = an_organization()
    old = invite(organization)
    at(clock.now() + timedelta(days=7))

    new = invite(organization)

    old.refresh_from_db()
    assert (old.state, old.outcome) == ("lapsed", "lapsed")
    assert closings() == [("lapsed", "system")]
    assert new.is_open


def test_lapsing_is_a_comparison_and_needs_no_worker(at: Callable[..., object]) -> None:
    old = invite(an_organization())
    at(clock.now() + timedelta(days=7))

    assert (old.state, old.outcome) == ("lapsed", "")
    assert old not in Invitation.objects.open()


def test_who_brings_a_seat_along_does_not_pass_a_closed_gate() -> None:
    """Red without ``_growing`` in ``claim_seat_for_joiner``. Whoever pays takes no seat."""
    organization = an_organization()
    kim, lea = a_user(), a_user()
    project = a_project(organization, is_private=True)
    a_role(project, kim), a_role(project, lea)
    _, token = an_invitation(organization)
    _, paying = an_invitation(organization, role=Role.BILLING_MANAGER)
    entitle(organization, a_phase("restricted"))

    with pytest.raises(NoSeatLeft):
        accept_invitation(token=token, user=kim, actor=an_actor(kim))

    accept_invitation(token=paying, user=lea, actor=an_actor(lea))
    assert organization.memberships.count() == 2


@pytest.mark.parametrize("standing", ["closing", "closed"])
def test_nobody_is_invited_to_pay_for_what_is_being_closed(standing: str) -> None:
    """Red without ``while_open`` on ``members:invite_billing_manager``."""
    with pytest.raises(OrganizationClosing):
        invite(an_organization(standing=standing), role=Role.BILLING_MANAGER)
