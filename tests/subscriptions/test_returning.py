"""Back from Stripe: what the return page says, and what a look finds of the payment page."""

import time
from datetime import timedelta

import pytest

from subscriptions import intents
from subscriptions.checking_out import refresh
from subscriptions.models import Intent
from tests.builders import a_user, signed_in
from tests.sandbox_control import Sandbox, pay
from tests.subscriptions.stage import (
    Company,
    a_company,
    a_paying_company,
    click,
    deliver,
    drive_everything,
    look,
    sessions,
)

pytestmark = pytest.mark.django_db


def a_paid_session(company: Company) -> str:
    click(company)
    session_id = company.organization.checkout_attempts.open().get().session_id
    assert pay(session_id)["ok"]
    return session_id


def how_it_ended(company: Company) -> tuple[object, ...]:
    row = company.subscription
    attempt = company.organization.checkout_attempts.get()
    phase = company.phase
    return row.status, row.quantity, attempt.state, phase.standing, phase.limits, phase.features


def test_who_returns_before_the_news_and_after_it_ends_alike(sandbox: Sandbox) -> None:
    ends = []
    for first in ("page", "news", "page only"):
        company = a_company()
        told = len(sandbox.letters())
        a_paid_session(company)
        if first == "news":
            deliver(sandbox.letters(after=told))
            drive_everything()
        answer = signed_in(company.owner).get(company.url("returned"))
        assert (answer.status_code, answer["Location"]) == (302, company.url("billing"))
        if first == "page":
            before = company.revision
            deliver(sandbox.letters(after=told))
            drive_everything()
            assert company.revision == before
        ends.append(how_it_ended(company))
    assert ends[0] == ends[1] == ends[2]
    assert ends[0][:4] == ("active", 3, "complete", "active")


def test_the_return_page_grants_nothing_that_stripe_did_not_show(sandbox: Sandbox) -> None:
    company = a_company()
    click(company)
    page = signed_in(company.owner).get(company.url("returned") + "?session_id=cs_forged")
    assert page.status_code == 200
    assert page["Refresh"].startswith("3")
    assert company.phase.standing == "restricted"
    assert company.organization.checkout_attempts.get().state == "open"


def test_the_return_page_of_another_shows_a_stranger_nothing(sandbox: Sandbox) -> None:
    company, stranger = a_company(), a_company()
    a_paid_session(company)
    for user in (stranger.owner, a_user()):
        with sandbox.unheard():
            assert signed_in(user).get(company.url("returned")).status_code == 404
    assert company.phase.standing == "restricted"
    assert not company.organization.subscriptions.exists()


def test_the_return_page_without_a_checkout_leads_home(sandbox: Sandbox) -> None:
    company = a_company()
    with sandbox.unheard():
        answer = signed_in(company.owner).get(company.url("returned"))
    assert answer.status_code == 302


def test_who_returns_from_the_portal_waits_for_no_payment(sandbox: Sandbox) -> None:
    """A subscription ended, a checkout was begun anew and left; then the portal was opened.

    Red without ``not came_to_pay`` in ``returned``: the page would ask until the session expires.
    """
    company = a_paying_company()
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    sandbox.advance(days=40)
    look(company)
    click(company)

    answer = signed_in(company.owner).get(company.url("returned") + "?from=portal")

    assert (answer.status_code, answer.headers.get("Location")) == (302, company.url("billing"))
    assert company.organization.checkout_attempts.open().exists()
    assert signed_in(company.owner).get(company.url("returned")).status_code == 200


def test_the_return_page_does_not_wait_for_a_stripe_that_is_away(sandbox: Sandbox) -> None:
    company = a_company()
    a_paid_session(company)
    sandbox.faults({"path": "/v1/", "status": 500, "times": 1000})
    began = time.monotonic()

    page = signed_in(company.owner).get(company.url("returned"))

    assert (page.status_code, company.phase.standing) == (200, "restricted")
    assert page["Refresh"].startswith("3")
    assert time.monotonic() - began < 10
    sandbox.faults()
    assert signed_in(company.owner).get(company.url("returned")).status_code == 302
    assert company.phase.standing == "active"


