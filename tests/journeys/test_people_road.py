"""The road of somebody new, in a real browser: invited, let in, given rights, and offboarded."""

import pytest

from tests.builders import a_project, a_user, an_organization
from tests.journeys.conftest import Walkers
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
BEN = "ben@northwind.example"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_comes_works_and_goes(a_walker: Walkers, scripts: bool) -> None:
    ana, ben = a_walker(scripts=scripts), a_walker(scripts=scripts)
    owner = a_user("ana@northwind.example", name="Ana Ortiz")
    a_project(an_organization("northwind", owner=owner), "wheel", is_private=True)
    ana.enter(owner)

    invites(ana)
    joins(ben)
    ben.visit("/projects/wheel/", expect_status=404)
    puts_into_a_team(ana)
    gives_the_team_a_level(ana)
    ben.visit("/projects/wheel/")
    ben.sees("Publish", "team core grants it")
    ana.visit("/projects/wheel/access/")
    ana.sees("Ben Mwangi", "team core grants it", "owner of northwind")
    offboards(ana)
    for path in ("/projects/wheel/", "/orgs/northwind/people/"):
        ben.visit(path, expect_status=404)


def invites(ana: Walker) -> None:
    ana.visit("/orgs/northwind/people/")
    ana.fill(email=BEN)
    ana.page.get_by_role("main").get_by_label("Member:").check()
    ana.press("Send invitation")
    ana.sees(BEN)


def joins(ben: Walker) -> None:
    """Follow the mail, make an account on the way, and accept."""
    ben.follow_mail(BEN, "/invitations/")
    ben.sees("Ana Ortiz", "as Member")
    ben.follow("Create account")
    ben.make_account("Ben Mwangi", BEN)
    ben.press("Accept and join")
    ben.stands_at("/orgs/northwind/")


def puts_into_a_team(ana: Walker) -> None:
    ana.visit("/orgs/northwind/teams/")
    ana.fill(name="core")
    ana.press("Create team")
    ana.visit("/orgs/northwind/teams/core/")
    ana.page.get_by_label("Ben Mwangi").check()
    ana.press("Add to team")
    ana.sees("Ben Mwangi")


def gives_the_team_a_level(ana: Walker) -> None:
    ana.visit("/orgs/northwind/teams/core/projects/")
    ana.page.get_by_role("main").get_by_label("wheel").check()
    ana.page.locator("form:has([name=projects]) [name=level][value=publish]").check()
    ana.press("Give this level")


def offboards(ana: Walker) -> None:
    """See what is lost, before it is."""
    ana.visit("/orgs/northwind/people/")
    ana.follow("Remove Ben Mwangi")
    ana.sees("They lose at once", "the role Member, with its seat", "the team core")
    ana.press("Remove")
    ana.sees("Ana Ortiz")
