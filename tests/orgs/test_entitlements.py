"""What an organization may have, now and by itself later."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel import clock
from orgs.entitlements import (
    UNLIMITED,
    Entitlements,
    Feature,
    Limit,
    Phase,
    Standing,
    has,
    left,
    phase_at,
)
from orgs.refusals import NoSeatLeft
from orgs.seats import claim_seat, recount, release_seat, seat_limit, take_first_seat
from tests.builders import a_member, a_phase, a_user, an_invitation, an_organization, entitle


def test_a_phase_is_stored_and_read_as_it_was() -> None:
    phase = a_phase("grace", seats=7, private_projects=2)

    assert Phase.from_json(phase.to_json()) == phase


def test_equal_phases_are_stored_equally() -> None:
    since = clock.now()
    one = a_phase(since=since, features=[Feature.TEAMS, Feature.ORG_TOKENS])
    two = a_phase(since=since, features=[Feature.ORG_TOKENS, Feature.TEAMS])

    assert one.to_json() == two.to_json()


def test_what_a_newer_release_wrote_is_left_out() -> None:
    stored = a_phase().to_json()
    stored["features"].append("telepathy")
    stored["limits"]["wishes"] = 3

    known = a_phase().to_json() | {"since": stored["since"]}
    assert Phase.from_json(stored) == Phase.from_json(known)


@pytest.mark.parametrize(
    ("hours", "index"), [(-1, 0), (0, 0), (1, 0), (23.9, 0), (24, 1), (47, 1), (48, 2), (900, 2)]
)
def test_the_phase_that_holds_is_the_last_that_began(hours: float, index: int) -> None:
    start = clock.now()
    phases = [a_phase(since=start + timedelta(days=day)) for day in range(3)]

    found, phase, following = phase_at(phases, start + timedelta(hours=hours))

    assert (found, phase) == (index, phases[index])
    assert following == (phases[index + 1].since if index < 2 else None)


@pytest.mark.parametrize("standing", Standing.values)
def test_growth_is_open_while_active_and_in_grace(standing: str) -> None:
    assert a_phase(standing).grows() is (standing in ("active", "grace"))


@pytest.mark.django_db
def test_what_holds_changes_on_time_with_no_worker(at: Callable[..., object]) -> None:
    organization = an_organization()
    end = clock.now() + timedelta(days=3)
    row = entitle(organization, a_phase("active", seats=5), a_phase("restricted", since=end))

    assert (has(row, Feature.TEAMS), row.until()) == (True, end)
    before = row.etag()
    at(end)

    assert (has(row, Feature.TEAMS), row.until()) == (False, None)
    assert row.etag() != before
    assert row.holding().standing == Standing.RESTRICTED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seats", "taken", "remaining"), [(5, 2, 3), (2, 2, 0), (1, 3, 0), (None, 99, None)]
)
def test_what_is_left_of_a_limit(seats: int | None, taken: int, remaining: int | None) -> None:
    row = entitle(an_organization(), a_phase(seats=seats))

    assert left(row, Limit.SEATS, taken) == remaining


@pytest.mark.django_db
def test_a_limit_nobody_knows_leaves_nothing() -> None:
    row = entitle(an_organization(), a_phase("restricted"))

    assert left(row, Limit.SEATS, 0) == 0


@pytest.mark.django_db
def test_the_database_refuses_entitlements_that_say_nothing() -> None:
    organization = an_organization()

    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlements.objects.filter(organization=organization).update(phases=[])


@pytest.mark.django_db
def test_seats_are_claimed_to_the_limit_and_not_beyond() -> None:
    """Red without ``organization.seats_taken >= limit`` in ``claim_seat``."""
    organization = an_organization(seats=2)

    claim_seat(organization, role="member", user_id=a_user().pk)
    with pytest.raises(NoSeatLeft):
        claim_seat(organization, role="member", user_id=a_user().pk)

    organization.refresh_from_db()
    assert organization.seats_taken == 2


@pytest.mark.django_db
def test_a_billing_manager_takes_no_seat_and_gives_none_back() -> None:
    organization = an_organization(seats=1)

    claim_seat(organization, role="billing_manager", user_id=a_user().pk)
    release_seat(organization, role="billing_manager")

    organization.refresh_from_db()
    assert organization.seats_taken == 1


@pytest.mark.django_db
def test_an_organization_that_was_never_settled_has_no_seat() -> None:
    organization = an_organization()
    organization.entitlements.delete()

    assert seat_limit(organization) == 0
    with pytest.raises(NoSeatLeft):
        claim_seat(organization, role="member", user_id=a_user().pk)


@pytest.mark.django_db
def test_no_limit_is_no_limit() -> None:
    organization = an_organization(seats=None)

    assert seat_limit(organization) is None
    assert organization.entitlements.holding().limits[Limit.SEATS] == UNLIMITED


@pytest.mark.django_db
def test_the_first_seat_is_taken_once() -> None:
    with pytest.raises(ValueError, match="has members already"):
        take_first_seat(an_organization(), user_id=a_user().pk)


@pytest.mark.django_db
def test_a_recount_tells_whether_it_was_off() -> None:
    organization = an_organization()
    a_member(organization)
    an_invitation(organization)
    assert not recount(organization)

    organization.seats_taken = 9

    assert recount(organization)
    organization.refresh_from_db()
    assert organization.seats_taken == 2
