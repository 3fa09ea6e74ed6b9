"""Automatic seats: paid for is who takes one, up to a ceiling, and in one call for many."""

from datetime import timedelta
from typing import Any

import pytest

from kernel import clock
from kernel.refusals import Forbidden
from orgs.actions.invitations import accept_invitation
from orgs.actions.members import leave, remove_member
from orgs.entitlements import Limit
from orgs.models import Organization
from orgs.policy import decide
from orgs.refusals import NoSeatLeft, StandingWithholds
from orgs.roles import Role
from subscriptions import following as following_driver
from subscriptions import intents
from subscriptions.actions.checkout import Choice
from subscriptions.actions.following import (
    QUIET,
    fix_seats,
    set_ceiling,
    unfollowed,
)
from subscriptions.following import follow_seats
from subscriptions.gateway.client import write
from subscriptions.models import SeatCeiling, SubscriptionChange
from subscriptions.refusals import ChangeUnderWay, NothingRuns, SeatsOutOfRange
from tests.builders import a_member, a_user, an_actor, an_invitation
from tests.sandbox_control import Sandbox
from tests.subscriptions.changes import asked, confirmed, seats_of
from tests.subscriptions.stage import (
    Company,
    a_company,
    a_failing_company,
    a_paying_company,
    drive_everything,
    look,
    sandbox,
)
from tests.subscriptions.test_interrupted import Killed, die_after, die_before

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db


def following(company: Company, ceiling: int = 10) -> Company:
    set_ceiling(organization=company.organization, ceiling=ceiling, actor=an_actor(company.owner))
    return company


def join(company: Company) -> Any:
    """Let somebody accept an invitation, as people do."""
    person = a_user()
    _, token = an_invitation(company.organization, email=person.email)
    return accept_invitation(token=token, user=person, actor=an_actor(person))


def after_quiet() -> int:
    """Follow once nobody has come or gone for a while."""
    with clock.held_at(clock.now() + QUIET):
        return follow_seats()


def at_stripe(sandbox: Sandbox) -> int:
    [subscription] = sandbox.ledger()["subscriptions"]
    return int(subscription["items"]["data"][0]["quantity"])


def updates(sandbox: Sandbox) -> int:
    """How often the number was changed at Stripe."""
    letters = sandbox.letters("customer.subscription.updated")
    told = [letter.event["data"].get("previous_attributes") or {} for letter in letters]
    return sum("items" in before for before in told)


def test_what_is_paid_for_becomes_who_takes_a_seat(sandbox: Sandbox) -> None:
    company = following(a_paying_company())
    assert company.phase.limits[Limit.SEATS] == 10

    assert after_quiet() == 1

    assert (at_stripe(sandbox), company.subscription.quantity) == (1, 1)
    assert seats_of(company) == 10, "the ceiling is what may be taken"
    assert after_quiet() == 0


def test_many_who_come_at_once_are_one_call(sandbox: Sandbox) -> None:
    """Red without ``_is_quiet``: the first would be followed before the others came."""
    company = following(a_paying_company(), ceiling=50)
    after_quiet()
    before = updates(sandbox)

    with clock.held_at(clock.now() + timedelta(hours=1)):
        for _ in range(20):
            join(company)
            assert follow_seats() == 0
        assert after_quiet() == 1

    assert updates(sandbox) - before == 1
    assert at_stripe(sandbox) == 21


def test_nobody_waits_for_quiet_longer_than_a_minute(sandbox: Sandbox) -> None:
    company = following(a_paying_company())
    after_quiet()
    begun = clock.now() + timedelta(seconds=30)
    changed = []
    for second in range(0, 75, 5):
        with clock.held_at(begun + timedelta(seconds=second)):
            if second % 10 == 0:
                join(company)
            changed.append(follow_seats())

    assert sum(changed) == 1
    assert changed.index(1) == 12


