"""To Stripe and back: one open checkout for each organization, whoever clicks how often."""

import html
import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Refusal
from orgs.models import Organization
from orgs.roles import Role
from subscriptions.actions.checkout import Choice
from subscriptions.actions.grants import give_community_grant
from subscriptions.checking_out import refresh, start_checkout
from subscriptions.gateway import checkout as gateway
from subscriptions.models import CheckoutAttempt, Intent, StripeCustomer, Subscription
from subscriptions.refusals import AlreadySubscribed
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in
from tests.sandbox_control import DECLINED_CARD, Sandbox, pay
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    a_paying_company,
    deliver,
    drive_everything,
    look,
)

pytestmark = pytest.mark.django_db
FORM = {"plan": "team", "interval": "month", "seats": "3", "terms": "on"}


def click(company: Company, user: User | None = None, **fields: str) -> HttpResponse:
    """Send the form as somebody; a field of "" is left out."""
    form = {key: value for key, value in (FORM | fields).items() if value}
    browser: Client = signed_in(user or company.owner)
    answer = browser.post(company.url("checkout"), form)
    return HttpResponse(answer.content, status=answer.status_code, headers=dict(answer.headers))


def sessions(sandbox: Sandbox, status: str = "") -> list[dict[str, Any]]:
    return [one for one in sandbox.ledger()["sessions"] if not status or one["status"] == status]


def everything() -> tuple[int, ...]:
    """How much there is of what a checkout makes."""
    made = (CheckoutAttempt, Intent, StripeCustomer, Subscription)
    return tuple(model.objects.count() for model in made)


# --- One open checkout ---


def test_the_form_leads_to_stripes_page(sandbox: Sandbox) -> None:
    company = a_company()
    answer = click(company)
    (session,) = sessions(sandbox)
    assert (answer.status_code, answer["Location"]) == (303, session["url"])
    assert session["customer"] == company.customer_id
    assert (session["ui_mode"], session["mode"]) == ("hosted_page", "subscription")
    attempt = company.organization.checkout_attempts.get()
    assert (attempt.session_id, attempt.state) == (session["id"], "open")
    assert (attempt.begun_by, attempt.terms_revision) == (company.owner, "2026-11")
    assert company.phase.standing == "restricted", "a session opens nothing"
    told = AuditEvent.objects.get(name="checkout.begun")
    assert (told.actor_id, told.facts["seats"]) == (company.owner.pk, 3)


def test_two_tabs_lead_to_the_same_page(sandbox: Sandbox) -> None:
    company = a_company()
    first, second = click(company), click(company)
    assert first["Location"] == second["Location"]
    assert len(sandbox.ledger()["sessions"]) == len(sandbox.ledger()["customers"]) == 1
    assert everything()[0] == 1


def test_a_second_owner_reads_who_began_and_goes_on_with_the_same(sandbox: Sandbox) -> None:
    """Red without the question of ``begun_by_id`` in ``_onward``."""
    company = a_company()
    other = a_member(company.organization, Role.OWNER).user
    first = click(company)

    page = click(company, other)
    assert page.status_code == 200
    assert str(company.owner) in page.content.decode()
    joined = click(company, other, join="1")

    assert (joined.status_code, joined["Location"]) == (303, first["Location"])
    assert len(sessions(sandbox)) == 1


def test_another_choice_ends_the_open_session_first(sandbox: Sandbox) -> None:
    """Red without ``_end`` in ``start_checkout``."""
    company = a_company()
    first, second = click(company), click(company, plan="business", seats="5")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] != second["Location"]
    assert [one["status"] for one in sessions(sandbox)] == ["expired", "open"]
    states = company.organization.checkout_attempts.order_by("pk").values_list("state", "plan_key")
    assert list(states) == [("expired", "team"), ("open", "business")]
    assert AuditEvent.objects.filter(name="checkout.ended").count() == 1


