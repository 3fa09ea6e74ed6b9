"""Each life as a script, with the money as somebody worked it out by hand.

Prices are per seat: team $12.00 a month and $120.00 a year, business $29.00 and $290.00. Each life
is lived with its news as they come, shuffled, doubled, and lost and found by comparing: the end is
the same, and the oracle is asked.
"""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from kernel import clock
from kernel.refusals import Refusal
from orgs.actions.members import leave
from orgs.entitlements import Standing
from orgs.refusals import NoSeatLeft
from subscriptions.actions.checkout import Choice
from subscriptions.actions.contracts import Agreed, give_contract
from subscriptions.actions.following import set_ceiling
from subscriptions.gateway.client import write
from subscriptions.models import SubscriptionChange
from tests.builders import an_actor
from tests.sandbox_control import CARD, FAILS_LATER, Sandbox
from tests.subscriptions.scenarios.life import Life
from tests.subscriptions.scenarios.oracle import judge
from tests.subscriptions.scenarios.post import WAYS, Post
from tests.subscriptions.stage import a_checkout, a_company, unpaid
from tests.subscriptions.test_overrides import staff

pytestmark = pytest.mark.django_db
ASKS = "4000002760003184"
"""A card whose bank asks for authentication every time."""


Script = Callable[[Life], None]


def by_the_month(life: Life) -> None:
    life.buy("team", "month", 3)
    life.renew()
    life.renew()
    assert life.charged == [3600, 3600, 3600]
    assert (life.standing, life.seats) == (Standing.ACTIVE, 3)


def by_the_year(life: Life) -> None:
    life.buy("business", "year", 2)
    life.renew()
    assert life.charged == [58000, 58000]
    assert life.company.subscription.interval == "year"


def two_seats_more_in_the_middle(life: Life) -> None:
    life.buy("team", "month", 3)
    life.to_the_middle()
    life.change("team", "month", 5)
    assert life.charged == [3600, 1200], "two seats for half a month"
    assert life.seats == 5
    life.renew()
    assert life.charged == [3600, 1200, 6000]


def three_seats_fewer_in_the_middle(life: Life) -> None:
    life.buy("team", "month", 5)
    life.to_the_middle()
    life.change("team", "month", 2)
    assert life.charged == [6000], "given back as credit, never as cash"
    assert life.seats == 2
    life.renew()
    life.renew()
    assert life.charged == [6000, 600, 2400], "2 × 12.00, less three seats for half a month"


def a_larger_plan_in_the_middle(life: Life) -> None:
    life.buy("team", "month", 3)
    life.to_the_middle()
    life.change("business", "month", 3)
    assert life.charged == [3600, 2550], "3 × (29.00 − 12.00) for half a month"
    life.renew()
    assert life.charged == [3600, 2550, 8700]


def a_smaller_plan_in_the_middle(life: Life) -> None:
    life.buy("business", "month", 3)
    life.to_the_middle()
    life.change("team", "month", 3)
    assert life.charged == [8700]
    life.renew()
    assert life.charged == [8700, 1050], "3 × 12.00, less 3 × 17.00 for half a month"


def from_month_to_year(life: Life) -> None:
    life.buy("team", "month", 2)
    life.to_the_middle()
    life.change("team", "year", 2)
    assert life.charged == [2400, 22800], "2 × 120.00, less two seats for half a month"
    life.renew()
    assert life.charged == [2400, 22800, 24000]


def from_year_to_month(life: Life) -> None:
    """What is left of the year becomes credit that the months use up."""
    life.buy("team", "year", 1)
    life.to_the_middle()
    life.change("team", "month", 1)
    assert life.charged[0] == 12000
    assert sum(life.charged) == 12000, "half a year is left: 60.00 − 12.00 stay as credit"
    for _ in range(5):
        life.renew()
    assert sum(life.charged) == 12000 + 6 * 1200 - 6000


def half_the_first_month(life: Life) -> None:
    coupon = write(lambda stripe: stripe.v1.coupons.create({"percent_off": 50, "duration": "once"}))
    code = write(
        lambda stripe: stripe.v1.promotion_codes.create(
            {"promotion": {"type": "coupon", "coupon": coupon.id}}
        )
    )
    life.buy("team", "month", 3, promotion_code=code.code)
    life.renew()
    assert life.charged == [1800, 3600]


