"""Canceling, resuming, and staff who end a subscription at once; whoever dies on the way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from audit.models import AuditEvent
from kernel.refusals import Forbidden, NotFound
from orgs.entitlements import Standing
from orgs.roles import Role
from subscriptions import ending, intents
from subscriptions.ending import cancel_at_period_end, end_now, resume
from subscriptions.gateway.changes import SubscriptionNow, fetch_subscription
from subscriptions.models import Intent
from subscriptions.refusals import ChangeUnderWay, NothingRuns
from tests.builders import a_member, an_actor, signed_in
from tests.sandbox_control import Sandbox
from tests.subscriptions.changes import asked, confirmed
from tests.subscriptions.stage import (
    Company,
    a_company,
    a_failing_company,
    a_paying_company,
    drive_everything,
    look,
    page,
)
from tests.subscriptions.test_interrupted import Killed, die_after, die_before
from tests.subscriptions.test_overrides import staff

pytestmark = pytest.mark.django_db
DEATHS = [
    pytest.param(die_before, ending, "carry_out", id="before the call begins"),
    pytest.param(die_before, intents.ENDS, "", id="before Stripe hears"),
    pytest.param(die_after, intents.ENDS, "", id="after Stripe did it"),
    pytest.param(die_after, ending, "carry_out", id="after it is recorded"),
    pytest.param(die_before, ending, "refresh", id="before it is looked at"),
]


def told(company: Company) -> dict[str, Any]:
    return {
        "organization": company.organization,
        "subscription_id": company.subscription.subscription_id,
    }


def cancel(company: Company) -> bool:
    return cancel_at_period_end(actor=an_actor(company.owner), **told(company))


def go_on(company: Company) -> bool:
    return resume(actor=an_actor(company.owner), **told(company))


def end(company: Company) -> bool:
    return end_now(actor=staff(), reason="It was fraud.", **told(company))


def at_stripe(sandbox: Sandbox) -> dict[str, Any]:
    [row] = sandbox.ledger()["subscriptions"]
    return dict(row)


def ends_at(company: Company) -> datetime | None:
    return company.subscription.ends_at


def standing(company: Company) -> str:
    return company.phase.standing


def test_canceled_it_ends_with_its_period_and_everything_is_open_until_then(
    sandbox: Sandbox,
) -> None:
    company = a_paying_company()

    assert cancel(company)
    assert cancel(company), "twice is once"

    row = company.subscription
    assert row.ends_at == row.period_end
    assert standing(company) == Standing.ACTIVE
    assert "Resume" in page(company)
    sandbox.advance(days=32)
    look(company)
    assert standing(company) == Standing.RESTRICTED
    assert len(sandbox.ledger()["invoices"]) == 1
    assert AuditEvent.objects.filter(name="subscription.cancellation_asked").count() == 1


@pytest.mark.parametrize("by", ["us", "portal"])
def test_resumed_it_renews_however_it_was_canceled(sandbox: Sandbox, by: str) -> None:
    """Red without ``cancel_at`` in ``NO_END``: the portal sets that one."""
    company = a_paying_company()
    if by == "us":
        cancel(company)
    else:
        sandbox.call("portal/cancel", subscription=company.subscription.subscription_id)
        look(company)
    assert ends_at(company) is not None

    for _ in range(2):
        assert go_on(company)

    assert ends_at(company) is None
    sandbox.to_next_renewal()
    assert [row["amount_paid"] for row in sandbox.ledger()["invoices"]] == [3600, 3600]


def test_staff_end_it_at_once_and_what_is_unused_is_credited(sandbox: Sandbox) -> None:
    company = a_paying_company()

    assert end(company)

    assert at_stripe(sandbox)["status"] == "canceled"
    assert standing(company) == Standing.RESTRICTED
    assert (
        AuditEvent.objects.get(name="subscription.ended_by_staff").facts["why"] == "It was fraud."
    )
    with pytest.raises(NothingRuns):
        end(company)


def test_a_failing_one_can_be_canceled_too(sandbox: Sandbox) -> None:
    company = a_failing_company(sandbox)

    assert cancel(company)

    assert company.subscription.ends_at == company.subscription.period_end


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MEMBER])
def test_only_who_manages_the_billing_cancels(sandbox: Sandbox, role: str) -> None:
    """Red without ``require`` in ``begin_canceling`` and ``begin_resuming``."""
    company = a_paying_company()
    actor = an_actor(a_member(company.organization, role))

    for do in (cancel_at_period_end, resume):
        with pytest.raises(Forbidden):
            do(actor=actor, **told(company))
    for reach in ("support", "reviewer"):
        with pytest.raises(NotFound):
            end_now(actor=staff(reach), reason="x", **told(company))
    with pytest.raises(NotFound):
        end_now(actor=an_actor(company.owner), reason="x", **told(company))
    assert not Intent.objects.filter(kind=Intent.Kind.END_SUBSCRIPTION).exists()


def test_the_subscription_of_another_is_not_ended(sandbox: Sandbox) -> None:
    mine, other = a_paying_company("anvils"), a_paying_company("bellows")
    foreign = told(mine) | {"organization": other.organization}

    with pytest.raises(NothingRuns):
        cancel_at_period_end(actor=an_actor(other.owner), **foreign)
    with pytest.raises(NothingRuns):
        end_now(actor=staff(), reason="x", **foreign)


def test_nothing_ends_while_a_change_is_under_way(sandbox: Sandbox) -> None:
    company = a_paying_company()
    quote = asked(company, 5)
    sandbox.faults({"method": "POST", "path": "/v1/subscriptions/", "status": 500, "times": 9})
    confirmed(company, quote)

    with pytest.raises(ChangeUnderWay):
        cancel(company)


@pytest.mark.parametrize("how", [cancel, end])
@pytest.mark.crash("end of a subscription")
@pytest.mark.parametrize(("death", "owner", "name"), DEATHS)
def test_whoever_dies_on_the_way_leaves_what_the_sweep_finishes(
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    death: Any,
    owner: Any,
    name: str,
    how: Any,
) -> None:
    company = a_paying_company()
    with monkeypatch.context() as patched:
        if name:
            death(patched, owner, name)
        else:
            _die_at_stripe(patched, death, "period_end" if how is cancel else "now")
        with pytest.raises(Killed):
            how(company)

    intents.sweep(age=timedelta(0))
    drive_everything()

    row = at_stripe(sandbox)
    assert row["status"] == ("active" if how is cancel else "canceled")
    assert bool(row["cancel_at"] or row["cancel_at_period_end"]) == (how is cancel)
    assert not Intent.objects.filter(state=Intent.State.PENDING).exists()
    assert company.subscription.ends_at == (
        company.subscription.period_end if how is cancel else None
    )
    charged = sum(one["amount_captured"] for one in sandbox.ledger()["charges"])
    assert charged == 3600


@pytest.mark.parametrize("by", ["us", "portal"])
def test_a_resumption_that_is_sent_again_undoes_nothing_later(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """Red when the field to clear is asked anew: the sweep would take back a later cancellation."""
    company = a_paying_company()
    key = company.subscription.subscription_id
    if by == "us":
        cancel(company)
    else:
        sandbox.call("portal/cancel", subscription=key)
        look(company)
    with monkeypatch.context() as patched:
        _die_at_stripe(patched, die_after, "resume")
        with pytest.raises(Killed):
            go_on(company)
    sandbox.call("portal/cancel", subscription=key)

    intents.sweep(age=timedelta(0))
    drive_everything()

    assert Intent.objects.get(parameters__end="resume").state == Intent.State.DONE
    assert ends_at(company) is not None


def test_of_two_who_resume_at_once_the_first_decides(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without ``has_key``: the second would send something else under the same key."""
    company = a_paying_company()
    cancel(company)
    sent = []

    def decided_meanwhile(key: str) -> SubscriptionNow:
        seen = fetch_subscription(key)
        [intent] = Intent.objects.filter(parameters__end="resume")
        intent.parameters |= {"sent": {"cancel_at": ""}}
        intent.save(update_fields=["parameters"])
        return seen

    monkeypatch.setattr(intents, "fetch_subscription", decided_meanwhile)
    monkeypatch.setattr(
        intents, "change_subscription", lambda _key, asked, **_named: sent.append(asked)
    )
    go_on(company)

    assert sent == [{"cancel_at": ""}]