def test_another_choice_after_the_payment_buys_nothing_twice(sandbox: Sandbox) -> None:
    """Paid in one tab, chosen anew in another, before any news has come."""
    company = a_company()
    click(company)
    assert pay(company.organization.checkout_attempts.get().session_id)["ok"]

    answer = click(company, plan="business")

    assert answer.status_code in (302, 303, 409)
    assert "/pay/" not in answer.headers.get("Location", "")
    assert len(sandbox.ledger()["subscriptions"]) == len(sessions(sandbox)) == 1
    assert company.phase.standing == "active"


def test_the_same_choice_after_the_payment_leads_home(sandbox: Sandbox) -> None:
    company = a_company()
    click(company)
    assert pay(company.organization.checkout_attempts.get().session_id)["ok"]

    answer = click(company)

    assert answer.status_code in (302, 303, 409)
    assert "/pay/" not in answer.headers.get("Location", "")
    assert len(sandbox.ledger()["subscriptions"]) == len(sessions(sandbox)) == 1


def test_a_session_that_lapsed_makes_way_for_another(sandbox: Sandbox) -> None:
    company = a_company()
    first = click(company)
    sandbox.advance(days=1)
    second = click(company)
    assert (second.status_code, first["Location"] == second["Location"]) == (303, False)
    assert [one["status"] for one in sessions(sandbox)] == ["expired", "open"]


def test_a_page_that_was_left_leaves_everything_as_it_was(sandbox: Sandbox) -> None:
    company = a_company()
    first = click(company)
    before = everything(), company.phases
    browser = signed_in(company.owner)

    page = browser.get(company.url("billing") + "?canceled=1")

    assert page.status_code == 200
    assert "nothing was charged" in page.content.decode()
    assert (everything(), company.phases) == before
    assert click(company)["Location"] == first["Location"]


def test_who_goes_on_with_an_open_checkout_finds_the_same_choice(sandbox: Sandbox) -> None:
    """Red without ``seats`` in what ``subscribe`` reads, or in the link of the page."""
    company = a_company()
    first = click(company, plan="business", interval="year", seats="7")
    browser = signed_in(company.owner)

    page = browser.get(company.url("billing")).content.decode()
    (link,) = re.findall(r'href="([^"]+)">Go on with it<', page)
    form = browser.get(html.unescape(link)).context["form"]

    kept = {name: str(form[name].value()) for name in ("plan", "interval", "seats")}
    assert kept == {"plan": "business", "interval": "year", "seats": "7"}
    again = click(company, None, **kept)
    assert again["Location"] == first["Location"]


def test_a_declined_card_leaves_everything_as_it_was(sandbox: Sandbox) -> None:
    company = a_company()
    first = click(company)
    session_id = company.organization.checkout_attempts.get().session_id
    before = everything(), company.phases, company.revision

    assert not pay(session_id, card=DECLINED_CARD)["ok"]
    deliver(sandbox.letters())
    drive_everything()

    assert (everything(), company.phases, company.revision) == before
    assert sandbox.ledger()["subscriptions"] == []
    assert click(company)["Location"] == first["Location"]
    assert pay(session_id)["ok"], "the same page takes another card"
    look(company)
    assert company.phase.standing == "active"


def test_an_open_session_that_somebody_made_elsewhere_is_not_joined_by_a_second(
    sandbox: Sandbox,
) -> None:
    """A subscription that was made at Stripe's dashboard is found before anything is sold."""
    company = a_company()
    click(company)
    attempt = company.organization.checkout_attempts.get()
    sandbox.call(
        "dashboard/subscriptions", customer=company.customer_id, price=attempt.price_id, quantity=1
    )
    sandbox.advance(days=1)

    answer = click(company)

    assert answer.status_code == 409
    assert len(sessions(sandbox, "open")) == 0
    assert company.phase.standing == "active"


# --- Who may, and what is refused ---


def test_a_running_subscription_is_not_bought_twice(sandbox: Sandbox) -> None:
    """Red without ``AlreadySubscribed`` in ``_may_subscribe``."""
    company = a_paying_company()
    before = everything()
    assert click(company).status_code == 409
    assert everything() == before
    assert len(sessions(sandbox)) == 1


