"""One organization in every billing state, and each stands as its name says."""

import pytest
from django.test import override_settings

from accounts.models import StaffRole
from orgs.models import Organization
from saas.seeding_states import MAKING, States
from tests.builders import a_user
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import _nobody_works_by_itself, sandbox

__all__ = ["_nobody_works_by_itself", "sandbox"]
pytestmark = pytest.mark.django_db
STANDS = {
    "active": "active",
    "trial": "active",
    "seats-follow": "active",
    "ending": "active",
    "change-unpaid": "active",
    "grace": "grace",
    "more-grace": "grace",
    "suspended": "suspended",
    "disputed": "suspended",
    "money-back": "active",
    "doubled": "active",
    "overridden": "active",
    "contract": "active",
    "contract-ending": "active",
    "community": "active",
    "community-ending": "active",
    "restricted": "restricted",
    "open-checkout": "restricted",
    "never-paid": "restricted",
}


@override_settings(DEBUG=True)
def test_every_state_stands_as_it_is_named_and_twice_is_once(sandbox: Sandbox) -> None:
    states = States(a_user(), a_user(staff_role=StaffRole.BILLING))

    first = states.make()
    paid = len(sandbox.ledger()["charges"])
    assert states.make() == first

    assert len(sandbox.ledger()["charges"]) == paid
    assert set(STANDS) | {"community-grace"} == set(MAKING)
    found = {
        each.name.removeprefix("state-"): str(each.entitlements.holding().standing)
        for each in Organization.objects.filter(name__startswith="state-")
    }
    assert found.pop("community-grace") in ("active", "grace"), "its term ends in this second"
    assert found == STANDS
