"""Suspension: every hold for itself, and exits open in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from kernel import clock
from kernel.refusals import Invalid, NotFound
from orgs.entitlements import Feature, Standing
from orgs.matrix import STAFF_MATRIX
from orgs.models import Organization
from orgs.policy import decide
from orgs.refusals import StandingWithholds
from subscriptions.actions.holds import lift_hold, place_hold
from subscriptions.explaining import explain
from subscriptions.models import Hold
from tests.builders import an_actor, deliver_all
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    a_paying_company,
    may,
    page,
)
from tests.subscriptions.test_overrides import a_day, staff

pytestmark = pytest.mark.django_db


def held(company: Company, reason: str = "It sends spam.", **more: Any) -> Hold:
    return place_hold(
        organization=company.organization, reason=reason, actor=staff("support"), **more
    )


def lifted(company: Company, hold: Hold) -> None:
    lift_hold(
        organization=company.organization, hold_id=hold.pk, reason="Sorted.", actor=staff("admin")
    )


def standing(company: Company) -> str:
    return company.phase.standing


def test_a_hold_closes_growth_and_publishing_and_no_exit(sandbox: Sandbox) -> None:
    """Red without ``holds`` in ``phases_of``."""
    company = a_paying_company()
    held(company)

    assert company.phase.standing == Standing.SUSPENDED
    assert (company.phase.may_publish, company.phase.features) == (False, frozenset())
    assert may(company) == "standing_suspended"
    owner = an_actor(company.owner, fresh=True)
    for exit_ in ("members:remove", "billing:manage", "billing:read", "members:read"):
        assert decide(owner, exit_, company.organization).allowed, exit_
    assert "It sends spam." in page(company)


def test_each_is_lifted_for_itself(sandbox: Sandbox) -> None:
    company = a_paying_company()
    first, second = held(company), held(company, "Nobody answers.")
    assert held(company).pk == first.pk, "the same again is the same"

    lifted(company, first)
    assert standing(company) == Standing.SUSPENDED
    lifted(company, second)
    lifted(company, second)

    assert standing(company) == Standing.ACTIVE


def test_one_with_a_day_is_over_by_itself(sandbox: Sandbox) -> None:
    company = a_paying_company()
    held(company, until=a_day(3))

    row = Organization.objects.get(pk=company.organization.pk).entitlements

    assert [phase.standing for phase in row.timeline()] == ["suspended", "active"]
    assert row.holding(a_day(4)).standing == Standing.ACTIVE


def test_nothing_is_bought_while_suspended(sandbox: Sandbox) -> None:
    company = a_company()
    held(company)

    with pytest.raises(StandingWithholds) as refused:
        a_checkout(company)

    assert refused.value.reason == "standing_suspended"


def test_owners_are_told_why_and_told_again_when_it_is_lifted(sandbox: Sandbox) -> None:
    company = a_paying_company()
    hold = held(company)
    deliver_all()
    assert [each.to for each in mail.outbox] == [[company.owner.email]]
    assert "It sends spam." in mail.outbox[0].body

    lifted(company, hold)
    deliver_all()

    assert "Sorted." in mail.outbox[1].body
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("role", ["reviewer", "support", "billing", "admin"])
def test_only_who_may_hold_does(sandbox: Sandbox, role: str) -> None:
    """Red without ``require_staff`` in ``place_hold`` and ``lift_hold``."""
    company = a_paying_company()
    hold = held(company, "Before.")
    doings: tuple[Callable[[], object], ...] = (
        lambda: place_hold(organization=company.organization, reason="x", actor=staff(role)),
        lambda: lift_hold(
            organization=company.organization, hold_id=hold.pk, reason="x", actor=staff(role)
        ),
    )
    for do in doings:
        if role in STAFF_MATRIX["organization:hold"]:
            do()
        else:
            with pytest.raises(NotFound):
                do()
    with pytest.raises(NotFound):
        place_hold(organization=company.organization, reason="x", actor=an_actor(company.owner))


def test_a_reason_is_needed_and_a_foreign_hold_is_not_found(sandbox: Sandbox) -> None:
    mine, other = a_paying_company("anvils"), a_paying_company("bellows")
    with pytest.raises(Invalid):
        held(mine, "")
    hold = held(mine)

    with pytest.raises(NotFound):
        lifted(other, hold)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(until=clock.now() - timedelta(days=9))


def test_it_is_told_among_the_reasons(sandbox: Sandbox) -> None:
    company = a_paying_company()
    held(company)

    told = explain(company.organization, Feature.TEAMS)

    assert (told.standing, told.answer) == (Standing.SUSPENDED, False)
    assert [(each.counts, each.gives) for each in told.contributions] == [
        ("active", True),
        ("suspends", None),
    ]
