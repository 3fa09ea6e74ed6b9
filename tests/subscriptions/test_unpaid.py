"""Companies that hold a name and little else: three a person, and not for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.core import mail

from accounts.models import User
from audit.models import AuditEvent
from kernel import clock
from orgs.actions.names import rename_organization
from orgs.models import Organization
from orgs.name_availability import name_availability
from orgs.roles import Role
from subscriptions.actions.closing import begin_closing
from subscriptions.actions.founding import found_company
from subscriptions.actions.freeing import free_names_of_the_unpaid
from subscriptions.models import Subscription
from subscriptions.refusals import TooManyUnpaid
from subscriptions.unpaid import MOST_UNPAID, unpaid_companies_of
from tests.builders import (
    a_member,
    a_phase,
    a_project,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    deliver_all,
    entitle,
)
from tests.orgs.test_races import at_once
from tests.saas.api.calling import a_program, is_problem
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import a_checkout, a_company

Hold = Callable[[datetime], datetime]


def found(owner: User, name: str) -> Organization:
    """Found a company."""
    return found_company(name=name, display_name=name.title(), owner=owner, actor=an_actor(owner))


def paid_once(organization: Organization) -> None:
    """Write a subscription that was paid, and has ended."""
    Subscription.objects.create(
        organization=organization,
        subscription_id=f"sub_{organization.pk}",
        customer_id=f"cus_{organization.pk}",
        status="canceled",
        price_id="price_1",
        quantity=1,
        paid_quantity=1,
        began_at=organization.created_at,
        ended_at=clock.now(),
    )


@pytest.mark.django_db
def test_the_fourth_is_refused_with_the_way_on() -> None:
    """Red without ``require_room`` in ``found_company``."""
    owner = a_user()
    for number in range(MOST_UNPAID):
        found(owner, f"bakery-{number}")

    with pytest.raises(TooManyUnpaid) as refused:
        found(owner, "bakery-4")

    assert "bakery-0, bakery-1, bakery-2" in refused.value.sentence
    assert refused.value.remedy is not None
    assert name_availability("bakery-4").free
    assert is_problem(
        a_program(owner).post("/organizations", {"name": "bakery-4", "display_name": "Four"}),
        409,
        "too_many_unpaid",
    )
    found(a_user(), "bakery-4")


@pytest.mark.django_db
def test_what_is_paid_or_lives_or_is_of_others_does_not_count() -> None:
    """Red without any one of the conditions in ``unpaid_companies_of``."""
    owner = a_user()
    an_organization("pays", owner=owner)
    community = an_organization("ours", owner=owner, kind="community", standing="restricted")
    closed = found(owner, "closed")
    Organization.objects.filter(pk=closed.pk).update(state="closed")
    lived = found(owner, "lived")
    paid_once(lived)
    a_member(lived)
    a_member(a_company("others").organization, Role.MANAGER, user=owner)
    unpaid, lapsed = found(owner, "unpaid"), found(owner, "lapsed")
    paid_once(lapsed)

    assert set(unpaid_companies_of(owner)) == {unpaid, lapsed}
    assert community.kind == "community"


@pytest.mark.django_db
def test_one_that_is_being_closed_still_counts() -> None:
    """Or founding and deleting by turns would burn any number of names."""
    owner = a_user()
    organization = found(owner, "bakery")
    begin_closing(
        organization=organization, confirmation="bakery", actor=an_actor(owner, fresh=True)
    )

    assert unpaid_companies_of(owner) == [organization]


@pytest.mark.django_db
def test_one_that_pays_makes_room() -> None:
    owner = a_user()
    first, *_ = [found(owner, f"bakery-{number}") for number in range(MOST_UNPAID)]
    entitle(first, a_phase("active"))

    assert found(owner, "bakery-4").name == "bakery-4"


@pytest.mark.django_db(transaction=True)
def test_two_who_found_at_once_are_counted_one_after_the_other() -> None:
    """Red without ``select_for_update`` in ``require_room``."""
    for number in range(4):
        owner = a_user()
        for each in range(MOST_UNPAID - 1):
            found(owner, f"bakery-{number}-{each}x")

        outcomes = at_once(
            partial(found, owner, f"one-{number}-y"), partial(found, owner, f"two-{number}-z")
        )

        assert outcomes == ["ok", "too_many_unpaid"]


@pytest.fixture
def idle() -> Organization:
    """A company that nobody pays for and nobody is in but its owner."""
    organization = a_company("bakery").organization
    deliver_all()
    mail.outbox.clear()
    return organization


def after(organization: Organization, days: int) -> datetime:
    """Return a moment in an organization's life."""
    return organization.created_at + timedelta(days=days)


