"""An organization's end: begun, taken back, carried out, and what stands against each."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Forbidden, NotFound
from orgs.actions.invitations import accept_invitation
from orgs.actions.names import rename_organization
from orgs.matrix import MATRIX
from orgs.models import Invitation, Organization
from orgs.name_availability import name_availability
from orgs.policy import decide
from orgs.refusals import (
    ClosingOver,
    ConfirmationWrong,
    InvitationClosed,
    OrganizationClosing,
    OwnsProjects,
)
from orgs.roles import Role
from subscriptions.actions.checkout import begin_attempt
from subscriptions.actions.closing import UNDO_FOR, begin_closing, close_due, undo_closing
from subscriptions.models import Grant
from subscriptions.refusals import CheckoutUnderWay, SubscriptionRuns
from tests.builders import (
    a_member,
    a_project,
    a_service_token,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    deliver_all,
    the_owner,
)
from tests.community.builders import a_draft
from tests.orgs.test_races import at_once
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import (
    TEAM_MONTHLY,
    a_checkout,
    a_company,
    a_paying_company,
    look,
)

pytestmark = pytest.mark.django_db


def fresh(organization: Organization) -> Actor:
    """Return an owner who signed in moments ago."""
    return an_actor(the_owner(organization), fresh=True)


def begun(organization: Organization) -> Organization:
    """Delete as an owner does who types the name."""
    return begin_closing(
        organization=organization, confirmation=organization.name, actor=fresh(organization)
    )


def read(organization: Organization) -> Organization:
    """Read anew."""
    return Organization.objects.select_related("entitlements").get(pk=organization.pk)


@pytest.fixture
def guild() -> Organization:
    """A company that has not paid, with people in it."""
    organization = a_company("guild").organization
    deliver_all()
    mail.outbox.clear()
    return organization


def test_an_owner_deletes_and_it_is_read_until_its_day(guild: Organization) -> None:
    member = a_member(guild)
    before = clock.now()

    begun(guild)

    after = read(guild)
    assert after.is_closing
    assert after.closes_at is not None
    assert after.closes_at >= before + UNDO_FOR
    assert after.entitlements.holding().standing == "closing"
    for permission in ("organization:read", "members:read", "members:leave"):
        assert decide(an_actor(member), permission, after).allowed
    withheld = {p for p in MATRIX if decide(fresh(guild), p, after).reason != "ok"}
    assert {"organization:update", "organization:rename", "members:change_role"} <= withheld
    assert {"organization:undo_delete", "audit:read", "billing:read"} & withheld == set()
    assert AuditEvent.objects.get(name="organization.closing_begun").organization_id == guild.pk


@pytest.mark.parametrize("role", [Role.MANAGER, Role.BILLING_MANAGER, Role.MEMBER])
def test_others_delete_nothing(guild: Organization, role: str) -> None:
    """Red without ``require`` in ``begin_closing`` and ``undo_closing``."""
    for actor, refusal in (
        (an_actor(a_member(guild, role), fresh=True), Forbidden),
        (an_actor(a_user(), fresh=True), NotFound),
    ):
        with pytest.raises(refusal):
            begin_closing(organization=guild, confirmation="guild", actor=actor)
        with pytest.raises(refusal):
            undo_closing(organization=guild, actor=actor)


def test_deleting_needs_a_fresh_sign_in_and_the_name(guild: Organization) -> None:
    """Red without ``fresh=True`` in the matrix, and without comparing ``confirmation``."""
    with pytest.raises(Forbidden) as stale:
        begin_closing(organization=guild, confirmation="guild", actor=an_actor(the_owner(guild)))
    with pytest.raises(ConfirmationWrong):
        begin_closing(organization=guild, confirmation="Guild", actor=fresh(guild))

    assert stale.value.reason == "fresh_sign_in_required"
    assert read(guild).is_open


def test_twice_is_once_and_does_not_move_the_day(
    guild: Organization, at: Callable[[datetime], datetime]
) -> None:
    """Red without ``if organization.state == State.CLOSING`` in ``begin_closing``."""
    first = begun(guild).closes_at
    at(clock.now() + timedelta(days=3))

    assert begun(guild).closes_at == first
    assert AuditEvent.objects.filter(name="organization.closing_begun").count() == 1


def test_taken_back_everything_is_as_it_was(guild: Organization) -> None:
    member = a_member(guild)
    team = a_team(guild, members=[member])
    before = guild.entitlements.holding()
    begun(guild)

    for _ in range(2):
        undo_closing(organization=guild, actor=an_actor(the_owner(guild)))

    after = read(guild)
    assert (after.is_open, after.closes_at) == (True, None)
    assert after.entitlements.holding().standing == before.standing == "restricted"
    assert team.team_memberships.count() == 1
    assert AuditEvent.objects.filter(name="organization.closing_undone").count() == 1


def test_after_its_day_nothing_is_taken_back_although_nobody_closed_it_yet(
    guild: Organization, at: Callable[[datetime], datetime]
) -> None:
    """Red without comparing ``closes_at`` with the clock in ``undo_closing``."""
    ends = begun(guild).closes_at
    assert ends is not None
    at(ends)

    with pytest.raises(ClosingOver):
        undo_closing(organization=guild, actor=an_actor(the_owner(guild)))


def test_past_its_day_it_is_closed_with_all_that_hangs_on_it(
    guild: Organization, at: Callable[[datetime], datetime]
) -> None:
    """Its tokens end with it: red without ``service_tokens`` in ``tear_down``."""
    member = a_member(guild)
    a_team(guild, members=[member])
    a_service_token(guild)
    ends = begun(guild).closes_at
    assert ends is not None
    offer, token = an_invitation(guild)
    Invitation.objects.filter(pk=offer.pk).update(expires_at=ends + timedelta(days=1))

    at(ends - timedelta(seconds=1))
    assert close_due() == 0
    assert guild.service_tokens.live().exists()
    at(ends)
    assert close_due() == 1
    assert close_due() == 0

    after = read(guild)
    assert (after.state, after.closed_at, after.closes_at) == ("closed", ends, None)
    assert (after.memberships.count(), after.teams.count(), after.seats_taken) == (0, 0, 0)
    assert list(after.invitations.values_list("outcome", flat=True)) == ["revoked"]
    assert not after.service_tokens.live().exists()
    assert after.entitlements.holding().standing == "closed"
    assert name_availability("guild").reason == "burned"
    event = AuditEvent.objects.get(name="organization.closed")
    assert (event.facts["members"], event.facts["teams"], event.facts["invitations"]) == (2, 1, 1)
    assert f"user:{member.user_id}" in event.subjects
    assert AuditEvent.objects.filter(organization_id=guild.pk).count() > 2
    with pytest.raises(InvitationClosed):
        accept_invitation(token=token, user=member.user, actor=an_actor(member))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.BILLING_MANAGER])
def test_nobody_joins_what_is_being_closed(guild: Organization, role: str) -> None:
    """Red without ``is_open`` in ``accept_invitation``: a billing manager needs no seat."""
    _, token = an_invitation(guild, role=role)
    begun(guild)
    newcomer = a_user()

    with pytest.raises(InvitationClosed):
        accept_invitation(token=token, user=newcomer, actor=an_actor(newcomer))


def test_a_deletion_lets_nobody_rename_or_found_its_name(guild: Organization) -> None:
    begun(guild)

    with pytest.raises(OrganizationClosing):
        rename_organization(
            organization=guild, name="union", confirmation="guild", actor=fresh(guild)
        )
    assert name_availability("guild").reason == "taken"


def test_while_a_subscription_runs_it_is_refused_with_the_way(sandbox: Sandbox) -> None:
    """Red without ``subscriptions.live()`` in ``require_nothing_left``."""
    company = a_paying_company()

    with pytest.raises(SubscriptionRuns) as refused:
        begun(company.organization)

    assert refused.value.remedy is not None
    assert refused.value.remedy.url == company.url("billing")


def test_a_canceled_subscription_does_not_stand_in_the_way(
    sandbox: Sandbox, at: Callable[[datetime], datetime]
) -> None:
    """Nothing is called at Stripe: what has ended there needs no end."""
    company = a_paying_company()
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    sandbox.advance(days=40)
    look(company)
    assert company.subscription.status == "canceled"
    calls = len(sandbox.ledger()["subscriptions"])

    ends = begun(company.organization).closes_at
    assert ends is not None
    at(ends)
    assert close_due() == 1

    assert read(company.organization).state == "closed"
    assert len(sandbox.ledger()["subscriptions"]) == calls


def test_while_a_payment_page_is_open_it_is_refused(sandbox: Sandbox) -> None:
    """Red without ``checkout_attempts.open()`` in ``require_nothing_left``."""
    company = a_company()
    a_checkout(company)

    with pytest.raises(CheckoutUnderWay):
        begun(company.organization)


def test_while_it_is_being_closed_nothing_is_bought(sandbox: Sandbox) -> None:
    company = a_company()
    begun(company.organization)

    with pytest.raises(OrganizationClosing):
        a_checkout(company)


def test_what_is_paid_for_after_all_is_not_closed(
    sandbox: Sandbox, at: Callable[[datetime], datetime]
) -> None:
    """Red without ``require_nothing_left`` in ``_close_if_due``: it would be gone, and billed."""
    company = a_paying_company()
    Organization.objects.filter(pk=company.organization.pk).update(
        state="closing", closes_at=clock.now()
    )

    assert close_due() == 0

    assert read(company.organization).is_closing


def test_while_it_owns_projects_it_is_refused(guild: Organization) -> None:
    a_project(guild)

    with pytest.raises(OwnsProjects):
        begun(guild)


def test_grants_end_with_it_and_not_before(
    guild: Organization, at: Callable[[datetime], datetime]
) -> None:
    Grant.objects.create(
        organization=guild,
        kind="community",
        reason="Maps.",
        until=clock.now() + timedelta(days=365),
    )
    ends = begun(guild).closes_at
    assert ends is not None
    assert guild.grants.unended().exists()

    at(ends)
    close_due()

    assert guild.grants.get().ended_at == ends
    assert AuditEvent.objects.get(name="grant.ended").organization_id == guild.pk


def test_one_that_cannot_be_closed_does_not_hold_up_the_others(
    guild: Organization, at: Callable[[datetime], datetime]
) -> None:
    other = a_company("union").organization
    ends = [begun(each).closes_at for each in (guild, other)][1]
    assert ends is not None
    a_project(guild)
    at(ends)

    assert close_due() == 1
    assert read(other).state == "closed"


def test_everybody_in_it_is_told_at_each_turn(
    guild: Organization, at: Callable[[datetime], datetime]
) -> None:
    member, owner = a_member(guild), the_owner(guild)
    everybody = {member.user.email, owner.user.email}

    def told() -> dict[str, set[str]]:
        deliver_all()
        found: dict[str, set[str]] = {}
        for message in mail.outbox:
            found.setdefault(str(message.subject), set()).add(message.to[0])
        mail.outbox.clear()
        return found

    begun(guild)
    assert told() == {"Guild is being deleted": everybody}
    undo_closing(organization=guild, actor=an_actor(owner))
    assert told() == {"Guild stays": everybody}
    ends = begun(guild).closes_at
    assert ends is not None
    told()
    at(ends)
    close_due()
    assert told() == {"Guild is closed": everybody}


def test_the_database_knows_when_closing_ends(guild: Organization) -> None:
    for state, ends in (("closing", None), ("open", clock.now()), ("closed", clock.now())):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organization.objects.filter(pk=guild.pk).update(state=state, closes_at=ends)


def test_a_draft_may_not_ask_for_what_is_burned(
    guild: Organization, at: Callable[[datetime], datetime]
) -> None:
    ends = begun(guild).closes_at
    assert ends is not None
    at(ends)
    close_due()

    assert name_availability("guild", for_whom=a_draft().claimant).reason == "burned"


@pytest.mark.django_db(transaction=True)
def test_of_a_payment_page_and_a_deletion_at_once_one_happens(sandbox: Sandbox) -> None:
    """Red without ``Organization.objects.lock`` in ``begin_closing``."""
    for _ in range(6):
        company = a_company()
        buy = partial(
            begin_attempt,
            organization=company.organization,
            choice=TEAM_MONTHLY,
            accepts_terms=True,
            actor=an_actor(company.owner),
        )

        outcomes = at_once(buy, partial(begun, company.organization))

        assert outcomes in (["checkout_under_way", "ok"], ["ok", "organization_closing"])


@pytest.mark.django_db(transaction=True)
def test_two_workers_close_it_once(sandbox: Sandbox) -> None:
    """Red without asking again under the lock in ``_close_if_due``."""
    for _ in range(6):
        company = a_company()
        begun(company.organization)
        Organization.objects.filter(pk=company.organization.pk).update(closes_at=clock.now())

        outcomes = at_once(close_due, close_due)

        assert outcomes == ["ok", "ok"]
        closed = AuditEvent.objects.filter(
            name="organization.closed", organization_id=company.organization.pk
        )
        assert closed.count() == 1