def test_three_changes_a_minute_are_enough(sandbox: Sandbox) -> None:
    """Red without ``_went_too_often``."""
    company = following(a_paying_company())
    moment = clock.now()
    made = []
    for number in range(5):
        with clock.held_at(moment + number * timedelta(seconds=30)):
            join(company)
        with clock.held_at(moment + number * timedelta(seconds=30) + QUIET):
            made.append(follow_seats())

    assert made == [1, 1, 1, 0, 0]
    assert unfollowed().exists()


def test_who_leaves_is_credited_with_the_next_invoice_and_never_in_cash(sandbox: Sandbox) -> None:
    company = following(a_paying_company(choice=Choice("team", "month", 1)))
    members = [join(company) for _ in range(2)]
    after_quiet()
    remove_member(
        organization=company.organization, user=members[0].user, actor=an_actor(company.owner)
    )
    leave(organization=company.organization, actor=an_actor(members[1]))

    with clock.held_at(clock.now() + timedelta(minutes=2)):
        after_quiet()
    sandbox.to_next_renewal()
    look(company)

    paid = [row["amount_paid"] for row in sandbox.ledger()["invoices"]]
    assert at_stripe(sandbox) == 1
    assert sorted(paid) == [1200, 1200], "came and went within the minute: nothing is left to pay"


def test_the_ceiling_holds_and_says_who_may_raise_it(sandbox: Sandbox) -> None:
    """Red without ``ceiling`` in ``sources_of``, or ``seats_follow`` in ``_one_seat_more``."""
    company = following(a_paying_company(), ceiling=2)
    join(company)
    late = a_user()
    manager = an_actor(a_member(company.organization, Role.BILLING_MANAGER))

    _, token = an_invitation(company.organization, email=late.email)
    with pytest.raises(NoSeatLeft):
        accept_invitation(token=token, user=late, actor=an_actor(late))
    answer = decide(an_actor(company.owner), "members:invite_member", company.organization)

    assert answer.reason == "no_seat_left"
    assert answer.remedy is not None
    assert answer.remedy.url.endswith("/billing/ceiling/")
    set_ceiling(organization=company.organization, ceiling=3, actor=manager)
    accept_invitation(token=token, user=late, actor=an_actor(late))


def test_whoever_invites_cannot_spend_past_it(sandbox: Sandbox) -> None:
    """Red without ``require`` in ``set_ceiling`` and ``fix_seats``."""
    company = a_paying_company()
    for role in (Role.MANAGER, Role.MEMBER):
        actor = an_actor(a_member(company.organization, role))
        with pytest.raises(Forbidden):
            set_ceiling(organization=company.organization, ceiling=9, actor=actor)
        with pytest.raises(Forbidden):
            fix_seats(organization=company.organization, actor=actor)
    assert not SeatCeiling.objects.exists()


def test_a_ceiling_below_who_takes_a_seat_is_refused_with_names(sandbox: Sandbox) -> None:
    company = following(a_paying_company())
    member = join(company)

    for ceiling in (1, 0, 10_001):
        with pytest.raises(SeatsOutOfRange) as refused:
            following(company, ceiling)
        assert (str(member.user) in refused.value.sentence) == (ceiling < 2)
    assert SeatCeiling.objects.get().ceiling == 10


def test_without_a_subscription_there_is_nothing_to_follow(sandbox: Sandbox) -> None:
    with pytest.raises(NothingRuns):
        following(a_company())


def test_nothing_that_costs_more_while_an_invoice_is_open(sandbox: Sandbox) -> None:
    """Red without the two looks at FAILING in ``following``."""
    company = a_failing_company(sandbox)
    with pytest.raises(StandingWithholds):
        following(company)
    SeatCeiling.objects.create(subscription=company.subscription, ceiling=9)
    look(company)

    assert seats_of(company) == 3, "the ceiling is no seat that was paid for"
    for _ in range(2):
        a_member(company.organization)
    Organization.objects.filter(pk=company.organization.pk).update(seats_taken=5)
    assert after_quiet() == 0
    Organization.objects.filter(pk=company.organization.pk).update(seats_taken=2)
    assert after_quiet() == 1
    assert at_stripe(sandbox) == 2


