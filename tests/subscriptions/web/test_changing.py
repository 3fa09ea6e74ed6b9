"""The pages of a change: what is shown before, what is sent, and what comes of it."""

import re

import pytest
from django.test import Client

from orgs.entitlements import Limit
from orgs.roles import Role
from subscriptions.actions.checkout import Choice
from subscriptions.models import SubscriptionChange
from tests.builders import a_member, signed_in
from tests.sandbox_control import CARD, FAILS_LATER, Sandbox
from tests.subscriptions.stage import Company, a_failing_company, a_paying_company, look, unpaid

pytestmark = pytest.mark.django_db


def shown(company: Company, query: str, *, browser: Client | None = None) -> str:
    """Return the page of a choice, as the owner reads it."""
    answer = (browser or signed_in(company.owner)).get(f"{company.url('change')}?{query}")
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def quoted(page: str) -> str:
    """Return the figures that the page would confirm."""
    found = re.search(r'name="quote" value="([^"]+)"', page)
    assert found, "the page confirms nothing"
    return found[1]


def test_a_seat_is_bought_at_the_price_that_was_shown(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)

    page = shown(company, "seats=4", browser=browser)
    answer = browser.post(company.url("confirm-change"), {"quote": quoted(page)}, follow=True)

    [due] = re.findall(r"Pay (\$[0-9.]+) and change", page)
    assert due == "$12.00"
    assert "Done: 4 seats of the Team plan" in answer.content.decode()
    assert company.phase.limits[Limit.SEATS] == 4
    assert sandbox.ledger()["invoices"][-1]["total"] == 1200


def test_looking_changes_nothing_and_the_back_button_harms_nobody(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    page = shown(company, "seats=4", browser=browser)
    assert not SubscriptionChange.objects.exists()
    form = {"quote": quoted(page)}
    assert browser.post(company.url("confirm-change"), form).status_code == 302

    again = browser.post(company.url("confirm-change"), form)

    assert again.status_code in (409, 422)
    assert len(sandbox.ledger()["invoices"]) == 2


def test_what_breaks_is_said_before(sandbox: Sandbox) -> None:
    company = a_paying_company(choice=Choice("business", "month", 3))

    page = shown(company, "plan=team")

    assert "What breaks" in page
    assert "Gone: audit export" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("seats=0", "people take a seat"),
        ("seats=99999999999999999999", "Choose between 1 and"),
        ("seats=many", "whole number"),
        ("seats=3", "That is what you have now"),
        ("plan=gold", "Select a valid choice"),
    ],
)
def test_what_cannot_be_meant_is_said_at_the_field(
    sandbox: Sandbox, query: str, words: str
) -> None:
    company = a_paying_company()

    answer = signed_in(company.owner).get(f"{company.url('change')}?{query}")

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_declined_card_leads_to_the_page_on_which_it_is_paid(sandbox: Sandbox) -> None:
    company = a_paying_company()
    sandbox.call("portal/card", customer=company.customer_id, card=FAILS_LATER)
    browser = signed_in(company.owner)

    form = {"quote": quoted(shown(company, "seats=5", browser=browser))}
    page = browser.post(company.url("confirm-change"), form, follow=True).content.decode()

    assert "A change waits for its payment" in page
    [invoice] = unpaid(sandbox)
    assert f'value="{invoice["id"]}"' in page
    there = browser.post(company.url("pay"), {"invoice": invoice["id"]})
    assert (there.status_code, there["Location"]) == (303, invoice["hosted_invoice_url"])
    sandbox.call("invoices/pay", invoice=invoice["id"], card=CARD)
    look(company)
    assert "A change waits" not in browser.get(company.url("billing")).content.decode()
    assert company.phase.limits[Limit.SEATS] == 5


def test_nobody_is_led_to_the_invoice_of_another(sandbox: Sandbox) -> None:
    """Red without the customer's comparison in ``page_to_pay``."""
    failing, other = a_failing_company(sandbox), a_paying_company()
    [invoice] = unpaid(sandbox)

    for theirs in (invoice["id"], "in_none", "", "x" * 5000, "../customers"):
        answer = signed_in(other.owner).post(other.url("pay"), {"invoice": theirs})
        assert answer.status_code == 409, theirs
        assert "There is nothing to pay" in answer.content.decode(), theirs

    mine = signed_in(failing.owner).post(failing.url("pay"), {"invoice": invoice["id"]})
    assert mine.status_code == 303


def test_billing_managers_change_and_managers_see_no_way(sandbox: Sandbox) -> None:
    company = a_paying_company()
    payer = a_member(company.organization, Role.BILLING_MANAGER)
    manager = a_member(company.organization, Role.MANAGER)

    assert "Show what it costs" in shown(company, "", browser=signed_in(payer))
    assert signed_in(manager).get(company.url("change")).status_code == 403


def test_while_stripe_is_away_the_page_says_so_and_nothing_is_asked(sandbox: Sandbox) -> None:
    company = a_paying_company()
    sandbox.faults({"path": "/v1/", "status": 500, "times": 50})

    answer = signed_in(company.owner).get(f"{company.url('change')}?seats=5")

    sandbox.faults()
    assert answer.status_code == 503
    assert not SubscriptionChange.objects.exists()


def test_the_last_seat_leads_to_the_price_of_one_more(sandbox: Sandbox) -> None:
    company = a_paying_company()
    for _ in range(2):
        a_member(company.organization)
    browser = signed_in(company.owner)

    page = browser.get(f"/orgs/{company.organization.name}/people/").content.decode()

    assert "Buy one more seat, for $12.00 a month" in page
    [way] = set(re.findall(r'href="([^"]*billing/change/[^"]*)"', page))
    assert way.endswith("?seats=4")
    assert "Pay $12.00 and change" in browser.get(way).content.decode()
