"""Names: how they look, when two are the same, and whether one can be had."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from kernel import clock
from kernel.refusals import Refusal
from orgs.actions.organizations import change_profile, create_organization
from orgs.models import NameClaim, Organization, OrganizationName
from orgs.name_availability import name_availability, take_name
from orgs.names import RESERVED, is_well_formed, normalized, skeleton
from orgs.refusals import NameMalformed, NameRefused
from tests.builders import a_user, an_actor, an_organization, the_owner

NAMES = st.text(alphabet="aBiL015._-", min_size=2, max_size=20).filter(is_well_formed)


@pytest.mark.parametrize("name", ["ab", "Acme", "a-b", "a.b_c--d", "0x", "x" * 50])
def test_these_can_be_names(name: str) -> None:
    assert is_well_formed(name)


@pytest.mark.parametrize(
    "name", ["", "a", "-ab", "ab-", ".ab", "a b", "ä1", "аcme", "ab\n", "x" * 51, "a/b", "a%b"]
)
def test_these_cannot(name: str) -> None:
    assert not is_well_formed(name)


@given(NAMES)
def test_what_can_be_a_name_normalizes_once_and_for_all(name: str) -> None:
    assert normalized(normalized(name)) == normalized(name)
    assert skeleton(name) == skeleton(normalized(name))


@given(NAMES, st.sampled_from(["-", "_", ".", "--", "._."]))
def test_names_that_are_the_same_look_the_same(one: str, separator: str) -> None:
    """The lock is taken on what the eye reads, so it must hold for every equal spelling."""
    two = separator.join(re.split(r"[._-]+", one.swapcase()))

    assert normalized(one) == normalized(two)
    assert skeleton(one) == skeleton(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [("a-c.m_e", "acme"), ("g00gle", "google"), ("pay1", "payl"), ("аcme", "acme")],
)
def test_these_look_alike(one: str, two: str) -> None:
    assert skeleton(one) == skeleton(two)


def claim(name: str, claimant: str, *, until: datetime | None = None) -> NameClaim:
    """Claim a name as an undecided application does."""
    return NameClaim.objects.create(
        normalized_name=normalized(name),
        skeleton=skeleton(name),
        claimant=claimant,
        user_id=1,
        until=until,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("guild", "ok"),
        ("-", "malformed"),
        ("admin", "reserved"),
        ("ADMIN", "reserved"),
        ("acme", "taken"),
        ("ACME", "taken"),
        ("a-c-m-e", "confusable"),
        ("closed-shop", "burned"),
        ("c1osed-shop", "ok"),  # a look-alike of what is gone misleads nobody
        ("acme-official", "prohibited"),
        ("wanted", "competing"),
        ("w-anted", "competing"),
    ],
)
def test_one_answer_with_its_reason(asked: str, reason: str) -> None:
    an_organization("acme")
    closed = an_organization("closed-shop")
    Organization.objects.filter(pk=closed.pk).update(state="closed")
    claim("wanted", "application:1")

    answer = name_availability(asked)

    assert answer.reason == reason
    assert answer.free is (reason == "ok")
    assert answer.sentence


@pytest.mark.django_db
def test_ones_own_claim_does_not_stand_in_the_way() -> None:
    claim("wanted", "application:1")

    assert name_availability("wanted", for_whom="application:1").free

    claim("wanted", "application:2")
    assert name_availability("wanted", for_whom="application:1").reason == "competing"


@pytest.mark.django_db
def test_a_claim_ends_with_its_time(at: Callable[..., object]) -> None:
    claim("wanted", "application:1", until=clock.now() + timedelta(days=1))
    assert not name_availability("wanted").free

    at(clock.now() + timedelta(days=1))

    assert name_availability("wanted").free


@pytest.mark.django_db
def test_an_approval_wins_over_competing_claims_and_over_nothing_else() -> None:
    claim("wanted", "application:1")
    claim("wanted", "application:2")
    an_organization("acme")

    take_name("wanted", for_whom="application:1", contested=True)
    with pytest.raises(NameRefused):
        take_name("acme", contested=True)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "refusal"), [("-", NameMalformed), ("admin", NameRefused)])
def test_a_refused_name_is_shown_at_its_field(name: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        take_name(name)

    assert refused.value.field == "name"


@pytest.mark.django_db
def test_every_address_of_the_service_is_reserved() -> None:
    first = {
        str(pattern.pattern).split("/")[0].strip("^$")
        for pattern in get_resolver().url_patterns
        if str(pattern.pattern)
    }

    assert {word for word in first if is_well_formed(word)} - {"dev"} <= RESERVED | {"djstripe"}


@pytest.mark.django_db
def test_founding_writes_the_name_into_the_ledger() -> None:
    organization = an_organization("Acme.Rockets")

    held = OrganizationName.objects.get()

    assert (held.organization, held.normalized_name) == (organization, "acme-rockets")


@pytest.mark.django_db
def test_the_database_knows_each_name_once_for_ever() -> None:
    organization = an_organization("acme")
    other = an_organization("guild")

    with pytest.raises(IntegrityError), transaction.atomic():
        other.names.create(name="ACME", normalized_name="acme", skeleton=skeleton("acme"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=other.pk).update(normalized_name="acme")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(name="not a name")


@pytest.mark.django_db
def test_an_organization_begins_with_an_owner_a_seat_and_its_events() -> None:
    owner = a_user()

    organization = create_organization(
        name="acme", display_name=" Acme ", kind="company", owner=owner, actor=an_actor(owner)
    )

    assert organization.display_name == "Acme"
    assert the_owner(organization).user == owner
    organization.refresh_from_db()
    assert organization.seats_taken == 1


@pytest.mark.django_db
def test_an_organization_needs_a_name_for_people() -> None:
    owner = a_user()

    with pytest.raises(NameMalformed) as refused:
        create_organization(
            name="acme", display_name="  ", kind="company", owner=owner, actor=an_actor(owner)
        )

    assert refused.value.field == "display_name"


@pytest.mark.django_db
def test_a_profile_changes_field_by_field_in_the_log() -> None:
    organization = an_organization("acme")
    owner = an_actor(the_owner(organization))

    change_profile(
        organization=organization, actor=owner, display_name="Acme Ltd.", url="", description="New"
    )
    change_profile(organization=organization, actor=owner, description="New")

    events = AuditEvent.objects.filter(name="organization.profile_changed")
    assert {event.facts["field"] for event in events} == {"the display name", "the description"}
