"""The documentation page in a real browser, under the policy that every page has."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser import Witness

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_the_page_lists_the_operations_and_breaks_no_policy(
    page: Page, live_server: LiveServer
) -> None:
    witness = Witness(page.context, live_server.url)

    page.goto(f"{live_server.url}/api/v1/docs")
    page.get_by_text("/api/v1/decisions").first.wait_for()

    witness.assert_nothing()
