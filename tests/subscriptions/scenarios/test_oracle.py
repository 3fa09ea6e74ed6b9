"""The oracle can say no: each of its clauses is turned red by the fault that it is about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from orgs.decision import NOT_FOUND
from orgs.entitlements import Entitlements
from orgs.models import Organization
from subscriptions.actions.following import set_ceiling
from subscriptions.models import (
    CheckoutAttempt,
    GraceWarning,
    Intent,
    SeatCeiling,
    Subscription,
    SubscriptionChange,
)
from subscriptions.sync import CUSTOMER, mark_dirty
from tests.builders import an_actor
from tests.sandbox_control import FAILS_LATER, Sandbox
from tests.subscriptions.scenarios import oracle
from tests.subscriptions.scenarios.life import Life
from tests.subscriptions.scenarios.oracle import Books, books_of, judge
from tests.subscriptions.scenarios.post import Post
from tests.subscriptions.stage import a_company, undone

pytestmark = pytest.mark.django_db
Fault = Callable[[Life], None]


@pytest.fixture
def life(sandbox: Sandbox) -> Life:
    """A company that bought two seats more, and whose renewal failed."""
    found = Life(sandbox, Post(sandbox, "as it comes"), a_company())
    found.buy("team", "month", 3)
    found.to_the_middle()
    found.change("team", "month", 5)
    found.new_card(FAILS_LATER)
    found.renew()
    found.wait(4)
    judge(sandbox)
    return found


def charged_one_cent_more(books: Books) -> Books:
    charges = {
        customer: [
            {**row, "amount_captured": row["amount_captured"] + 1}
            if row["status"] == "succeeded"
            else row
            for row in rows
        ]
        for customer, rows in books.charges.items()
    }
    return replace(books, charges=charges)


def a_note_that_gave_back_nothing(books: Books) -> Books:
    customer = next(iter(books.invoices))
    note = {"refunds": [{"refund": "re_1", "amount_refunded": 100}]}
    return replace(books, notes={customer: [note]}, refunds={"re_1": "succeeded"})


def another_session(books: Books) -> Books:
    first = books.sessions[0]
    return replace(books, sessions=[*books.sessions, {**first, "id": "cs_2", "status": "open"}])


def another_invoice(books: Books) -> Books:
    invoices = {
        customer: [*rows, *(r for r in rows if r["billing_reason"] == "subscription_update")]
        for customer, rows in books.invoices.items()
    }
    return replace(books, invoices=invoices)


def other_quantity(life: Life) -> None:
    Subscription.objects.update(quantity=9)


def a_gate_left_open(life: Life) -> None:
    row = Entitlements.objects.get(organization=life.company.organization)
    row.phases = [{**row.phases[0], "features": ["audit_export"]}, *row.phases[1:]]
    row.save()


def confirmed_otherwise(life: Life) -> None:
    SubscriptionChange.objects.update(confirmed_total=1)


def more_people_than_seats(life: Life) -> None:
    Organization.objects.filter(pk=life.company.organization.pk).update(seats_taken=6)


def a_date_nobody_was_told(life: Life) -> None:
    row = life.company.subscription
    assert row.failing_since is not None
    row.failing_since -= timedelta(days=1)
    row.save()


def news_that_nobody_looked_at(life: Life) -> None:
    mark_dirty(CUSTOMER, life.company.customer_id)


def still_paying_though_it_is_free(life: Life) -> None:
    Organization.objects.filter(pk=life.company.organization.pk).update(kind="community")


def an_intent_left_behind(life: Life) -> None:
    Intent.objects.filter(kind=Intent.Kind.OPEN_SESSION).update(state=Intent.State.PENDING)


COOKED = (
    (oracle.m1_what_was_captured_is_what_was_invoiced, charged_one_cent_more),
    (oracle.m1_what_was_captured_is_what_was_invoiced, a_note_that_gave_back_nothing),
    (oracle.m3_nobody_could_pay_twice, another_session),
    (oracle.m4_each_intent_took_effect_at_most_once, another_session),
    (oracle.m4_each_intent_took_effect_at_most_once, another_invoice),
)
WENT_WRONG: tuple[tuple[Callable[..., None], Fault], ...] = (
    (oracle.m2_our_rows_say_what_stripe_says_and_settling_moves_nothing, other_quantity),
    (oracle.m2_our_rows_say_what_stripe_says_and_settling_moves_nothing, a_gate_left_open),
    (oracle.m4_each_intent_took_effect_at_most_once, an_intent_left_behind),
    (oracle.m5_nobody_was_invoiced_other_than_they_confirmed, confirmed_otherwise),
    (oracle.m6_no_more_seats_are_held_than_were_paid, more_people_than_seats),
    (oracle.m7_nobody_was_restricted_before_a_date_they_were_mailed, a_date_nobody_was_told),
    (oracle.m8_all_news_was_looked_at, news_that_nobody_looked_at),
    (oracle.m12_nobody_pays_for_what_is_gone, still_paying_though_it_is_free),
)
OF_BOOKS = (
    oracle.m4_each_intent_took_effect_at_most_once,
    oracle.m5_nobody_was_invoiced_other_than_they_confirmed,
)


def test_each_clause_is_red_with_what_it_is_about(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = books_of(life.sandbox)
    for clause, cook in COOKED:
        clause(books)
        with pytest.raises(AssertionError):
            clause(cook(books))
    for clause, fault in WENT_WRONG:
        told = (books,) if clause in OF_BOOKS else ()
        with undone():
            clause(*told)
            fault(life)
            with pytest.raises(AssertionError):
                clause(*told)
    monkeypatch.setattr(oracle, "decide", lambda *_: NOT_FOUND)
    with pytest.raises(AssertionError):
        oracle.m15_exits_and_paying_are_open()


def test_what_the_clauses_are_asked_about_is_there(life: Life) -> None:
    """A clause about nothing holds always."""
    assert SubscriptionChange.objects.filter(confirmed_total__gt=0).exists()
    assert GraceWarning.objects.exists()
    assert CheckoutAttempt.objects.exists()
    assert life.charged == [3600, 1200]


def test_seats_that_do_not_follow_are_seen(sandbox: Sandbox) -> None:
    found = Life(sandbox, Post(sandbox, "as it comes"), a_company())
    found.buy("team", "month", 3)
    set_ceiling(
        organization=found.company.organization, ceiling=4, actor=an_actor(found.company.owner)
    )
    with pytest.raises(AssertionError):
        oracle.m6_no_more_seats_are_held_than_were_paid()

    found.follow()

    judge(sandbox)
    SeatCeiling.objects.update(ceiling=9)
    with pytest.raises(AssertionError):
        oracle.m6_no_more_seats_are_held_than_were_paid()