def test_a_community_has_nothing_to_buy(sandbox: Sandbox) -> None:
    """Red without ``NothingToSell`` in ``_may_subscribe``."""
    owner = a_user()
    organization = an_organization(kind="community", owner=owner)
    give_community_grant(organization=organization, reason="known", actor=an_actor(owner))
    assert click(Company(organization, owner)).status_code == 409
    assert everything() == (0, 0, 0, 0)


@pytest.mark.parametrize(("role", "status"), [("", 404), (Role.MEMBER, 403), (Role.MANAGER, 403)])
@pytest.mark.parametrize("page", ["checkout", "portal", "subscribe", "billing", "returned"])
def test_strangers_meet_nothing_and_members_a_closed_door(
    sandbox: Sandbox, role: str, status: int, page: str
) -> None:
    """Red without ``require`` in the views: the form would be shown, or Stripe asked."""
    company = a_company()
    user = a_member(company.organization, role).user if role else a_user()
    browser = signed_in(user)
    ask = browser.post if page in ("checkout", "portal") else browser.get
    with sandbox.unheard():
        assert ask(company.url(page), FORM).status_code == status
    assert everything() == (0, 0, 0, 0)


def test_a_billing_manager_pays_without_a_seat(sandbox: Sandbox) -> None:
    company = a_company()
    payer = a_member(company.organization, Role.BILLING_MANAGER).user
    assert click(company, payer).status_code == 303
    (customer,) = sandbox.ledger()["customers"]
    assert customer["email"] == payer.email
    assert Organization.objects.get(pk=company.organization.pk).seats_taken == 1


@pytest.mark.parametrize(
    "tampered",
    [
        {"terms": ""},
        {"seats": "1"},
        {"seats": "0"},
        {"seats": "-3"},
        {"seats": "10001"},
        {"seats": "many"},
        {"seats": "3.5"},
        {"seats": ""},
        {"plan": "community"},
        {"plan": "enterprise"},
        {"plan": ""},
        {"interval": "day"},
        {"interval": ""},
    ],
)
def test_what_does_not_fit_is_said_beside_the_form(
    sandbox: Sandbox, tampered: dict[str, str]
) -> None:
    """Red without ``_seats_fit``, ``TermsNotAccepted`` or the form's choices. Two have seats."""
    company = a_company()
    a_member(company.organization)
    with sandbox.unheard():
        assert click(company, None, **tampered).status_code == 422
    assert everything() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "choice",
    [
        Choice("community", "month", 3),
        Choice("team", "day", 3),
        Choice("team", "", 3),
        Choice("", "month", 3),
        Choice("team", "month", 0),
        Choice("team", "month", -1),
        Choice("team", "month", 10_001),
    ],
)
def test_the_use_case_refuses_by_itself(sandbox: Sandbox, choice: Choice) -> None:
    """Not only the form: programs call it too."""
    company = a_company()
    with sandbox.unheard(), pytest.raises(Refusal):
        a_checkout(company, choice)
    assert everything() == (0, 0, 0, 0)


def test_a_price_that_was_sent_along_is_not_looked_at(sandbox: Sandbox) -> None:
    company = a_company()
    answer = click(company, price="price_of_mine", price_id="price_of_mine", amount="1")
    assert answer.status_code == 303
    (session,) = sessions(sandbox)
    assert session["amount_subtotal"] == 3 * 1200


@pytest.mark.parametrize("page", ["checkout", "portal"])
def test_what_writes_is_not_reached_by_following_a_link(sandbox: Sandbox, page: str) -> None:
    company = a_company()
    with sandbox.unheard():
        assert signed_in(company.owner).get(company.url(page)).status_code == 405
    assert everything() == (0, 0, 0, 0)