def test_a_larger_plan_is_bought_for_who_takes_a_seat(sandbox: Sandbox) -> None:
    company = following(a_paying_company())
    join(company)
    after_quiet()
    company.organization.refresh_from_db()

    quote = asked(company, 7, plan="business")
    done = confirmed(company, quote)

    assert (quote.seats, done.quantity, at_stripe(sandbox)) == (2, 2, 2)
    assert seats_of(company) == 10


def test_a_number_is_fixed_again_once_it_is_paid_for(sandbox: Sandbox) -> None:
    """Red without the refusal in ``fix_seats``: somebody would sit on a seat that is not bought."""
    company = following(a_paying_company(choice=Choice("team", "month", 1)))
    owner = an_actor(company.owner)
    join(company)

    with pytest.raises(ChangeUnderWay):
        fix_seats(organization=company.organization, actor=owner)
    after_quiet()
    for _ in range(2):
        fix_seats(organization=company.organization, actor=owner)

    assert seats_of(company) == 2
    assert not SeatCeiling.objects.exists()


def test_a_year_is_settled_by_the_month(sandbox: Sandbox) -> None:
    """Red without ``pending_invoice_item_interval``: the seat would be charged a year later."""
    company = following(a_paying_company(choice=Choice("team", "year", 1)))
    join(company)
    after_quiet()

    sandbox.advance(days=32)
    look(company)

    paid = [row for row in sandbox.ledger()["invoices"] if row["status"] == "paid"]
    assert [row["amount_paid"] for row in paid] == [12_000, 12_000], "a year of one seat each"


def test_a_number_that_was_changed_at_stripe_is_seen_and_brought_back(sandbox: Sandbox) -> None:
    company = following(a_paying_company())
    after_quiet()
    [row] = sandbox.ledger()["subscriptions"]
    items = [{"id": row["items"]["data"][0]["id"], "quantity": 7}]
    write(lambda stripe: stripe.v1.subscriptions.update(row["id"], {"items": items}))  # type: ignore[arg-type]

    assert after_quiet() == 0, "our row does not know of it yet"
    look(company)
    assert after_quiet() == 1

    assert at_stripe(sandbox) == 1


DEATHS = [
    pytest.param(die_before, following_driver, "carry_out", id="before the call begins"),
    pytest.param(die_before, intents, "change_subscription", id="before Stripe hears"),
    pytest.param(die_after, intents, "change_subscription", id="after Stripe did it"),
    pytest.param(die_before, intents, "next_fence", id="before it is recorded"),
    pytest.param(die_after, following_driver, "carry_out", id="after it is recorded"),
    pytest.param(die_before, following_driver, "refresh", id="before it is looked at"),
]


@pytest.mark.crash("seats that follow")
@pytest.mark.parametrize(("death", "owner", "name"), DEATHS)
def test_whoever_dies_on_the_way_leaves_what_the_sweep_finishes(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, death: Any, owner: object, name: str
) -> None:
    company = following(a_paying_company(choice=Choice("team", "month", 1)))
    join(company)
    with monkeypatch.context() as patched:
        death(patched, owner, name)
        with pytest.raises(Killed):
            after_quiet()

    intents.sweep(age=timedelta(0))
    drive_everything()
    assert after_quiet() == 0

    change = SubscriptionChange.objects.get()
    assert (change.state, change.asked_by_id) == (SubscriptionChange.State.APPLIED, None)
    assert (at_stripe(sandbox), company.subscription.quantity, updates(sandbox)) == (2, 2, 1)


def test_one_that_stripe_does_not_answer_holds_up_no_other(sandbox: Sandbox) -> None:
    first, second = (following(a_paying_company(name)) for name in ("anvils", "bellows"))
    key = first.subscription.subscription_id
    sandbox.faults({"path": f"/v1/subscriptions/{key}", "status": 500, "times": 6})

    assert after_quiet() == 1

    assert (first.subscription.quantity, second.subscription.quantity) == (3, 1)
