"""The road of a company, in a real browser: found, be refused, pay, work, cancel, be closed out."""

import pytest
import requests

from tests.journeys.conftest import Walkers
from tests.journeys.walker import CARD, DECLINED, Walker
from tests.sandbox_control import the_sandbox

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DAY = 86_400


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_company_pays_works_cancels_and_keeps_what_it_paid_for(
    a_walker: Walkers, scripts: bool
) -> None:
    ana = a_walker(scripts=scripts)
    ana.sign_up("Ana Ortiz", "ana@northwind.example")
    found(ana)
    is_refused_a_team(ana)
    ana.follow("Choose a plan")
    ana.stands_at("/orgs/northwind/billing/")
    pay(ana)
    creates(ana, "core")
    cancel(ana)
    creates(ana, "still-open")
    pass_time(ana, days=32)
    is_refused_a_team(ana)
    ana.visit("/orgs/northwind/billing/")
    ana.sees("Restricted")


def found(ana: Walker) -> None:
    ana.visit("/orgs/")
    ana.follow("Found an organization")
    ana.follow("Found a company")
    ana.fill(name="northwind", display_name="Northwind Labs")
    ana.press("Found company")
    ana.stands_at("/orgs/northwind/billing/")


def is_refused_a_team(ana: Walker) -> None:
    """See why not, under which code, and what helps."""
    ana.visit("/orgs/northwind/teams/")
    ana.sees("standing_restricted", "Choose a plan")
    assert ana.page.get_by_role("button", name="Create team").count() == 0


def pay(ana: Walker) -> None:
    """Choose a plan; be declined on the payment page; pay there, and come back."""
    ana.follow("Choose Team")
    ana.fill(seats="3")
    ana.page.get_by_label("I accept the terms of service").check()
    ana.press("Continue to payment")
    assert ana.page.url.startswith(ana.sandbox)
    ana.sees("$36.00")
    ana.fill_card(DECLINED)
    ana.press("Subscribe and pay", expect_status=422)
    ana.sees("declined")
    ana.fill_card(CARD)
    ana.press("Subscribe and pay")
    ana.stands_at("/orgs/northwind/billing/")
    ana.sees("everything is open", "$36.00")


def creates(ana: Walker, team: str) -> None:
    ana.visit("/orgs/northwind/teams/")
    ana.fill(name=team)
    ana.press("Create team")
    ana.visit("/orgs/northwind/teams/")
    ana.sees(team)


def cancel(ana: Walker) -> None:
    """Cancel here and resume; then cancel in the portal, of which the billing page hears."""
    ana.visit("/orgs/northwind/billing/")
    ana.follow("Cancel the subscription")
    ana.press("Cancel at the end of the period")
    ana.sees("Ends", "Canceled.")
    ana.press("Resume")
    ana.sees("Renews", "Resumed")
    ana.press("Card and invoices")
    assert ana.page.url.startswith(ana.sandbox)
    ana.page.get_by_text("Cancel the plan").click()
    ana.press("Cancel at the end of the period")
    ana.follow("Return")
    ana.stands_at("/orgs/northwind/billing/")
    ana.sees_soon("Until then everything is open")


def pass_time(ana: Walker, *, days: int) -> None:
    """Let business time pass, and the service hear of it as a development stack does."""
    the_sandbox().call("clock", advance=days * DAY)
    requests.post(f"{ana.site}/dev/clock", timeout=60).raise_for_status()