def _die_at_stripe(patched: pytest.MonkeyPatch, death: Any, end_key: str) -> None:
    call = intents.ENDS[end_key]

    def dies(*args: Any, **named: Any) -> None:
        if death is die_after:
            call(*args, **named)
        raise Killed

    patched.setitem(intents.ENDS, end_key, dies)


def test_when_stripe_is_silent_it_is_noted_and_done_later(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    form = {"subscription": company.subscription.subscription_id}
    sandbox.faults({"method": "POST", "path": "/v1/subscriptions/", "drop": True, "times": 9})

    answer = browser.post(company.url("cancel"), form, follow=True)
    assert "It is noted" in answer.content.decode()
    again = browser.post(company.url("cancel"), form)
    assert again.status_code == 409
    sandbox.faults()
    intents.sweep(age=-timedelta(days=1))
    drive_everything()

    assert ends_at(company) is not None


def test_the_page_says_what_canceling_means_and_does_it(sandbox: Sandbox) -> None:
    company = a_paying_company()
    browser = signed_in(company.owner)
    shown = browser.get(company.url("cancel")).content.decode()
    assert "Nothing is deleted" in shown

    form = {"subscription": company.subscription.subscription_id}
    browser.post(company.url("cancel"), form)
    assert ends_at(company) is not None
    assert browser.get(company.url("cancel")).status_code == 409
    browser.post(company.url("resume"), form)

    assert ends_at(company) is None
    assert signed_in(a_company().owner).get(company.url("cancel")).status_code == 404
