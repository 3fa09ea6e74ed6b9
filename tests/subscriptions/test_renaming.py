"""A company that pays is renamed: its money does not notice."""

import pytest

from orgs.actions.names import rename_organization
from orgs.models import Organization
from subscriptions.actions.portal import open_portal
from tests.builders import an_actor, signed_in
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import a_checkout, a_company, a_paying_company, click, look

pytestmark = pytest.mark.django_db


def renamed(organization: Organization, name: str) -> Organization:
    """Rename as its owner does."""
    owner = organization.memberships.owners().get()
    return rename_organization(
        organization=organization,
        name=name,
        confirmation=organization.name,
        actor=an_actor(owner),
    )


def test_the_customer_and_the_subscription_stay(sandbox: Sandbox) -> None:
    company = a_paying_company("old-firm")
    before = company.customer_id

    renamed(company.organization, "new-firm")
    sandbox.advance(days=32)
    look(company)

    assert company.customer_id == before
    assert company.subscription.status == "active"
    assert company.phase.standing == "active"
    organization = Organization.objects.get(pk=company.organization.pk)
    url = open_portal(organization=organization, actor=an_actor(company.owner))
    assert url.startswith("http")


def test_a_payment_page_that_was_open_leads_back(sandbox: Sandbox) -> None:
    """Its addresses carry the old name, since Stripe has them already."""
    company = a_company("old-firm")
    attempt = a_checkout(company)

    renamed(company.organization, "new-firm")
    browser = signed_in(company.owner)

    for address in ("success_url", "cancel_url"):
        path = attempt.parameters[address].partition("/orgs/")[2]
        answer = browser.get(f"/orgs/{path}")
        assert answer.status_code == 302
        assert answer["Location"] == f"/orgs/{path}".replace("old-firm", "new-firm")


def test_the_same_choice_after_a_rename_is_the_same_payment_page(sandbox: Sandbox) -> None:
    company = a_company("old-firm")
    attempt = a_checkout(company)

    renamed(company.organization, "new-firm")
    answer = click(company)

    assert answer["Location"] == attempt.url
