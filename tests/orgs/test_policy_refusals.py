"""How a no is raised and explained; the system, and staff."""

from contextlib import suppress
from dataclasses import replace

import pytest
from django.urls import resolve

from accounts.models.user import StaffRole
from kernel.actor import SYSTEM
from kernel.refusals import Conflict, Forbidden, NotFound, Refusal, Unpaid
from orgs.decision import Decision
from orgs.entitlements import Standing
from orgs.matrix import MATRIX, STAFF_MATRIX
from orgs.policy import UnknownPermission, decide, require, require_staff
from orgs.refusals import REFUSED_AS, NoSeatLeft
from tests.builders import (
    a_member,
    a_user,
    an_actor,
    an_organization,
    the_owner,
)

pytestmark = pytest.mark.django_db

OWNER, MANAGER, BILLING, MEMBER = "owner", "manager", "billing_manager", "member"


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("not_found", NotFound),
        ("role_too_low", Forbidden),
        ("scope_missing", Forbidden),
        ("fresh_sign_in_required", Forbidden),
        ("second_factor_required", Forbidden),
        ("not_a_company", Conflict),
        ("standing_restricted", Unpaid),
        ("standing_suspended", Unpaid),
        ("organization_closing", Conflict),
        ("feature_missing", Unpaid),
        ("limit_reached", Unpaid),
        ("project_archived", Conflict),
        ("no_seat_left", Unpaid),
        ("pay_invoice_first", Unpaid),
    ],
)
def test_every_reason_has_its_kind_of_refusal(reason: str, kind: type[Refusal]) -> None:
    assert issubclass(REFUSED_AS[reason], kind)


def test_every_reason_is_in_that_list() -> None:
    listed = set(
        next(
            mark.args[1]
            for mark in test_every_reason_has_its_kind_of_refusal.pytestmark  # type: ignore[attr-defined]  # set by parametrize
        )
    )
    assert {reason for reason, _ in listed} == set(REFUSED_AS)


def test_require_raises_what_decide_explains() -> None:
    organization = an_organization(seats=1)
    owner = an_actor(the_owner(organization))
    answer = decide(owner, "members:invite", organization)

    with pytest.raises(NoSeatLeft) as refused:
        require(owner, "members:invite", organization)

    assert refused.value.sentence == answer.sentence
    assert refused.value.reason == answer.reason == "no_seat_left"
    assert refused.value.remedy == answer.remedy
    assert refused.value.status == 402


def test_every_no_to_a_member_says_what_would_help_at_an_address_that_exists() -> None:
    found: dict[str, Decision] = {}
    for standing in Standing.values:
        for kind in ("company", "community"):
            organization = an_organization(standing=standing, kind=kind, seats=1, features=[])
            for who in (the_owner(organization), a_member(organization)):
                for permission in MATRIX:
                    answer = decide(an_actor(who), permission, organization)
                    if not answer.allowed:
                        found[answer.reason] = answer

    for reason, answer in found.items():
        assert answer.sentence, reason
        if reason == "not_a_company":
            continue  # nothing helps
        assert answer.remedy is not None, reason
        assert answer.remedy.action, reason
        assert answer.remedy.who, reason
        assert resolve(answer.remedy.url).func is not None, reason


def test_an_unknown_permission_is_a_bug() -> None:
    with pytest.raises(UnknownPermission):
        decide(an_actor(a_user()), "organization:fly", an_organization())


def test_the_system_may() -> None:
    assert decide(SYSTEM, "members:remove", an_organization()).because == "system"


def test_staff_rights_come_only_with_the_staff_role() -> None:
    organization = an_organization()
    support = replace(an_actor(a_user(staff_role="support")), staff_role="support")

    assert not decide(support, "members:read", organization).allowed
    assert decide(support.as_staff(), "members:read", organization).allowed
    assert decide(support.as_staff(), "members:remove", organization).reason == "role_too_low"


@pytest.mark.parametrize("role", ["reviewer", "support", "billing", "admin"])
def test_no_staff_role_changes_an_organization(role: str) -> None:
    organization = an_organization()
    actor = replace(an_actor(a_user(staff_role=role)), staff_role=role).as_staff()

    allowed = {p for p in MATRIX if decide(actor, p, organization).allowed}

    assert allowed <= {"organization:read", "members:read", "billing:read", "audit:read"}
    assert allowed == {p for p, who in STAFF_MATRIX.items() if role in who and p in MATRIX}


def test_places_of_staff_do_not_exist_for_others() -> None:
    with pytest.raises(NotFound):
        require_staff(an_actor(a_user()), "applications:review")


STAFF = {
    "applications:review": {"reviewer", "admin"},
    "people:reset_second_factor": {"support", "admin"},
    "organization:read": {"reviewer", "support", "billing", "admin"},
    "members:read": {"support", "admin"},
    "billing:read": {"support", "billing", "admin"},
    "audit:read": {"support", "billing", "admin"},
    "events:read": {"billing", "admin"},
    "money:change": {"billing", "admin"},
    "organization:hold": {"support", "billing", "admin"},
    "names:release": {"support", "admin"},
}


def test_each_staff_role_holds_what_the_table_says() -> None:
    organization = an_organization()
    held: dict[str, set[str]] = {permission: set() for permission in STAFF_MATRIX}
    for role in StaffRole.values:
        actor = replace(an_actor(a_user(staff_role=role)), staff_role=role)
        for permission in STAFF_MATRIX:
            with suppress(NotFound):
                require_staff(actor, permission)
                held[permission].add(role)
                assert decide(actor.as_staff(), permission, organization).allowed, permission

    assert held == STAFF
