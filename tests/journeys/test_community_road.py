"""The road of a community, in real browsers: apply, be asked, answer, be approved, work."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.models import StaffRole
from saas.development import PASSWORD
from tests.builders import a_user
from tests.journeys.conftest import Walkers
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
REVIEWER = "rosa@chapterhouse.example"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_community_is_asked_answers_and_is_let_in(a_walker: Walkers, scripts: bool) -> None:
    rosa_herself = a_user(
        REVIEWER, name="Rosa Lund", password=PASSWORD, staff_role=StaffRole.REVIEWER
    )
    TOTP.activate(rosa_herself, generate_totp_secret())
    dana, rosa = a_walker(scripts=scripts), a_walker(scripts=scripts)

    dana.sign_up("Dana Kowalska", "dana@openatlas.example")
    apply(dana)
    page = dana.path
    rosa.sign_in(REVIEWER)
    claim_and_ask(rosa)
    dana.visit(page)
    dana.sees("Which license is it under?")
    dana.page.get_by_label("Your answer").fill("The MIT license.")
    dana.press("Answer")
    approve(rosa)
    dana.visit(page)
    dana.sees("Approved")
    dana.follow("Open the organization")
    dana.visit("/orgs/open-atlas/teams/")
    dana.fill(name="cartographers")
    dana.press("Create team")
    dana.visit("/orgs/open-atlas/teams/")
    dana.sees("cartographers")


def apply(dana: Walker) -> None:
    dana.visit("/apply/")
    dana.page.get_by_label("A community").check()
    dana.press("Go on")
    dana.fill(
        display_name="Open Atlas",
        name="open-atlas",
        url="https://openatlas.example",
        description="Maps of everywhere, drawn together.",
        intended_use="Publishing our map tools, which five of us look after.",
        people="5",
        repository_url="https://code.example/open-atlas",
    )
    dana.press("Submit")
    dana.sees("Your place in the queue: 1")


def claim_and_ask(rosa: Walker) -> None:
    rosa.visit("/staff/")
    rosa.follow("Open Atlas")
    rosa.press("Claim")
    rosa.page.get_by_label("Your question").fill("Which license is it under?")
    rosa.press("Ask the applicant")
    rosa.sees("No answer yet")


def approve(rosa: Walker) -> None:
    rosa.visit(rosa.path)
    rosa.sees("The MIT license.")
    rosa.page.locator("[name=approve-reason]").first.check()
    rosa.page.locator("[name=approve-words]").fill("Welcome.")
    rosa.press("Approve")
    rosa.sees("Open Atlas is approved")