@pytest.mark.django_db
def test_its_owner_is_warned_and_then_the_name_is_free(idle: Organization, at: Hold) -> None:
    at(after(idle, 46) - timedelta(seconds=1))
    assert free_names_of_the_unpaid() == 0
    assert not AuditEvent.objects.filter(name="organization.name_loss_warned").exists()
    at(after(idle, 46))
    for _ in range(2):
        assert free_names_of_the_unpaid() == 0
    deliver_all()
    (warning,) = mail.outbox
    assert f"{after(idle, 60):%-d %B %Y}" in str(warning.subject)
    mail.outbox.clear()
    at(after(idle, 60) - timedelta(seconds=1))
    assert free_names_of_the_unpaid() == 0
    at(after(idle, 60))
    assert free_names_of_the_unpaid() == 1
    assert free_names_of_the_unpaid() == 0

    idle.refresh_from_db()
    assert (idle.state, idle.memberships.count()) == ("closed", 0)
    assert name_availability("bakery").free
    deliver_all()
    (told,) = mail.outbox
    assert "can be had again" in str(told.body)
    found(a_user(), "bakery")


@pytest.mark.django_db
def test_every_name_it_had_is_free(idle: Organization, at: Hold) -> None:
    owner = an_actor(idle.memberships.get())
    rename_organization(organization=idle, name="patisserie", confirmation="bakery", actor=owner)
    for days in (46, 60):
        at(after(idle, days))
        free_names_of_the_unpaid()

    assert name_availability("bakery").free
    assert name_availability("patisserie").free


@pytest.mark.django_db
def test_nobody_loses_a_name_without_fourteen_days_of_warning(idle: Organization, at: Hold) -> None:
    """The warning may be late when nothing ran. Red without ``WARNED_FOR`` in the query for what is
    due and in ``_free``, which asks again under the lock.
    """
    at(after(idle, 100))
    assert free_names_of_the_unpaid() == 0
    at(after(idle, 113))
    assert free_names_of_the_unpaid() == 0
    at(after(idle, 114))
    assert free_names_of_the_unpaid() == 1


LIVES: dict[str, Callable[[Organization], object]] = {
    "somebody joined": a_member,
    "it has a team": a_team,
    "somebody is invited": lambda o: an_invitation(o, role=Role.BILLING_MANAGER),
    "it was paid for once": paid_once,
    "it owns a project": a_project,
    "it is being closed": lambda o: Organization.objects.filter(pk=o.pk).update(
        state="closing", closes_at=clock.now() + timedelta(days=30)
    ),
    "it is a community": lambda o: Organization.objects.filter(pk=o.pk).update(kind="community"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("sign", LIVES)
def test_what_lives_keeps_its_name(idle: Organization, at: Hold, sign: str) -> None:
    """Red without the condition for it in ``subscriptions.unpaid``; asked again under the lock."""
    at(after(idle, 46))
    free_names_of_the_unpaid()
    at(after(idle, 60))
    LIVES[sign](idle)

    assert free_names_of_the_unpaid() == 0

    idle.refresh_from_db()
    assert idle.state != "closed"
    assert idle.name_warned_at is None


@pytest.mark.django_db
def test_what_falls_silent_again_is_warned_anew(idle: Organization, at: Hold) -> None:
    at(after(idle, 46))
    free_names_of_the_unpaid()
    _, _ = an_invitation(idle, role=Role.BILLING_MANAGER)
    at(after(idle, 50))
    free_names_of_the_unpaid()
    at(after(idle, 60))

    assert free_names_of_the_unpaid() == 0
    deliver_all()
    assert len(mail.outbox) == 2
    at(after(idle, 74))
    assert free_names_of_the_unpaid() == 1


@pytest.mark.django_db
def test_who_came_to_life_before_the_mail_went_out_is_not_warned(
    idle: Organization, at: Hold
) -> None:
    """Red without asking for ``name_warned_at`` in ``warn_owners_of_the_loss``."""
    at(after(idle, 46))
    free_names_of_the_unpaid()
    paid_once(idle)
    free_names_of_the_unpaid()

    deliver_all()

    assert mail.outbox == []


@pytest.mark.django_db
def test_an_open_payment_page_keeps_the_name(sandbox: Sandbox, at: Hold) -> None:
    company = a_company()
    a_checkout(company)
    for days in (46, 60):
        at(after(company.organization, days))
        assert free_names_of_the_unpaid() == 0
