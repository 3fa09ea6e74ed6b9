"""To Stripe and back: one open checkout for each organization, whoever clicks how often."""

import html
import re
from datetime import timedelta

import pytest

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Refusal
from orgs.models import Organization
from orgs.roles import Role
from subscriptions.actions.checkout import Choice
from subscriptions.actions.grants import give_community_grant
from subscriptions.models import CheckoutAttempt, Intent, StripeCustomer, Subscription
from subscriptions.refusals import AlreadySubscribed
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in
from tests.sandbox_control import DECLINED_CARD, Sandbox, pay
from tests.subscriptions.stage import (
    FORM,
    Company,
    a_checkout,
    a_company,
    a_paying_company,
    click,
    deliver,
    drive_everything,
    look,
    sessions,
)

pytestmark = pytest.mark.django_db


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
@pytest.mark.parametrize("place", ["checkout", "portal", "subscribe", "billing", "returned"])
def test_strangers_meet_nothing_and_members_a_closed_door(
    sandbox: Sandbox, role: str, status: int, place: str
) -> None:
    """Red without ``require`` in the views: the form would be shown, or Stripe asked."""
    company = a_company()
    user = a_member(company.organization, role).user if role else a_user()
    browser = signed_in(user)
    ask = browser.post if place in ("checkout", "portal") else browser.get
    with sandbox.unheard():
        assert ask(company.url(place), FORM).status_code == status
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


@pytest.mark.parametrize("place", ["checkout", "portal"])
def test_what_writes_is_not_reached_by_following_a_link(sandbox: Sandbox, place: str) -> None:
    company = a_company()
    with sandbox.unheard():
        assert signed_in(company.owner).get(company.url(place)).status_code == 405
    assert everything() == (0, 0, 0, 0)


def test_looking_at_pages_writes_nothing_and_asks_stripe_nothing(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    before = everything(), AuditEvent.objects.count(), company.revision
    with sandbox.unheard():
        assert browser.get(company.url("billing")).status_code == 200
        assert browser.get(company.url("subscribe")).headers["Location"] == company.url("billing")
    assert (everything(), AuditEvent.objects.count(), company.revision) == before


def test_who_pays_while_another_chooses_pays_once(sandbox: Sandbox) -> None:
    company = a_company()
    attempt = a_checkout(company)
    assert pay(attempt.session_id)["ok"]
    with pytest.raises(AlreadySubscribed):
        a_checkout(company, Choice("business", "year", 9))
    assert clock.now() - attempt.begun_at < timedelta(hours=1)
    assert len(sandbox.ledger()["subscriptions"]) == 1
