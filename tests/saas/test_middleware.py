"""What every request passes through."""

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from audit.models import AuditEvent
from saas.middleware import client_address
from subscriptions.models import Deployment, Price
from tests.builders import a_user, an_organization, signed_in, the_owner

pytestmark = pytest.mark.django_db


def seen(settings: Settings, proxies: int, forwarded: str) -> str:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.9"
    )
    return client_address(request)


def test_without_proxies_the_header_is_not_believed(settings: Settings) -> None:
    assert seen(settings, 0, "1.2.3.4") == "10.0.0.9"


def test_behind_proxies_the_address_is_counted_from_the_right(settings: Settings) -> None:
    """Red when the leftmost entry is taken: a client may write that one itself."""
    assert seen(settings, 1, "6.6.6.6, 1.2.3.4") == "1.2.3.4"
    assert seen(settings, 2, "6.6.6.6, 1.2.3.4, 10.1.1.1") == "1.2.3.4"
    assert seen(settings, 3, "1.2.3.4") == "10.0.0.9"


def test_a_request_id_follows_into_the_log_and_back() -> None:
    organization = an_organization()
    browser = signed_in(the_owner(organization))

    answer = browser.post(
        f"/orgs/{organization.name}/teams/",
        {"name": "core"},
        headers={"X-Request-ID": "trace-me-please-1"},
    )

    assert answer["X-Request-ID"] == "trace-me-please-1"
    assert AuditEvent.objects.get(name="team.created").request_id == "trace-me-please-1"


def test_a_request_id_that_is_none_is_replaced(client: Client) -> None:
    answer = client.get("/", headers={"X-Request-ID": "bad id\twith spaces"})

    assert len(answer["X-Request-ID"]) == 32


def test_a_refusal_becomes_a_page_of_its_kind_with_the_remedy() -> None:
    organization = an_organization(standing="restricted")
    answer = signed_in(the_owner(organization)).post(
        f"/orgs/{organization.name}/teams/", {"name": "core"}
    )

    page = answer.content.decode()
    assert answer.status_code == 402
    assert "standing_restricted" in page
    assert f"/orgs/{organization.name}/billing/" in page


def test_a_service_that_is_away_is_told_with_a_way_to_try_again(settings: Settings) -> None:
    organization = an_organization(standing="restricted")
    settings.DEPLOYMENT = "a copy"  # every write to Stripe is refused from here
    page = f"/orgs/{organization.name}/billing/subscribe/"
    Price.objects.create(
        price_id="price_1", plan_key="team", interval="month", amount=1200, currency="usd"
    )
    Deployment.objects.create(name="the original", live_mode=False)

    answer = signed_in(the_owner(organization)).post(
        f"/orgs/{organization.name}/billing/checkout/",
        {"plan": "team", "interval": "month", "seats": "1", "terms": "on"},
        headers={"Referer": f"http://testserver{page}"},
    )

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert f'href="{page}"' in answer.content.decode()


def test_strangers_meet_the_same_page_as_for_nothing() -> None:
    organization = an_organization()
    stranger = signed_in(a_user())

    real = stranger.get(f"/orgs/{organization.name}/billing/")
    unreal = stranger.get("/orgs/no-such-thing/billing/")

    assert (real.status_code, unreal.status_code) == (404, 404)
    assert organization.display_name not in real.content.decode()


def test_pages_carry_a_strict_policy(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "frame-ancestors 'none'" in policy
