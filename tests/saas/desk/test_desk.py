"""The desk: an organization found by whatever is at hand, and all that happened in one line."""

import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.actions.names import rename_organization
from orgs.models import Organization
from saas.desk.finding import organizations_found
from saas.desk.timeline import SIZE, timeline_of
from subscriptions.models import Hold, Override
from tests.builders import a_user, an_actor, an_organization, deliver_all, the_owner
from tests.saas.web.asking import a_client
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import (
    Company,
    _nobody_works_by_itself,
    a_paying_company,
    deliver,
    drive_everything,
    sandbox,
)
from tests.subscriptions.test_holds import held, lifted

__all__ = ["_nobody_works_by_itself", "sandbox"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def accountant() -> Client:
    return a_client(a_user(staff_role="billing"), "mfa")


def at(company: Company, name: str = "organization", **more: int) -> str:
    return reverse(f"desk:{name}", kwargs={"pk": company.organization.pk, **more})


def test_it_is_found_by_whatever_is_at_hand(sandbox: Sandbox) -> None:
    company = a_paying_company("anvils")
    fans = an_organization("anvil-fans")
    Organization.objects.filter(pk=fans.pk).update(display_name="Fans")
    deliver(sandbox.letters())
    drive_everything()
    [invoice] = sandbox.ledger()["invoices"]
    old = company.organization.name
    rename_organization(
        organization=company.organization,
        name="hammers",
        confirmation=old,
        actor=an_actor(company.owner, fresh=True),
    )

    for asked in (
        "hammers",
        "HAMM",
        "anvils",
        "Anvils",
        company.owner.email,
        company.customer_id,
        company.subscription.subscription_id,
        invoice["number"],
    ):
        assert [each.pk for each in organizations_found(asked)] == [company.organization.pk], asked
    assert len(organizations_found("anvil")) == 2
    assert [each.pk for each in organizations_found("anvil-")] == [fans.pk], "half a name"
    for nothing in ("", "a", "zz", "cus_nobody", "sub_", "%", "\x00\x00", "nobody@example.org"):
        assert organizations_found(nothing) == [], nothing


def test_the_page_tells_how_it_stands_and_all_that_happened(
    sandbox: Sandbox, accountant: Client
) -> None:
    company = a_paying_company()
    deliver(sandbox.letters())
    drive_everything()
    hold = held(company)
    deliver_all()
    lifted(company, hold)

    shown = accountant.get(at(company)).content.decode()

    for words in (
        company.subscription.subscription_id,
        company.customer_id,
        company.owner.email,
        "It sends spam.",
        "Subscription of the Team plan",
        "checkout.session.completed: looked at",
        "lifted a suspension",
    ):
        assert words in shown, words


def test_the_timeline_has_pages_and_costs_the_same_queries(sandbox: Sandbox) -> None:
    company = a_paying_company()
    counted = []
    for number in range(2):
        for each in range(30):
            held(company, f"Reason {number} {each}.")
        with CaptureQueriesContext(connection) as queries:
            timeline_of(company.organization)
        counted.append(len(queries))

    first = timeline_of(company.organization)
    rest = timeline_of(company.organization, before=first.before)

    assert counted[0] == counted[1]
    assert len(first.moments) == SIZE
    assert first.before is not None
    assert all(moment.at < first.before for moment in rest.moments)


def test_acts_are_done_with_a_reason_and_said_in_the_log(
    sandbox: Sandbox, accountant: Client
) -> None:
    company = a_paying_company()
    day = f"{time.gmtime().tm_year + 1}-06-30"

    missing = accountant.post(at(company, "hold"), {"reason": ""})
    accountant.post(at(company, "hold"), {"reason": "A doubt."})
    accountant.post(
        at(company, "override"),
        {"setting": "limit:seats", "number": "9", "until": day, "reason": "Promised."},
    )
    wrong = accountant.post(
        at(company, "override"),
        {"setting": "limit:seats", "number": "", "until": day, "reason": "Promised."},
    )
    hold, override = Hold.objects.get(), Override.objects.get()
    accountant.post(at(company, "lift", hold_id=hold.pk), {"reason": "Cleared."})
    accountant.post(at(company, "end_override", override_id=override.pk), {"reason": "Over."})
    accountant.post(at(company, "sync"))

    assert (missing.status_code, wrong.status_code) == (422, 422)
    assert "A limit needs a number" in wrong.content.decode()
    assert str(override.until).startswith(f"{day} 23:59:59")
    log = timeline_of(company.organization)
    told = " ".join(moment.words for moment in log.moments)
    for words in ("A doubt.", "Cleared.", "seats: 9", "Over."):
        assert words in told, words


def test_what_is_asked_wrongly_is_refused_in_words(sandbox: Sandbox, accountant: Client) -> None:
    company = a_paying_company()

    assert accountant.get(at(company) + "?before=yesterday").status_code == 422
    assert accountant.get(at(company) + "?before=2026-01-01T00:00:00").status_code == 422
    assert accountant.get(reverse("desk:organization", kwargs={"pk": 10**9})).status_code == 404
    assert accountant.get(reverse("desk:organizations") + "?q=" + "x" * 5000).status_code == 200


def test_a_community_is_offered_no_contract(accountant: Client) -> None:
    community = an_organization(kind="community")
    company = Company(Organization.objects.get(pk=community.pk), the_owner(community).user)

    assert "Give a contract" not in accountant.get(at(company)).content.decode()
    answer = accountant.post(
        at(company, "contract"),
        {"seats": "3", "private_projects": "-1", "until": "2027-06-30", "reason": "x"},
    )
    assert answer.status_code == 409