def test_looking_at_pages_writes_nothing_and_asks_stripe_nothing(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    before = everything(), AuditEvent.objects.count(), company.revision
    with sandbox.unheard():
        for page in ("billing", "subscribe"):
            assert browser.get(company.url(page)).status_code == 200
    assert (everything(), AuditEvent.objects.count(), company.revision) == before


# --- Back from Stripe ---


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


# --- Two at once, on two connections ---


def both_at_once(*acts: Callable[[], object]) -> list[str]:
    start, outcomes = threading.Barrier(len(acts)), [""] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        connection.ensure_connection()
        start.wait(timeout=10)
        try:
            act()
            outcomes[index] = "ok"
        except Refusal as refusal:
            outcomes[index] = refusal.reason
        except Exception as error:  # told by the assertion that compares outcomes
            outcomes[index] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_owners_at_once_get_one_session(sandbox: Sandbox) -> None:
    """Red without ``Organization.objects.lock`` in ``begin_attempt`` or ``customer_intent``."""
    for _ in range(4):
        company = a_company()
        other = a_member(company.organization, Role.OWNER).user
        buyers = [Company(company.organization, user) for user in (company.owner, other)]
        attempts: list[CheckoutAttempt] = []

        outcomes = both_at_once(*(partial(_start, buyer, attempts) for buyer in buyers))

        assert "ok" in outcomes
        assert set(outcomes) <= {"ok", "stripe_unavailable"}, outcomes
        ledger = sandbox.ledger()
        mine = [one for one in ledger["sessions"] if one["customer"] == company.customer_id]
        assert len(mine) == 1
        assert len({attempt.url for attempt in attempts}) == 1
        assert company.organization.checkout_attempts.count() == 1
        assert company.organization.stripe_customers.count() == 1
    assert len(ledger["customers"]) == 4


def _start(buyer: Company, attempts: list[CheckoutAttempt]) -> None:
    attempts.append(a_checkout(buyer))


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_choose_differently_at_once_leave_one_open_session(
    sandbox: Sandbox,
) -> None:
    company = a_company()
    other = a_member(company.organization, Role.OWNER).user
    a_checkout(company)

    def choose(user: User, seats: int) -> None:
        start_checkout(
            organization=company.organization,
            choice=Choice("business", "year", seats),
            accepts_terms=True,
            actor=an_actor(user),
        )

    outcomes = both_at_once(lambda: choose(company.owner, 4), lambda: choose(other, 5))

    assert "ok" in outcomes, outcomes
    assert not [one for one in outcomes if "Error" in one or "(" in one], outcomes
    assert len(sessions(sandbox, "open")) == 1
    assert company.organization.checkout_attempts.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_while_stripe_is_slow_leads_to_one_page(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second call is told that its key is under way, and asks again until it is done.

    Red when ``_is_busy`` does not know 409.
    """
    company = a_company()
    click(company)
    company.organization.checkout_attempts.update(state="expired", ended_at=clock.now())
    creates, slow = gateway.create_session, threading.Event()

    def slowly(parameters: dict[str, Any], *, key: str) -> Any:
        if not slow.is_set():
            sandbox.faults({"path": "/v1/checkout/sessions", "hang": 2, "times": 1})
            slow.set()
        return creates(parameters, key=key)

    monkeypatch.setattr(gateway, "create_session", slowly)
    answers: list[HttpResponse] = []

    def second() -> None:
        assert slow.wait(timeout=10)
        _until(lambda: not sandbox.ask("faults")["answers"])
        answers.append(click(company, seats="5"))

    outcomes = both_at_once(lambda: answers.append(click(company, seats="5")), second)

    assert outcomes == ["ok", "ok"]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer["Location"] for answer in answers}) == 1
    assert len([one for one in sessions(sandbox) if one["amount_subtotal"] == 5 * 1200]) == 1


def _until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_pays_while_another_chooses_pays_once(sandbox: Sandbox) -> None:
    company = a_company()
    attempt = a_checkout(company)
    assert pay(attempt.session_id)["ok"]
    with pytest.raises(AlreadySubscribed):
        a_checkout(company, Choice("business", "year", 9))
    assert clock.now() - attempt.begun_at < timedelta(hours=1)
    assert len(sandbox.ledger()["subscriptions"]) == 1
