"""A company on its way from founding to an open gate, over HTTP, with the sandbox beyond."""

import pytest
from django.urls import reverse

from orgs.models import Organization
from orgs.policy import decide
from subscriptions.actions.plans import push_plans
from tests.builders import a_user, an_actor, signed_in
from tests.sandbox_control import pay, the_sandbox

pytestmark = pytest.mark.django_db


def test_a_company_pays_and_its_gate_opens_at_once() -> None:
    the_sandbox().reset()
    push_plans()
    founder = a_user()
    browser = signed_in(founder)
    browser.post(reverse("subscriptions:found"), {"name": "acme", "display_name": "Acme"})
    acme = Organization.objects.get(name="acme")
    refused = decide(an_actor(founder), "teams:grow", acme)
    assert (refused.allowed, refused.reason) == (False, "standing_restricted")
    assert refused.remedy is not None
    assert refused.remedy.url == "/orgs/acme/billing/"

    answer = browser.post(
        reverse("subscriptions:checkout", kwargs={"name": "acme"}),
        {"plan": "team", "interval": "month", "seats": "3", "terms": "on"},
    )
    assert answer.status_code == 303, answer.content[:3000]
    session = acme.checkout_attempts.get().session_id
    assert decide(an_actor(founder), "teams:grow", acme).allowed is False
    pay(session)
    answer = browser.get(reverse("subscriptions:returned", kwargs={"name": "acme"}))
    assert answer.status_code == 302

    opened = decide(an_actor(founder), "teams:grow", acme)
    assert opened.allowed, opened
    page = browser.get(reverse("subscriptions:billing", kwargs={"name": "acme"}))
    assert "$36.00" in page.content.decode()
