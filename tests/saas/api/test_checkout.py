"""Going to payment without a browser, with the sandbox at the other end."""

import pytest

from orgs.roles import Role
from subscriptions.actions.plans import push_plans
from subscriptions.models import CheckoutAttempt
from tests.builders import a_member, a_user, an_organization, the_owner
from tests.saas.api.calling import a_program, is_problem
from tests.sandbox_control import pay, the_sandbox

pytestmark = pytest.mark.django_db

CHECKOUT = "/organizations/guild/checkout"
CHOICE = {"plan": "team", "interval": "month", "seats": 3, "accepts_terms": True}


@pytest.fixture(autouse=True)
def _on_sale() -> None:
    the_sandbox().reset()
    push_plans()


def test_a_company_founded_by_a_program_pays_and_reads_what_it_pays_for() -> None:
    founder = a_user(name="Rosa")
    program = a_program(founder)
    program.post("/organizations", {"name": "guild", "display_name": "The Guild"})

    begun = program.post(CHECKOUT, CHOICE)
    pay(CheckoutAttempt.objects.get().session_id)
    again = program.post(CHECKOUT, CHOICE)

    assert begun.status == 201, begun.body
    assert begun.body["url"].startswith("http")
    bought = {name: begun.body[name] for name in ("plan", "interval", "seats")}
    assert bought == {"plan": "team", "interval": "month", "seats": 3}
    assert begun.body["begun_by"]["id"] == str(founder.public_id)
    assert is_problem(again, 409, "already_subscribed")
    billing = program.get("/organizations/guild/billing").body
    assert billing["standing"] == "active"
    assert billing["seats_taken"] == 1
    assert billing["subscription"]["plan"] == "team"
    assert billing["subscription"]["seats"] == 3
    assert billing["subscription"]["price_per_seat"] == {"amount": 1200, "currency": "usd"}
    assert billing["subscription"]["renews_at"] is not None
    assert billing["subscription"]["ends_at"] is None
    assert billing["grace"] is None


def test_two_who_ask_for_the_same_get_the_same_page_and_are_told_who_began() -> None:
    organization = an_organization("guild", standing="restricted")
    owner, payer = the_owner(organization), a_member(organization, Role.BILLING_MANAGER)

    first = a_program(owner).post(CHECKOUT, CHOICE).body
    second = a_program(payer).post(CHECKOUT, CHOICE).body

    assert first["url"] == second["url"]
    assert second["begun_by"]["id"] == str(owner.user.public_id)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"accepts_terms": False}, 422, "terms_not_accepted"),
        ({"plan": "gold"}, 422, "no_such_plan"),
        ({"plan": "community"}, 422, "no_such_plan"),
        ({"seats": 0}, 422, "invalid"),
        ({"seats": "3"}, 422, "invalid"),
        ({"seats": 10**20}, 422, "invalid"),
        ({"interval": "day"}, 422, "invalid"),
        ({"price": 1}, 422, "invalid"),
    ],
)
def test_what_cannot_be_bought_is_said(wrong: dict[str, object], status: int, code: str) -> None:
    """With a pointer to the field. Red without ``accepts_terms`` as it in ``checkout``."""
    program = a_program(the_owner(an_organization("guild", standing="restricted")))

    answer = program.post(CHECKOUT, {**CHOICE, **wrong})

    assert is_problem(answer, status, code)
    (field,) = wrong
    assert [error["pointer"] for error in answer.body["errors"]] == [f"/{field}"]
    assert not CheckoutAttempt.objects.exists()


def test_communities_have_nothing_to_buy() -> None:
    program = a_program(the_owner(an_organization("guild", kind="community")))

    assert is_problem(program.post(CHECKOUT, CHOICE), 409, "not_a_company")
