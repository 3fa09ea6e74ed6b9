"""The hosted pages, as a browser without JavaScript meets them."""

import http.client
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.sandbox.running import Sandbox, a_customer, a_session, a_subscription, price

FORM = {
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 34",
    "cvc": "123",
    "name": "Ada Buyer",
    "country": "DE",
    "postal_code": "10115",
}


def fetch(url: str, form: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
    """GET a page, or POST a form to it, following nothing."""
    place = urlsplit(url)
    link = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    target = place.path + (f"?{place.query}" if place.query else "")
    if form is None:
        link.request("GET", target)
    else:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        link.request("POST", target, urlencode(form), kind)
    answer = link.getresponse()
    found = answer.status, answer.read().decode(), dict(answer.getheaders())
    link.close()
    return found


class Labels(HTMLParser):
    """Which fields a page has, and which of them have a label."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: set[str] = set()
        self.labelled: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "label" and found.get("for"):
            self.labelled.add(str(found["for"]))
        if tag == "select" or (
            tag == "input" and found.get("type") not in ("hidden", "checkbox", "submit")
        ):
            self.fields.add(str(found.get("id")))


def portal(sandbox: Sandbox, customer: Any, **features: Any) -> str:
    configuration = sandbox.stripe.billing_portal.configurations.create({"features": features})
    asked = {"customer": customer.id, "configuration": configuration.id}
    asked["return_url"] = "http://app.example/billing"
    return str(sandbox.stripe.billing_portal.sessions.create(asked).url)


def test_the_checkout_form_pays_and_leads_back(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))

    status, text, headers = fetch(session.url)
    assert status == 200
    assert "Subscribe to Team" in text
    assert "Sandbox — no real money" in text
    assert "form-action 'self' http://app.example;" in headers["Content-Security-Policy"]

    status, _, headers = fetch(session.url, FORM)

    assert (status, headers["Location"]) == (
        303,
        f"http://app.example/return?session={session.id}",
    )
    assert fetch(session.url, FORM)[0] == 303  # a second click leads on too
    assert "This is paid" in fetch(session.url)[1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"number": "4242 4242 4242 4241"}, "This card number is not valid."),
        ({"number": "4111 1111 1111 1111"}, "This is not a test card."),
        ({"number": ""}, "Enter the card number."),
        ({"expiry": "13 / 34"}, "Enter the expiry date as month and year"),
        ({"expiry": "01 / 20"}, "This card has expired."),
        ({"cvc": "1"}, "Enter the three digits"),
        ({"name": ""}, "Enter the name on the card."),
        ({"postal_code": ""}, "Enter the postal code"),
        ({"number": "4000 0000 0000 0002"}, "Your card was declined."),
        ({"number": "4000 0000 0000 9995"}, "Your card has insufficient funds."),
    ],
)
def test_a_wrong_form_is_refused_with_a_sentence_and_kept(
    sandbox: Sandbox, wrong: dict[str, str], words: str
) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))

    status, text, _ = fetch(session.url, FORM | wrong)

    assert status == 422
    assert words in text
    assert 'role="alert"' in text
    assert 'value="Ada Buyer"' in text or "name" in wrong
    assert sandbox.stripe.checkout.sessions.retrieve(session.id).status == "open"


def test_the_bank_asks_and_the_person_answers(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    form = FORM | {"number": "4000 0027 6000 3184"}

    assert "Confirm this payment" in fetch(session.url, form)[1]
    assert fetch(session.url, form | {"confirmed": "no"})[0] == 422
    assert fetch(session.url, form | {"confirmed": "yes"})[0] == 303


def test_an_expired_page_says_so_and_leads_back(sandbox: Sandbox) -> None:
    session = a_session(sandbox, a_customer(sandbox), price(sandbox))
    sandbox.stripe.checkout.sessions.expire(session.id)

    _, text, _ = fetch(session.url)

    assert "This page has expired" in text
    assert "http://app.example/billing" in text


def test_the_portal_offers_what_its_configuration_allows_and_nothing_else(
    sandbox: Sandbox,
) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    invoices_only = portal(sandbox, customer, invoice_history={"enabled": True})

    text = fetch(invoices_only)[1]

    assert "Invoices" in text
    assert "Cancel the plan" not in text
    assert "Save card" not in text
    for deed in ("cancel", "card", "details", "resume"):
        form = FORM | {"deed": deed, "subscription": bought.id}
        assert fetch(invoices_only, form)[0] == 404
    assert sandbox.stripe.subscriptions.retrieve(bought.id).cancel_at is None


def test_a_plan_is_ended_and_kept_in_the_portal(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    url = portal(sandbox, customer, subscription_cancel={"enabled": True})

    assert fetch(url, {"deed": "cancel", "subscription": bought.id})[0] == 303
    told = sandbox.stripe.subscriptions.retrieve(bought.id)
    assert (told.cancel_at is not None, told.cancel_at_period_end) == (True, False)
    assert "Keep the plan" in fetch(url)[1]

    fetch(url, {"deed": "resume", "subscription": bought.id})
    assert sandbox.stripe.subscriptions.retrieve(bought.id).cancel_at is None


def test_a_portal_reaches_its_own_customer_only(sandbox: Sandbox) -> None:
    other = a_subscription(sandbox, a_customer(sandbox, "Beta"), price(sandbox))
    url = portal(sandbox, a_customer(sandbox), subscription_cancel={"enabled": True})

    assert fetch(url, {"deed": "cancel", "subscription": other.id})[0] == 404
    assert sandbox.stripe.subscriptions.retrieve(other.id).cancel_at is None


def test_a_new_card_in_the_portal_serves_customer_and_subscription(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    url = portal(sandbox, customer, payment_method_update={"enabled": True})

    assert "declined" in fetch(url, FORM | {"deed": "card", "number": "4000000000000002"})[1]
    assert fetch(url, FORM | {"deed": "card", "number": "5555555555554444"})[0] == 303

    card = sandbox.stripe.customers.retrieve(customer.id).invoice_settings.default_payment_method
    assert sandbox.stripe.subscriptions.retrieve(bought.id).default_payment_method == card
    assert sandbox.stripe.payment_methods.retrieve(card).card.brand == "mastercard"


def test_a_tax_id_is_added_in_the_portal(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    updates = {"enabled": True, "allowed_updates": ["tax_id"]}
    url = portal(sandbox, customer, customer_update=updates)
    form = {"deed": "details", "tax_id_type": "eu_vat", "tax_id": "DE123"}

    assert fetch(url, form | {"email": "new@acme.example"})[0] == 303

    assert [one.value for one in sandbox.stripe.customers.tax_ids.list(customer.id)] == ["DE123"]
    kept = sandbox.stripe.customers.retrieve(customer.id).email
    assert kept == "acme@acme.example", "the address may not be changed here"


def test_an_open_invoice_is_paid_on_its_own_page(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    bought = a_subscription(sandbox, customer, price(sandbox))
    sandbox.call("portal/card", customer=customer.id, card="4000000000000341")
    sandbox.to_next_renewal()
    invoice = sandbox.stripe.invoices.list({"customer": customer.id, "status": "open"}).data[0]
    assert "Pay $36.00" in fetch(invoice.hosted_invoice_url)[1]

    assert fetch(invoice.hosted_invoice_url, FORM)[0] == 303

    assert "Paid on" in fetch(invoice.hosted_invoice_url)[1]
    assert sandbox.stripe.subscriptions.retrieve(bought.id).status == "active"


def test_the_dashboard_advances_the_clock(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    a_subscription(sandbox, customer, price(sandbox))
    text = fetch(sandbox.url + "/")[1]
    assert customer.name in text
    assert "customer.subscription.created" in text

    status, _, _ = fetch(f"{sandbox.url}/dashboard/advance", {"by": "renewal"})

    assert status == 303
    assert len(sandbox.stripe.invoices.list({"customer": customer.id}).data) == 2


def test_every_field_has_a_label_and_no_page_needs_what_is_not_here(sandbox: Sandbox) -> None:
    customer = a_customer(sandbox)
    session = a_session(sandbox, customer, price(sandbox), allow_promotion_codes=True)
    a_subscription(sandbox, customer, price(sandbox))
    every = {
        "customer_update": {
            "enabled": True,
            "allowed_updates": ["email", "name", "address", "tax_id"],
        },
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True},
    }
    invoice = sandbox.stripe.invoices.list({"customer": customer.id}).data[0]
    for url in (
        session.url,
        portal(sandbox, customer, **every),
        invoice.hosted_invoice_url,
        sandbox.url + "/",
    ):
        status, text, headers = fetch(url)
        labels = Labels(text)
        assert status == 200
        assert labels.fields <= labels.labelled, url
        assert '<html lang="en">' in text
        assert "<main" in text
        assert "<script" not in text
        assert re.findall(r'(?:src|href)="https?://(?!app\.example|127\.0\.0\.1)', text) == []
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    for name in ("/static/sandbox.css", "/favicon.ico"):
        assert fetch(sandbox.url + name)[0] == 200
    assert fetch(sandbox.url + "/static/..%2Fsettings.py")[0] == 404
