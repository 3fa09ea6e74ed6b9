"""The page on which a second factor is demanded, and the pages of those who have none."""

import pytest

from orgs.actions.second_factor import demand_second_factor
from orgs.levels import Level
from orgs.models import Organization
from tests.builders import (
    a_member,
    a_project,
    a_role,
    a_second_factor,
    an_actor,
    an_organization,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db
PAGE = "/orgs/acme/settings/second-factor/"


@pytest.fixture
def acme() -> Organization:
    organization = an_organization("acme")
    a_second_factor(the_owner(organization))
    return organization


def test_the_preview_says_who_would_be_locked_out(acme: Organization) -> None:
    without, has = a_member(acme), a_member(acme)
    a_second_factor(has)

    page = signed_in(the_owner(acme)).get(PAGE).content.decode()

    assert "1 member would be locked out" in page
    assert without.user.email in page
    assert has.user.email not in page


def test_it_is_switched_on_and_off(acme: Organization) -> None:
    browser = signed_in(the_owner(acme), fresh=True)

    on = browser.post(PAGE, {"demand": "yes"}, follow=True).content.decode()
    acme.refresh_from_db()
    assert acme.requires_second_factor
    assert "Every member needs a second factor now." in on

    browser.post(PAGE, {"demand": "no"})
    acme.refresh_from_db()
    assert not acme.requires_second_factor


def test_an_owner_without_one_is_led_to_setting_it_up() -> None:
    organization = an_organization("acme")
    browser = signed_in(the_owner(organization))

    page = browser.get(PAGE).content.decode()
    sent = browser.post(PAGE, {"demand": "yes"})

    assert "you would lock yourself out" in page
    assert sent.status_code == 403
    assert "second_factor_required" in sent.content.decode()


def test_managers_are_refused_and_strangers_meet_nothing(acme: Organization) -> None:
    manager, stranger = a_member(acme, "manager"), the_owner(an_organization())

    assert signed_in(manager).get(PAGE).status_code == 403
    assert signed_in(stranger).get(PAGE).status_code == 404


@pytest.mark.parametrize(
    "place", ["", "people/", "people/roles/", "teams/", "billing/", "audit/", "settings/"]
)
def test_every_page_but_leaving_says_what_is_missing(acme: Organization, place: str) -> None:
    """Red without ``_require_second_factor`` in ``orgs.web.visit.visiting``."""
    member = a_member(acme, "manager")
    demand_second_factor(organization=acme, demand=True, actor=an_actor(the_owner(acme)))
    browser = signed_in(member)

    refused = browser.get(f"/orgs/acme/{place}")

    assert refused.status_code == 403
    assert "second_factor_required" in refused.content.decode()
    assert "/account/2fa/" in refused.content.decode()
    assert browser.get("/orgs/acme/people/leave/").status_code == 200
    assert "acme" in browser.get("/orgs/").content.decode()


def test_a_public_project_is_read_as_strangers_read_it(acme: Organization) -> None:
    """Red without ``lacks_second_factor`` in ``orgs.facts.Facts.ways``."""
    wheel = a_project(acme, "wheel")
    manager = a_member(acme, "manager")
    a_role(wheel, manager, Level.ADMINISTER)
    demand_second_factor(organization=acme, demand=True, actor=an_actor(the_owner(acme)))
    browser = signed_in(manager)

    page = browser.get("/projects/wheel/")

    assert page.status_code == 200
    assert the_owner(acme).user.name not in page.content.decode()
    assert browser.get("/projects/wheel/access/").status_code == 403