def tried_first(life: Life) -> None:
    attempt = a_checkout(life.company, Choice("team", "month", 3, trial=True))
    assert life.sandbox.call("pay", session=attempt.session_id)["ok"]
    life.post.carry()
    assert (life.standing, life.seats) == (Standing.ACTIVE, 3)
    life.change("team", "month", 4)
    assert sum(life.charged) == 0
    life.wait(14.1)
    assert life.charged[-1] == 4800
    life.renew()
    assert [each for each in life.charged if each] == [4800, 4800]


def failed_and_recovered(life: Life) -> None:
    life.buy("team", "month", 3)
    life.new_card(FAILS_LATER)
    life.renew()
    assert life.standing == Standing.GRACE
    life.wait(5)
    life.new_card(CARD)
    life.pay_what_is_open()
    assert life.standing == Standing.ACTIVE
    assert life.charged == [3600, 3600]


def failed_restricted_and_paid(life: Life) -> None:
    life.buy("team", "month", 3)
    life.new_card(FAILS_LATER)
    life.renew()
    life.wait(13.5)
    assert life.standing == Standing.GRACE
    life.wait(1)
    assert life.standing == Standing.RESTRICTED
    life.new_card(CARD)
    life.pay_what_is_open()
    assert life.standing == Standing.ACTIVE
    assert life.charged == [3600, 3600]


def nobody_grows_in_grace(life: Life) -> None:
    life.buy("team", "month", 3)
    life.new_card(FAILS_LATER)
    life.renew()
    with pytest.raises(Refusal) as refusal:
        life.change("team", "month", 4)
    assert refusal.value.reason == "pay_invoice_first"
    assert life.charged == [3600]


def the_bank_asks_at_renewal(life: Life) -> None:
    life.buy("team", "month", 3, card=ASKS)
    life.renew()
    assert life.standing == Standing.GRACE
    [invoice] = unpaid(life.sandbox)
    assert life.sandbox.call("invoices/pay", invoice=invoice["id"], card=ASKS)["ok"]
    life.post.carry()
    assert life.standing == Standing.ACTIVE
    assert life.charged == [3600, 3600]


def canceled_and_resumed(life: Life) -> None:
    life.buy("team", "month", 3)
    key = life.company.subscription.subscription_id
    life.sandbox.call("portal/cancel", subscription=key)
    life.post.carry()
    assert life.company.subscription.ends_at == life.company.subscription.period_end
    life.sandbox.call("portal/resume", subscription=key)
    life.post.carry()
    life.renew()
    assert life.charged == [3600, 3600]


def canceled_for_good(life: Life) -> None:
    life.buy("team", "month", 3)
    life.sandbox.call("portal/cancel", subscription=life.company.subscription.subscription_id)
    life.post.carry()
    assert life.standing == Standing.ACTIVE
    life.wait(32)
    assert life.standing == Standing.RESTRICTED
    assert life.charged == [3600]
    life.buy("team", "month", 1)
    assert life.standing == Standing.ACTIVE
    assert life.charged == [3600, 1200]


def a_change_that_is_never_paid(life: Life) -> None:
    life.buy("team", "month", 3)
    life.new_card(FAILS_LATER)
    made = life.change("team", "month", 5)
    assert made.state == SubscriptionChange.State.UNPAID
    life.wait(1)
    made.refresh_from_db()
    assert made.state == SubscriptionChange.State.LAPSED
    life.new_card(CARD)
    life.renew()
    assert life.charged == [3600, 3600]
    assert life.seats == 3


def a_change_that_is_paid_later(life: Life) -> None:
    life.buy("team", "month", 3)
    life.to_the_middle()
    life.new_card(FAILS_LATER)
    made = life.change("team", "month", 5)
    assert (made.state, life.seats) == (SubscriptionChange.State.UNPAID, 3)
    life.pay_what_is_open()
    made.refresh_from_db()
    assert (made.state, life.seats) == (SubscriptionChange.State.APPLIED, 5)
    assert life.charged == [3600, 1200]


