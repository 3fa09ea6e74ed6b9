"""Every page of an organization: who sees it, and who meets nothing."""

import pytest

from tests.builders import (
    a_member,
    a_team,
    an_invitation,
    an_organization,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "settings/",
    "people/",
    "people/roles/",
    "people/leave/",
    "people/{person}/",
    "people/{person}/remove/",
    "teams/",
    "teams/core/",
    "teams/core/edit/",
    "teams/core/delete/",
    "audit/",
]


@pytest.fixture
def pages() -> list[str]:
    """Addresses of a lively organization's pages."""
    organization = an_organization("acme")
    somebody = a_member(organization)
    a_team(organization, "core", members=[somebody], maintainers=[the_owner(organization)])
    an_invitation(organization)
    return [f"/orgs/acme/{page.format(person=somebody.user.public_id)}" for page in PAGES]


def test_an_owner_sees_every_page(pages: list[str]) -> None:
    from orgs.models import Organization
    owner = signed_in(the_owner(Organization.objects.get()))

    for page in pages:
        assert owner.get(page).status_code == 200, page
    for page in ("/orgs/", "/orgs/new/"):
        assert owner.get(page).status_code == 200, page
