"""The term of a grant: warned of before and after its end, confirmed with a click; no cliff."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.core import mail

from audit import outbox
from audit.models import AuditEvent
from kernel import clock
from kernel.actor import SYSTEM
from kernel.refusals import Forbidden, NotFound
from orgs.entitlements import Standing
from orgs.models import Organization
from orgs.roles import Role
from subscriptions.actions.grants import COMMUNITY_TERM, give_community_grant
from subscriptions.actions.settling import settle_due
from subscriptions.actions.terms import next_term_warning, renew_grant, warn_of_terms
from subscriptions.catalog import GRACE
from subscriptions.models import Grant, TermWarning
from subscriptions.refusals import NothingToRenew, RenewalNotConfirmed, RenewedTooEarly
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in, the_owner
from tests.saas.api.calling import a_program, is_problem
from tests.subscriptions.stage import in_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant() -> Grant:
    """The grant of a community, given now."""
    commons = an_organization("commons", kind="community", standing="restricted")
    return give_community_grant(organization=commons, reason="Maps for all.", actor=SYSTEM)


@contextmanager
def on_day(grant: Grant, day: float) -> Iterator[datetime]:
    """Let it be so many days after the end of the term; below zero, before it."""
    with clock.held_at(grant.until + timedelta(days=day)):
        settle_due()
        yield clock.now()


def confirmed(grant: Grant, **other: object) -> Grant:
    """Confirm as an owner that all is as it was."""
    told = {
        "organization": grant.organization,
        "seen_until": grant.until,
        "confirms": True,
        "actor": an_actor(the_owner(grant.organization)),
    }
    return renew_grant(**(told | other))  # type: ignore[arg-type]  # as named


def standing(grant: Grant) -> str:
    return Organization.objects.get(pk=grant.organization_id).entitlements.holding().standing


def test_each_day_of_the_ladder_warns_once(grant: Grant) -> None:
    owner = the_owner(grant.organization).user
    member = a_member(grant.organization)
    mail.outbox.clear()

    told = []
    for day in (-40, -30, -29, -7, -1, 0, 1, 3, 7, 12, 13, 14, 30):
        with on_day(grant, day):
            told.append(warn_of_terms() + warn_of_terms())
            outbox.sweep()

    assert told == [0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0]
    steps = TermWarning.objects.order_by("pk").values_list("step", flat=True)
    assert list(steps) == [-30, -7, -1, 0, 3, 7, 12]
    assert [letter.to for letter in mail.outbox] == [[owner.email]] * 7
    assert member.user.email not in str([letter.to for letter in mail.outbox])
    assert [("is over" in letter.subject) for letter in mail.outbox] == [False] * 3 + [True] * 4
    assert all(in_words(grant.until + GRACE) in str(letter.body) for letter in mail.outbox)


def test_after_an_outage_only_the_latest_day_counts(grant: Grant) -> None:
    with on_day(grant, 8):
        assert warn_of_terms() == 1

    assert TermWarning.objects.get().step == 7


def test_confirming_goes_on_for_a_year_from_the_old_end_and_ends_the_warnings(
    grant: Grant,
) -> None:
    old = grant.until
    with on_day(grant, -20):
        assert warn_of_terms() == 1
        renewed = confirmed(grant)
        assert renewed.until == old + COMMUNITY_TERM
        assert warn_of_terms() == 0
    with clock.held_at(old + timedelta(days=1)):
        settle_due()
        assert standing(grant) == Standing.ACTIVE
        assert warn_of_terms() == 0
    event = AuditEvent.objects.get(name="grant.renewed")
    assert event.sentence().endswith(f"it runs until {in_words(old + COMMUNITY_TERM)}")


@pytest.mark.parametrize(("day", "before"), [(5, Standing.GRACE), (60, Standing.RESTRICTED)])
def test_it_is_confirmed_after_its_end_too_and_opens_again(
    grant: Grant, day: float, before: Standing
) -> None:
    with on_day(grant, day) as now:
        assert standing(grant) == before
        assert confirmed(grant).until == now + COMMUNITY_TERM
        assert standing(grant) == Standing.ACTIVE


def test_confirming_twice_is_once(grant: Grant) -> None:
    """Red without ``seen_until``: a double click would take two years."""
    with on_day(grant, -3):
        first = confirmed(grant)

        assert confirmed(grant).until == first.until

    assert AuditEvent.objects.filter(name="grant.renewed").count() == 1


def test_it_is_confirmed_in_its_last_month_only(grant: Grant) -> None:
    with on_day(grant, -31), pytest.raises(RenewedTooEarly, match="from"):
        confirmed(grant)


def test_nobody_confirms_without_saying_so(grant: Grant) -> None:
    with on_day(grant, -3), pytest.raises(RenewalNotConfirmed):
        confirmed(grant, confirms=False)


def test_who_may_not_pay_may_not_confirm(grant: Grant) -> None:
    manager = a_member(grant.organization, Role.MANAGER)

    with on_day(grant, -3):
        with pytest.raises(Forbidden):
            confirmed(grant, actor=an_actor(manager))
        with pytest.raises(NotFound):
            confirmed(grant, actor=an_actor(a_user()))

    grant.refresh_from_db()
    assert grant.until < clock.now() + COMMUNITY_TERM + timedelta(days=1)


def test_what_was_ended_does_not_go_on(grant: Grant) -> None:
    Grant.objects.update(ended_at=clock.now())

    with on_day(grant, -3):
        with pytest.raises(NothingToRenew):
            confirmed(grant)
        assert warn_of_terms() == 0


def test_the_next_day_is_known_so_that_a_clock_stops_there(grant: Grant) -> None:
    with on_day(grant, -40):
        assert next_term_warning() == grant.until - timedelta(days=30)
    with on_day(grant, 1):
        assert next_term_warning() == grant.until + timedelta(days=3)
    with on_day(grant, 13):
        assert next_term_warning() is None


def test_the_page_offers_it_in_time_and_a_double_click_harms_nobody(grant: Grant) -> None:
    browser = signed_in(the_owner(grant.organization))
    page, act = "/orgs/commons/billing/", "/orgs/commons/billing/renew/"
    form = {"until": grant.until.isoformat(), "confirms": "yes"}

    with on_day(grant, -40):
        assert "Yes, it is as it was" not in browser.get(page).content.decode()
        assert browser.post(act, form).status_code == 409
    with on_day(grant, -10):
        assert form["until"] in browser.get(page).content.decode()
        for _ in range(2):
            answer = browser.post(act, form, follow=True)
            assert in_words(grant.until + COMMUNITY_TERM) in answer.content.decode()
        for wrong in ({}, {"until": "soon"}, {"until": "2027-01-01"}, {"until": "9" * 99}):
            assert browser.post(act, wrong).status_code == 409
        assert browser.post(act, {"until": form["until"]}).status_code == 302, "confirmed before"


def test_a_program_confirms_too(grant: Grant) -> None:
    program = a_program(the_owner(grant.organization))
    with on_day(grant, -10):
        told = program.get("/organizations/commons/billing").body["grant"]
        body = {"until": told["until"], "confirms": True}
        assert is_problem(
            program.post("/organizations/commons/grant/renew", body | {"confirms": False}), 422
        )

        answer = program.post("/organizations/commons/grant/renew", body)

    assert answer.status == 200
    grant.refresh_from_db()
    assert answer.body["until"][:10] == grant.until.isoformat()[:10]
    assert grant.until > clock.now() + COMMUNITY_TERM
