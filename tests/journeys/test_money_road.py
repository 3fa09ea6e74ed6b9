"""The road of money, in a real browser: a seat more, a larger plan, a failed card and its cure."""

import os

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import StaffRole
from orgs.models import Organization
from saas.development import PASSWORD
from subscriptions.models import StripeCustomer
from tests.builders import a_user
from tests.journeys.conftest import Walkers
from tests.journeys.test_company_road import found, pass_time
from tests.journeys.walker import CARD, Walker
from tests.sandbox_control import FAILS_LATER, the_sandbox

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ACCOUNTANT = "vera@chapterhouse.example"
EVERY_WAY = int(os.environ.get("EXAMPLES", "2")) > 2
"""A quick run walks it with scripts only; other roads are walked without them as well."""
WITH_AND_WITHOUT = [
    pytest.param(scripts, id="with scripts" if scripts else "without scripts")
    for scripts in ((True, False) if EVERY_WAY else (True,))
]
BILLING = "/orgs/northwind/billing/"


@pytest.mark.parametrize("scripts", WITH_AND_WITHOUT)
def test_a_company_grows_falls_behind_and_catches_up(a_walker: Walkers, scripts: bool) -> None:
    vera_herself = a_user(
        ACCOUNTANT, name="Vera Novak", password=PASSWORD, staff_role=StaffRole.BILLING
    )
    TOTP.activate(vera_herself, generate_totp_secret())
    ana, vera = a_walker(scripts=scripts), a_walker(scripts=scripts)
    ana.sign_up("Ana Ortiz", "ana@northwind.example")
    found(ana)
    pays_for_one(ana)
    buys_a_seat_while_inviting(ana)
    takes_the_larger_plan(ana)
    the_card_fails_and_is_cured(ana)
    vera.sign_in(ACCOUNTANT)
    gives_money_back(vera)
    ana.visit(BILLING)
    ana.sees("Money back", "$10.00", "Arrived", "They were away.")


def pays_for_one(ana: Walker) -> None:
    ana.follow("Choose Team")
    ana.fill(seats="1")
    ana.page.get_by_label("I accept the terms of service").check()
    ana.press("Continue to payment")
    ana.fill_card(CARD)
    ana.press("Subscribe and pay")
    ana.stands_at(BILLING)


def buys_a_seat_while_inviting(ana: Walker) -> None:
    """Be told that no seat is left and what one costs; buy it, and go on inviting."""
    ana.visit("/orgs/northwind/people/")
    ana.sees("no_seat_left")
    ana.follow("Buy one more seat, for $12.00 a month")
    ana.sees("2 seats of the Team plan", "Due now", "$12.00", "$24.00")
    ana.press("Pay $12.00 and change")
    ana.stands_at(BILLING)
    ana.sees("Done: 2 seats of the Team plan", "1 of 2")
    ana.visit("/orgs/northwind/people/")
    ana.fill(email="ben@northwind.example")
    ana.press("Send invitation")
    ana.sees("ben@northwind.example")


def takes_the_larger_plan(ana: Walker) -> None:
    """See what it costs now and later before anything happens; an old tab changes nothing."""
    ana.visit(BILLING)
    ana.follow("Change seats or plan")
    ana.page.get_by_label("Business: a seat is").check()
    ana.press("Show what it costs")
    ana.sees("2 seats of the Business plan", "$34.00", "$58.00")
    ana.press("Pay $34.00 and change")
    ana.sees("Done: 2 seats of the Business plan", "2 × $29.00 = $58.00 a month")


def the_card_fails_and_is_cured(ana: Walker) -> None:
    """The banner says until when all works; paying takes it away."""
    organization = Organization.objects.get(name="northwind")
    customer = StripeCustomer.objects.get(organization=organization).customer_id
    the_sandbox().call("portal/card", customer=customer, card=FAILS_LATER)
    pass_time(ana, days=32)
    ana.visit("/orgs/northwind/")
    ana.sees("A payment is outstanding", "See to it")
    ana.follow("See to it")
    ana.sees("A payment failed")
    ana.page.get_by_role("button", name="Pay").first.click()
    assert ana.page.url.startswith(ana.sandbox)
    ana.fill_card(CARD)
    ana.press("Pay $58.00")
    ana.visit(BILLING)
    ana.sees_soon("will be charged, plus tax")
    ana.visit("/orgs/northwind/")
    assert "A payment is outstanding" not in ana.page.get_by_role("main").inner_text()


def gives_money_back(vera: Walker) -> None:
    """Find the company by its owner's address, and give a part of an invoice back."""
    vera.visit("/staff/organizations/")
    vera.fill(q="ana@northwind.example")
    vera.press("Search")
    vera.follow("Northwind Labs")
    vera.follow("Give back")
    vera.fill(amount="5000.00", reason="They were away.")
    vera.press("Give it back", expect_status=422)
    vera.sees("Of this invoice $58.00 can go back.")
    vera.fill(amount="10.00")
    vera.press("Give it back")
    vera.sees("$10.00: arrived.", "They were away.", "Everything that happened")
