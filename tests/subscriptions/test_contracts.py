"""A contract: seats and private projects as agreed, enforced, for a term."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from kernel import clock
from kernel.refusals import Invalid, NotFound
from orgs.entitlements import UNLIMITED, Feature, Limit, Standing
from orgs.policy import decide
from orgs.refusals import NoSeatLeft
from orgs.roles import Role
from orgs.seats import claim_seat
from subscriptions.actions.contracts import Agreed, end_contract, give_contract
from subscriptions.actions.terms import renew_grant, warn_of_terms
from subscriptions.models import Grant
from subscriptions.refusals import (
    NothingToRenew,
    NothingToSell,
    SeatsOutOfRange,
    SubscriptionRuns,
)
from tests.builders import a_member, a_user, an_actor, an_organization, deliver_all
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import Company, a_company, a_paying_company, page
from tests.subscriptions.test_overrides import a_day, staff

pytestmark = pytest.mark.django_db


def contract(company: Company, **more: Any) -> Grant:
    asked: dict[str, Any] = {"seats": 2, "private_projects": 3, "until": a_day(100)}
    role = more.pop("role", "billing")
    return give_contract(
        organization=company.organization,
        agreed=Agreed(**asked | more),
        reason="Order 4711.",
        actor=staff(role),
    )


def test_what_was_agreed_is_open_and_enforced(sandbox: Sandbox) -> None:
    company = a_company()
    contract(company)

    phase = company.phase
    assert phase.standing == Standing.ACTIVE
    assert Feature.AUDIT_EXPORT in phase.features
    assert (phase.limits[Limit.SEATS], phase.limits[Limit.PRIVATE_PROJECTS]) == (2, 3)
    a_member(company.organization)
    answer = decide(an_actor(company.owner), "members:invite_member", company.organization)
    assert answer.reason == "no_seat_left"
    with pytest.raises(NoSeatLeft):
        claim_seat(company.organization, role=Role.MEMBER, user_id=a_user().pk)
    assert "Order 4711." in page(company)


def test_after_its_term_come_grace_and_the_ladder_of_mails(sandbox: Sandbox) -> None:
    company = a_company()
    contract(company)
    stands = [(phase.standing, phase.since) for phase in company.phases]
    assert [each for each, _ in stands] == ["active", "grace", "restricted", "restricted"]
    assert stands[2][1] - stands[1][1] == timedelta(days=14)

    for days in (71, 94, 99.5):
        with clock.held_at(clock.now() + timedelta(days=days)):
            assert warn_of_terms() == 1
    deliver_all()

    assert len(mail.outbox) == 3
    assert all("contract" in each.subject for each in mail.outbox)
    assert "Write to us" in mail.outbox[0].body


def test_it_is_not_confirmed_with_a_click(sandbox: Sandbox) -> None:
    company = a_company()
    grant = contract(company)

    with pytest.raises(NothingToRenew):
        renew_grant(
            organization=company.organization,
            seen_until=grant.until,
            confirms=True,
            actor=an_actor(company.owner),
        )
    assert "Yes, it is as it was" not in page(company)


def test_another_takes_the_place_of_the_first_and_both_are_kept(sandbox: Sandbox) -> None:
    company = a_company()
    first = contract(company)
    assert contract(company, until=first.until).pk == first.pk, "the same again is the same"

    second = contract(company, seats=5, private_projects=UNLIMITED)

    assert company.phase.limits[Limit.SEATS] == 5
    assert list(Grant.objects.order_by("pk")) == [first, second]
    first.refresh_from_db()
    assert first.ended_at is not None


def test_nobody_pays_twice(sandbox: Sandbox) -> None:
    """Red without the refusal in ``give_contract``."""
    with pytest.raises(SubscriptionRuns):
        contract(a_paying_company())


def test_what_cannot_be_agreed_is_refused(sandbox: Sandbox) -> None:
    company = a_company()
    a_member(company.organization)

    for seats in (1, 0):
        with pytest.raises(SeatsOutOfRange):
            contract(company, seats=seats)
    with pytest.raises(Invalid):
        contract(company, private_projects=-2)
    with pytest.raises(Invalid):
        contract(company, until=a_day(-1))
    with pytest.raises(NothingToSell):
        contract(Company(an_organization(kind="community"), company.owner))
    with pytest.raises(NotFound):
        contract(company, role="support")


def test_it_can_be_ended_without_grace(sandbox: Sandbox) -> None:
    company = a_company()
    grant = contract(company)

    for _ in range(2):
        end_contract(
            organization=company.organization,
            grant_id=grant.pk,
            reason="They became customers of the shop.",
            actor=staff(),
        )

    assert company.phase.standing == Standing.RESTRICTED
    with pytest.raises(NotFound):
        end_contract(
            organization=a_company().organization, grant_id=grant.pk, reason="x", actor=staff()
        )
