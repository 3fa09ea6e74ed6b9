"""A name's road, in a real browser: renamed, found again by its old address, deleted, kept."""

import pytest

from saas.development import PASSWORD
from tests.builders import a_user, an_organization
from tests.journeys.conftest import Walkers

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_old_link_leads_on_and_a_deletion_is_taken_back(
    a_walker: Walkers, scripts: bool
) -> None:
    ana, visitor = a_walker(scripts=scripts), a_walker(scripts=scripts)

    owner = a_user("ana@northwind.example", name="Ana Ortiz", password=PASSWORD)
    an_organization("northwind", owner=owner)
    ana.enter(owner)
    ana.visit("/orgs/northwind/settings/")
    ana.page.get_by_label("Everybody may see the profile").check()
    ana.press("Save who sees it")
    ana.follow("Rename")
    ana.fill(name="southwind", confirmation="northwind")
    ana.press("Rename")
    ana.sees("The name is southwind now.")
    ana.visit("/orgs/northwind/teams/?cursor=")
    assert ana.path == "/orgs/southwind/teams/"
    visitor.visit("/orgs/northwind/")
    assert visitor.path == "/orgs/southwind/"
    visitor.sees("Nobody has chosen to be seen here.")
    ana.visit("/orgs/southwind/settings/")
    ana.follow("Delete Northwind")
    ana.fill(password=PASSWORD)
    ana.press("Continue")
    ana.fill(confirmation="southwind")
    ana.press("Delete organization")
    ana.sees("Northwind is being closed", "It can be read and left until")
    ana.press("Keep Northwind")
    ana.sees("Northwind stays.")
