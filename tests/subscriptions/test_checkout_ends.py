"""How a checkout ends: however it does, the log tells it once."""

from datetime import timedelta

import pytest

from audit.models import AuditEvent
from kernel import clock
from subscriptions import intents
from subscriptions.actions.checkout import ABANDONED, begin_attempt
from subscriptions.gateway import checkout as gateway
from subscriptions.gateway.client import StripeRefused
from subscriptions.models import CheckoutAttempt, Intent, Price
from tests.builders import an_actor
from tests.sandbox_control import DAY, Sandbox, pay
from tests.subscriptions.stage import TEAM_MONTHLY, Company, a_checkout, a_company, look

pytestmark = pytest.mark.django_db


def told_ends(company: Company) -> list[tuple[int, str]]:
    """Which attempts the log says to have ended, and how."""
    events = AuditEvent.objects.filter(
        name="checkout.ended", organization_id=company.organization.pk
    )
    return [(e.facts["attempt_id"], e.facts["outcome"]) for e in events.order_by("pk")]


def ended(company: Company) -> list[tuple[int, str]]:
    """Which attempts have ended, and how."""
    attempts = CheckoutAttempt.objects.filter(organization=company.organization)
    return list(attempts.exclude(state="open").order_by("pk").values_list("pk", "state"))


def begun(company: Company) -> CheckoutAttempt:
    """An attempt of which Stripe has not heard."""
    return begin_attempt(
        organization=company.organization,
        choice=TEAM_MONTHLY,
        accepts_terms=True,
        actor=an_actor(company.owner),
    )


def test_what_was_paid_is_told_once(sandbox: Sandbox) -> None:
    company = a_company()
    attempt = a_checkout(company)
    assert pay(attempt.session_id)["ok"]
    for _ in range(2):
        look(company)
    assert told_ends(company) == ended(company) == [(attempt.pk, "complete")]


def test_one_that_was_abandoned_before_stripe_heard_of_it_is_told(sandbox: Sandbox) -> None:
    """Red without ``end_attempt`` in ``_was_abandoned``."""
    company = a_company()
    first = begun(company)
    CheckoutAttempt.objects.update(begun_at=clock.now() - ABANDONED - timedelta(seconds=1))

    assert begun(company) != first

    assert told_ends(company) == ended(company) == [(first.pk, "expired")]


def test_one_whose_session_was_never_made_is_told(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key grew too old to send again. Red without ``end_attempt`` in ``_keep_session``."""
    company = a_company()

    def dying(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(gateway, "create_session", dying)
        with pytest.raises(KeyboardInterrupt):
            a_checkout(company)
    Intent.objects.update(created_at=clock.wall() - timedelta(seconds=DAY))
    intents.sweep(age=timedelta(0))

    (attempt,) = company.organization.checkout_attempts.all()
    assert told_ends(company) == ended(company) == [(attempt.pk, "expired")]


def test_one_that_stripe_refused_is_told(sandbox: Sandbox) -> None:
    """Red without ``end_attempt`` in ``_fail``."""
    company = a_company()
    Price.objects.filter(plan_key="team", interval="month").update(price_id="price_gone")

    with pytest.raises(StripeRefused):
        a_checkout(company)

    (attempt,) = company.organization.checkout_attempts.all()
    assert told_ends(company) == ended(company) == [(attempt.pk, "expired")]