def seats_follow_who_comes_and_goes(life: Life) -> None:
    life.buy("team", "month", 1)
    set_ceiling(
        organization=life.company.organization, ceiling=4, actor=an_actor(life.company.owner)
    )
    life.to_the_middle()
    came = [life.join() for _ in range(3)]
    life.follow()
    assert (life.charged, life.seats) == ([1200], 4)
    with pytest.raises(NoSeatLeft):
        life.join()
    leave(organization=life.company.organization, actor=an_actor(came[0]))
    life.wait(0.0008)
    life.follow()
    life.renew()
    assert life.charged == [1200, 4800], "3 × 12.00, and two seats for half a month"
    life.renew()
    assert life.charged[2:] == [3600]


def refunded_in_two_parts(life: Life) -> None:
    life.buy("team", "month", 3)
    life.give_back(1000)
    life.give_back(500)
    assert life.charged == [3600], "what was paid stays paid"
    assert life.standing == Standing.ACTIVE, "a refund alone changes no standing"
    with pytest.raises(Refusal):
        life.give_back(2101)
    life.give_back(2100)
    life.renew()
    assert life.charged == [3600, 3600]


def disputed_and_won(life: Life) -> None:
    life.buy("team", "month", 3)
    dispute = life.dispute()
    assert life.standing == Standing.SUSPENDED
    life.decide(dispute, "won")
    assert life.standing == Standing.ACTIVE


def disputed_and_lost(life: Life) -> None:
    life.buy("team", "month", 3)
    life.decide(life.dispute(), "lost")
    assert life.standing == Standing.SUSPENDED, "until staff lift it"


def a_buyer_pays(life: Life) -> None:
    life.order("team", "year", 2)
    assert life.charged == [24000]
    assert (life.standing, life.seats) == (Standing.ACTIVE, 2)
    life.renew()
    assert life.charged == [24000, 24000]


def under_contract_and_then_by_card(life: Life) -> None:
    agreed = Agreed(seats=5, private_projects=-1, until=clock.now() + timedelta(days=30))
    give_contract(
        organization=life.company.organization, agreed=agreed, reason="Order 1.", actor=staff()
    )
    assert (life.standing, life.seats) == (Standing.ACTIVE, 5)
    life.wait(31)
    assert life.standing == Standing.GRACE
    life.buy("team", "month", 2)
    assert (life.standing, life.charged) == (Standing.ACTIVE, [2400])
    life.wait(15)
    assert life.seats == 2, "the contract's grace is over"


def paid_twice(life: Life) -> None:
    """Somebody made a second one by hand: both are kept, and flagged for staff."""
    life.buy("team", "month", 3)
    first = life.company.subscription
    life.sandbox.call(
        "dashboard/subscriptions",
        customer=life.company.customer_id,
        price=first.price_id,
        quantity=2,
    )
    life.post.carry()
    rows = list(life.company.organization.subscriptions.live())
    assert [row.is_doubled for row in rows] == [True, True]
    assert life.seats == 3, "the larger number counts"


LIVES: tuple[Script, ...] = (
    by_the_month,
    by_the_year,
    two_seats_more_in_the_middle,
    three_seats_fewer_in_the_middle,
    a_larger_plan_in_the_middle,
    a_smaller_plan_in_the_middle,
    from_month_to_year,
    from_year_to_month,
    half_the_first_month,
    tried_first,
    failed_and_recovered,
    failed_restricted_and_paid,
    nobody_grows_in_grace,
    the_bank_asks_at_renewal,
    canceled_and_resumed,
    canceled_for_good,
    a_change_that_is_never_paid,
    a_change_that_is_paid_later,
    seats_follow_who_comes_and_goes,
    refunded_in_two_parts,
    disputed_and_won,
    disputed_and_lost,
    a_buyer_pays,
    under_contract_and_then_by_card,
    paid_twice,
)


EVERY_WAY = int(os.environ.get("EXAMPLES", "2")) > 2
"""A quick run lives each life in one way, and all ways among them."""
TRIED = [
    pytest.param(script, way, id=f"{script.__name__}, {way}")
    for number, script in enumerate(LIVES)
    for place, way in enumerate(WAYS)
    if EVERY_WAY or number % len(WAYS) == place
]


@pytest.mark.parametrize(("script", "way"), TRIED)
def test_each_life_ends_the_same_however_its_news_came(
    sandbox: Sandbox, script: Script, way: str
) -> None:
    life = Life(sandbox, Post(sandbox, way), a_company())
    life.post.carry()

    script(life)

    judge(sandbox)
