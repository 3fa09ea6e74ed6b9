"""A buyer pays an order by a link, with no account and no seat; it dies when it should."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Forbidden, Invalid, NotFound
from orgs.actions.members import change_role
from orgs.entitlements import Standing
from orgs.roles import Role
from subscriptions.actions.buyer_links import (
    LIFE,
    leads_on,
    link_behind,
    make_buyer_link,
    revoke_buyer_link,
)
from subscriptions.actions.checkout import Choice
from subscriptions.checking_out import order_by_link, start_buyers_checkout, take_link_back
from subscriptions.gateway import checkout
from subscriptions.intents import sweep
from subscriptions.models import BuyerLink, CheckoutAttempt, Intent, Price
from subscriptions.refusals import (
    AlreadySubscribed,
    CheckoutOver,
    OrderOver,
    SeatsOutOfRange,
    TermsNotAccepted,
)
from tests.builders import a_member, an_actor
from tests.sandbox_control import Sandbox, pay
from tests.subscriptions.stage import (
    Company,
    a_checkout,
    a_company,
    a_paying_company,
    look,
    sessions,
)
from tests.subscriptions.test_holds import held
from tests.subscriptions.test_interrupted import Killed

pytestmark = pytest.mark.django_db
ORDER = Choice("team", "month", 3)
BUYER = {"name": "Bea Buyer", "email": "bea@finance.example", "terms": "on"}


def an_order(company: Company, choice: Choice = ORDER) -> BuyerLink:
    return make_buyer_link(
        organization=company.organization, choice=choice, actor=an_actor(company.owner)
    )


def at(link: BuyerLink) -> str:
    return urlsplit(link.address).path


def begin(link: BuyerLink, **more: Any) -> CheckoutAttempt:
    asked: dict[str, Any] = {"name": "Bea Buyer", "email": "bea@finance.example"}
    asked["accepts_terms"] = True
    return start_buyers_checkout(link=link, **asked | more)


def test_a_buyer_pays_and_sees_paid_and_no_more(sandbox: Sandbox) -> None:
    company = a_company()
    link, anybody = an_order(company), Client()
    members = company.organization.memberships.count()

    shown = anybody.get(at(link)).content.decode()
    assert "$36.00 every month" in shown
    assert company.owner.email not in shown
    led = anybody.post(at(link), BUYER)
    [session] = sessions(sandbox)
    assert (led.status_code, led["Location"]) == (303, session["url"])
    assert session["success_url"] == link.address
    assert pay(session["id"])["ok"]

    paid = anybody.get(at(link)).content.decode()

    assert "Paid" in paid
    assert company.phase.standing == Standing.ACTIVE
    assert company.organization.memberships.count() == members
    assert not User.objects.filter(email="bea@finance.example").exists()
    [customer] = sandbox.ledger()["customers"]
    assert customer["email"] == "bea@finance.example"
    event = AuditEvent.objects.get(name="checkout.begun")
    assert (event.actor_kind, event.actor_name) == ("buyer", "Bea Buyer")
    assert anybody.post(at(link), BUYER).status_code == 409, "paid is paid"
    assert len(sandbox.ledger()["charges"]) == 1


def test_looking_opens_nothing(sandbox: Sandbox) -> None:
    link = an_order(a_company())

    for _ in range(3):
        assert Client().get(at(link)).status_code == 200

    assert sessions(sandbox) == []
    assert not CheckoutAttempt.objects.exists()


def test_two_clicks_and_two_buyers_get_one_session(sandbox: Sandbox) -> None:
    link = an_order(a_company())

    first, second = begin(link), begin(link, name="Bob Buyer")

    assert first.pk == second.pk
    assert len(sessions(sandbox)) == 1


def test_the_session_of_an_owner_is_ended_for_the_buyers(sandbox: Sandbox) -> None:
    """Red without ``is_of_the_link``: the buyer would be led back to a page they cannot see."""
    company = a_company()
    a_checkout(company, ORDER)
    link = an_order(company)

    attempt = begin(link)

    assert attempt.buyer_link == link
    assert [one["status"] for one in sessions(sandbox)].count("open") == 1


DEATHS = (
    "revoked", "expired", "another", "repriced", "subscribed", "demoted", "grown", "held", "gone",
)  # fmt: skip


@pytest.mark.parametrize("death", DEATHS)
def test_it_dies_with_whatever_it_rests_on(sandbox: Sandbox, death: str) -> None:
    """Red without each of the questions in ``leads_on``."""
    company = a_company()
    second = a_member(company.organization, Role.OWNER)
    link, moment = an_order(company), clock.now()
    if death == "revoked":
        revoke_buyer_link(organization=company.organization, actor=an_actor(company.owner))
    elif death == "expired":
        moment += LIFE
    elif death == "another":
        an_order(company, Choice("team", "month", 5))
    elif death == "repriced":
        Price.objects.filter(price_id=link.price_id).update(is_sold=False)
    elif death == "subscribed":
        assert pay(a_checkout(company).session_id)["ok"]
        look(company)
    elif death == "demoted":
        change_role(
            organization=company.organization,
            user=company.owner,
            role=Role.MEMBER,
            actor=an_actor(second, fresh=True),
        )
    elif death == "grown":
        for _ in range(3):
            a_member(company.organization)
    elif death == "held":
        held(company)
    else:
        User.objects.filter(pk=company.owner.pk).update(is_active=False)

    with clock.held_at(moment):
        assert not leads_on(link_behind(link.token))
        with pytest.raises(OrderOver):
            begin(link_behind(link.token))
        shown = Client().get(at(link))
        sent = Client().post(at(link), BUYER)

    assert "cannot be paid any more" in shown.content.decode()
    assert sent.status_code == 409


@pytest.mark.parametrize("death", ["taken back", "replaced"])
@pytest.mark.parametrize("answers", [True, False])
def test_the_payment_page_dies_with_its_link(sandbox: Sandbox, death: str, answers: bool) -> None:
    """Red without ``expiry_intent`` in ``_revoke``: an order that is no more could be paid."""
    company = a_company()
    begin(an_order(company))
    actor = an_actor(company.owner)
    if not answers:
        sandbox.faults({"method": "POST", "path": "/v1/checkout", "drop": True, "times": 9})

    if death == "taken back":
        take_link_back(organization=company.organization, actor=actor)
    else:
        more = Choice(ORDER.plan_key, ORDER.interval, ORDER.seats + 1)
        order_by_link(organization=company.organization, choice=more, actor=actor)
    sandbox.faults()
    sweep(age=-timedelta(days=1))

    [session] = sessions(sandbox)
    assert session["status"] == "expired"


@pytest.mark.parametrize("dies", [False, True])
def test_a_page_that_was_being_opened_dies_with_its_link(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    """Red without ``expiry_intent`` in ``_keep_session``."""
    company = a_company()
    link = an_order(company)
    opened = checkout.create_session

    def taken_back_meanwhile(*args: Any, **named: Any) -> Any:
        take_link_back(organization=company.organization, actor=an_actor(company.owner))
        session = opened(*args, **named)
        if dies:
            raise Killed
        return session

    with monkeypatch.context() as patched:
        patched.setattr(checkout, "create_session", taken_back_meanwhile)
        with pytest.raises(Killed if dies else CheckoutOver):
            begin(link)
    if dies:
        sweep(age=-timedelta(days=1))
        sweep(age=-timedelta(days=1))

    [session] = sessions(sandbox)
    assert session["status"] == "expired"
    assert Intent.objects.filter(kind=Intent.Kind.EXPIRE_SESSION).count() == 1
    with pytest.raises(OrderOver):
        begin(link_behind(link.token))


def test_what_was_paid_is_not_ended_with_its_link(sandbox: Sandbox) -> None:
    """Red without ``open()`` in ``_revoke``."""
    company = a_company()
    attempt = begin(an_order(company))
    assert pay(attempt.session_id)["ok"]
    look(company)

    take_link_back(organization=company.organization, actor=an_actor(company.owner))

    assert not Intent.objects.filter(kind=Intent.Kind.EXPIRE_SESSION).exists()
    assert company.phase.standing == Standing.ACTIVE


def test_what_a_buyer_sends_wrongly_is_shown_at_its_field(sandbox: Sandbox) -> None:
    link = an_order(a_company())

    for field, wrong in (("name", ""), ("email", "nobody"), ("terms", "")):
        answer = Client().post(at(link), {**BUYER, field: wrong})
        assert answer.status_code == 422, field
    for more, refusal in (
        ({"name": "  "}, Invalid),
        ({"email": "nobody"}, Invalid),
        ({"accepts_terms": False}, TermsNotAccepted),
    ):
        with pytest.raises(refusal):
            begin(link, **more)
    for token in ("", "made-up", link.token + "x"):
        with pytest.raises(NotFound):
            link_behind(token)
    assert Client().get("/buy/made-up/").status_code == 404
    assert sessions(sandbox) == []


def test_only_who_manages_the_billing_orders(sandbox: Sandbox) -> None:
    """Red without ``require`` in ``make_buyer_link`` and ``revoke_buyer_link``."""
    company = a_company()
    for role in (Role.MANAGER, Role.MEMBER):
        actor = an_actor(a_member(company.organization, role))
        with pytest.raises(Forbidden):
            make_buyer_link(organization=company.organization, choice=ORDER, actor=actor)
        with pytest.raises(Forbidden):
            revoke_buyer_link(organization=company.organization, actor=actor)
    with pytest.raises(SeatsOutOfRange):
        an_order(company, Choice("team", "month", 1))


def test_the_same_order_is_the_same_link_and_one_is_open(sandbox: Sandbox) -> None:
    company = a_company()
    first = an_order(company)
    assert an_order(company).pk == first.pk
    second = an_order(company, Choice("business", "year", 3))

    assert list(company.organization.buyer_links.open()) == [second]
    with pytest.raises(IntegrityError):
        BuyerLink.objects.filter(pk=first.pk).update(revoked_at=None)


def test_a_buyer_who_goes_back_may_pay_after_all(sandbox: Sandbox) -> None:
    link, anybody = an_order(a_company()), Client()
    anybody.post(at(link), BUYER)

    back = anybody.get(at(link) + "?canceled=1").content.decode()
    assert "Continue to payment" in back
    again = anybody.post(at(link), BUYER)

    assert again.status_code == 303
    assert len(sessions(sandbox, "open")) == 1


def test_a_company_that_pays_has_nothing_to_order(sandbox: Sandbox) -> None:
    with pytest.raises(AlreadySubscribed):
        an_order(a_paying_company())