def test_the_return_page_does_not_wait_for_a_stripe_that_hangs(sandbox: Sandbox) -> None:
    """Red without ``in_a_hurry`` in ``refresh``."""
    company = a_company()
    a_paid_session(company)
    browser = signed_in(company.owner)
    sandbox.faults({"path": "/v1/", "hang": 8, "times": 1000})
    began = time.monotonic()

    page = browser.get(company.url("returned"))

    assert time.monotonic() - began < 6
    assert (page.status_code, page["Refresh"]) == (200, "3")
    sandbox.faults()
    assert browser.get(company.url("returned")).status_code == 302
    assert company.phase.standing == "active"


def test_a_session_that_is_gone_hides_no_subscription(sandbox: Sandbox) -> None:
    """Red without ``except GoneAtStripe`` in ``_session_of``."""
    company = a_company()
    a_paid_session(company)
    company.organization.checkout_attempts.update(session_id="cs_test_gone")

    for _ in range(2):
        look(company)
        assert (company.subscription.status, company.phase.standing) == ("active", "active")
        assert company.organization.checkout_attempts.get().state == "expired"


def test_where_stripe_knows_nothing_of_ours_no_attempt_ends(sandbox: Sandbox) -> None:
    """The key is of another account. Red without ``canary_answers`` in ``_session_of``."""
    company = a_company()
    click(company)
    sandbox.reset()

    assert not refresh(company.customer_id)

    assert company.organization.checkout_attempts.get().state == "open"


def test_a_payment_page_beside_a_running_subscription_is_closed(sandbox: Sandbox) -> None:
    """Somebody subscribed the company at Stripe's dashboard while its owner stood at the page.

    Red without ``_expire_what_would_double`` in ``look_at_customer``.
    """
    company = a_company()
    click(company)
    attempt = company.organization.checkout_attempts.get()
    sandbox.call(
        "dashboard/subscriptions", customer=company.customer_id, price=attempt.price_id, quantity=4
    )

    look(company)

    assert [one["status"] for one in sessions(sandbox)] == ["expired"]
    assert not pay(attempt.session_id)["ok"]
    assert len(sandbox.ledger()["subscriptions"]) == 1
    attempt.refresh_from_db()
    assert (attempt.state, company.phase.standing) == ("expired", "active")


def test_a_page_that_cannot_be_closed_now_is_closed_by_the_sweep(sandbox: Sandbox) -> None:
    """However often somebody looks meanwhile, one intent waits, and the looks succeed.

    Red without the question of pending intents in ``expiry_intent``, or without ``Unavailable`` in
    ``_expire_what_would_double``.
    """
    company = a_company()
    click(company)
    attempt = company.organization.checkout_attempts.get()
    sandbox.call(
        "dashboard/subscriptions", customer=company.customer_id, price=attempt.price_id, quantity=4
    )
    path = f"/v1/checkout/sessions/{attempt.session_id}/expire"
    sandbox.faults({"path": path, "status": 429, "times": 1000})

    for _ in range(3):
        look(company)
        assert company.phase.standing == "active"

    waiting = Intent.objects.get(kind=Intent.Kind.EXPIRE_SESSION)
    assert (waiting.state, waiting.tries) == ("pending", 3)
    sandbox.faults()
    intents.sweep(age=timedelta(seconds=-60))
    look(company)
    attempt.refresh_from_db()
    assert attempt.state == "expired"


def test_a_late_copy_of_checkout_completed_wakes_nothing_that_has_ended(sandbox: Sandbox) -> None:
    company = a_paying_company()
    completed = sandbox.letters("checkout.session.completed")
    sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
    sandbox.advance(days=40)
    look(company)
    assert company.phase.standing == "restricted"
    before = company.revision

    deliver(completed)
    drive_everything()

    assert (company.phase.standing, company.revision) == ("restricted", before)
