"""The road of a project, in a real browser: to another organization, when both sides want it."""

import pytest

from saas.development import PASSWORD
from tests.builders import a_member, a_project, a_role, a_user, an_organization
from tests.journeys.conftest import Walkers
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_project_moves_between_two_organizations(a_walker: Walkers) -> None:
    ana, dana = a_walker(), a_walker()
    owner = a_user("ana@northwind.example", name="Ana Ortiz", password=PASSWORD)
    receiver = a_user("dana@openatlas.example", name="Dana Kowalska")
    northwind = an_organization("northwind", owner=owner)
    an_organization("open-atlas", owner=receiver)
    ana.enter(owner)
    dana.enter(receiver)
    wheel = a_project(northwind, "wheel", is_private=True)
    a_role(wheel, a_member(northwind))

    offers(ana)
    ana.press("Cancel the offer")
    offers(ana)
    dana.follow_mail("dana@openatlas.example", "/transfers/")
    dana.sees("Ana Ortiz", "Northwind", "Who gets a level", "Whose levels end")
    dana.press("Accept the project")
    dana.sees("Open-Atlas")
    dana.visit("/projects/wheel/access/")
    dana.sees("Dana Kowalska", "owner of open-atlas")
    ana.visit("/projects/wheel/", expect_status=404)


def offers(ana: Walker) -> None:
    """See who loses what; confirm by name."""
    ana.visit("/projects/wheel/transfer/")
    if "reauthenticate" in ana.path:
        ana.fill(password=PASSWORD)
        ana.press("Continue")
    ana.sees("Whose levels end", "own role on the project")
    ana.fill(receiver="open-atlas", confirmation="wheel")
    ana.press("Offer the project")
    ana.sees("On offer")
