"""The road of a buyer, in a real browser: an order is prepared, and somebody else pays it."""

import pytest

from tests.journeys.conftest import Walkers
from tests.journeys.test_company_road import found
from tests.journeys.walker import CARD, DECLINED, Walker

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_somebody_in_finance_pays_without_an_account(a_walker: Walkers) -> None:
    ana, bea = a_walker(scripts=True), a_walker(scripts=False)
    ana.sign_up("Ana Ortiz", "ana@northwind.example")
    found(ana)
    link = prepares(ana)

    pays(bea, link)

    ana.visit("/orgs/northwind/billing/")
    ana.sees("Team", "2 × $12.00 = $24.00 a month")
    ana.visit("/orgs/northwind/people/")
    assert "Bea" not in ana.page.get_by_role("main").inner_text()
    bea.visit("/orgs/northwind/billing/")
    bea.stands_at("/account/login/")


def prepares(ana: Walker) -> str:
    ana.visit("/orgs/northwind/billing/")
    ana.follow("Let somebody else pay")
    ana.fill(seats="2")
    ana.press("Prepare the order")
    ana.sees("2 seats of the Team plan")
    return ana.page.get_by_label("Link for the buyer").input_value()


def pays(bea: Walker, link: str) -> None:
    """Go to pay, come back, be declined, and pay after all."""
    bea.visit(link.removeprefix(bea.site))
    bea.sees("Ana Ortiz prepared this order", "$24.00 every month")
    bea.fill(name="Bea Buyer", email="bea@finance.example")
    bea.page.get_by_label("I accept the terms of service").check()
    bea.press("Continue to payment")
    bea.fill_card(DECLINED)
    bea.press("Subscribe and pay", expect_status=422)
    bea.sees("declined")
    bea.fill_card(CARD)
    bea.press("Subscribe and pay")
    bea.sees("Paid", "Thank you")
