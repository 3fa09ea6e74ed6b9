"""Another name for an organization, and names that staff let go of."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Forbidden, NotFound, Refusal
from orgs.actions.names import release_name, rename_organization
from orgs.actions.organizations import create_organization
from orgs.models import Organization, OrganizationName
from orgs.name_availability import name_availability
from orgs.names import normalized, skeleton
from orgs.refusals import (
    ConfirmationWrong,
    NameInUse,
    NameMalformed,
    NameNotHeld,
    NameRefused,
    ReasonMissing,
    RenamedLately,
)
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_user,
    an_actor,
    an_organization,
    deliver_all,
    the_owner,
)
from tests.community.builders import a_reviewer, reviewing

pytestmark = pytest.mark.django_db


def renamed(organization: Organization, name: str, by: Actor | None = None) -> Organization:
    """Rename as an owner does who types the present name."""
    present = Organization.objects.get(pk=organization.pk).name
    return rename_organization(
        organization=organization,
        name=name,
        confirmation=present,
        actor=by or an_actor(the_owner(organization)),
    )


def support() -> Actor:
    """Return a member of staff who may release names."""
    return reviewing(a_reviewer("support"))


def a_closed_organization(name: str) -> Organization:
    """Return one that is gone; its name is burned."""
    organization = an_organization(name)
    Organization.objects.filter(pk=organization.pk).update(state="closed")
    return organization


def test_an_owner_renames_and_both_names_are_held() -> None:
    organization = an_organization("acme")

    after = renamed(organization, "Rockets.Inc")

    assert (after.name, after.normalized_name) == ("Rockets.Inc", "rockets-inc")
    assert after.skeleton == skeleton("rockets-inc")
    assert {name.normalized_name for name in after.names.held()} == {"acme", "rockets-inc"}
    event = AuditEvent.objects.get(name="organization.renamed")
    assert event.facts == {"before": "acme", "after": "Rockets.Inc"}
    assert name_availability("acme").reason == "taken"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.BILLING_MANAGER, Role.MEMBER])
def test_others_rename_nothing(role: str) -> None:
    organization = an_organization("acme")

    with pytest.raises(Forbidden):
        renamed(organization, "rockets", an_actor(a_member(organization, role)))
    with pytest.raises(NotFound):
        renamed(organization, "rockets", an_actor(a_user()))


def test_renaming_needs_the_present_name_typed() -> None:
    """Red without the comparison of ``confirmation`` in ``rename_organization``."""
    organization = an_organization("acme")

    with pytest.raises(ConfirmationWrong) as refused:
        rename_organization(
            organization=organization,
            name="rockets",
            confirmation="ACME",
            actor=an_actor(the_owner(organization)),
        )

    assert refused.value.field == "confirmation"


@pytest.mark.parametrize(
    ("name", "refusal", "reason"),
    [
        ("-", NameMalformed, "name_malformed"),
        ("admin", NameRefused, "name_reserved"),
        ("acme-official", NameRefused, "name_prohibited"),
        ("guild", NameRefused, "name_taken"),
        ("gone", NameRefused, "name_burned"),
        ("gui1d", NameRefused, "name_confusable"),
    ],
)
def test_a_new_name_is_held_to_what_founding_is(
    name: str, refusal: type[Refusal], reason: str
) -> None:
    """Red without ``take_name`` in ``rename_organization``."""
    organization = an_organization("acme")
    an_organization("guild")
    a_closed_organization("gone")

    with pytest.raises(refusal) as refused:
        renamed(organization, name)

    assert (refused.value.reason, refused.value.field) == (reason, "name")


def test_a_name_is_kept_for_thirty_days_and_the_refusal_says_until_when(
    at: Callable[..., object],
) -> None:
    """Red without ``_require_kept_long_enough`` in ``rename_organization``."""
    organization = an_organization("acme")
    renamed(organization, "rockets")
    free_again = Organization.objects.get(pk=organization.pk).renamed_at
    assert free_again is not None
    free_again += timedelta(days=30)

    at(free_again - timedelta(seconds=1))
    with pytest.raises(RenamedLately) as refused:
        renamed(organization, "boats")
    at(free_again)
    after = renamed(organization, "boats")

    assert f"{free_again:%-d %B %Y}" in refused.value.sentence
    assert after.name == "boats"


def test_twice_is_once() -> None:
    """Red without ``if before == name`` in ``rename_organization``: the second would be refused."""
    organization = an_organization("acme")
    send = {
        "organization": organization,
        "name": "rockets",
        "confirmation": "acme",
        "actor": an_actor(the_owner(organization)),
    }

    rename_organization(**send)  # type: ignore[arg-type]  # one set of arguments, sent twice
    again = rename_organization(**send)  # type: ignore[arg-type]  # as above

    assert again.name == "rockets"
    assert AuditEvent.objects.filter(name="organization.renamed").count() == 1


def test_an_earlier_name_of_its_own_may_be_had_back_and_is_written_once(
    at: Callable[..., object],
) -> None:
    organization = an_organization("acme")
    renamed(organization, "rockets")
    at(clock.now() + timedelta(days=30))

    after = renamed(organization, "acme")

    assert after.name == "acme"
    assert organization.names.count() == 2


def test_what_looks_like_its_own_name_may_be_had() -> None:
    organization = an_organization("acme-rockets")

    assert renamed(organization, "acmerockets").name == "acmerockets"


def test_another_spelling_waits_for_nothing_and_makes_nobody_wait() -> None:
    organization = an_organization("acme")
    renamed(organization, "rockets")

    assert renamed(organization, "Rockets").name == "Rockets"
    assert organization.names.count() == 2

    other = an_organization("guild")
    renamed(other, "Guild")
    assert renamed(other, "union").name == "union"


def test_all_owners_are_told_and_nobody_else() -> None:
    organization = an_organization("acme")
    second = a_member(organization, Role.OWNER)
    a_member(organization, Role.MANAGER)
    renamed(organization, "rockets")

    deliver_all()

    told = {message.to[0] for message in mail.outbox if "is called rockets" in message.subject}
    assert told == {the_owner(organization).user.email, second.user.email}


def test_staff_release_a_burned_name_and_anybody_may_found_it() -> None:
    gone = a_closed_organization("acme")
    assert name_availability("acme").reason == "burned"

    release_name(name="ACME", because="Asked for by its former owners.", actor=support())

    assert name_availability("acme").free
    owner = a_user()
    create_organization(
        name="acme", display_name="Acme", kind="company", owner=owner, actor=an_actor(owner)
    )
    history = OrganizationName.objects.filter(normalized_name="acme").order_by("pk")
    assert [bool(name.released_at) for name in history] == [True, False]
    event = AuditEvent.objects.get(name="organization.name_released")
    assert (event.actor_kind, event.organization_id) == ("staff", gone.pk)
    assert event.words["because"] == "Asked for by its former owners."


def test_a_released_name_leads_nowhere_any_more() -> None:
    organization = an_organization("acme")
    renamed(organization, "rockets")
    assert Organization.objects.named("acme").get() == organization

    release_name(name="acme", because="It was never theirs.", actor=support())

    assert not Organization.objects.named("acme").exists()
    assert Organization.objects.named("rockets").get() == organization


@pytest.mark.parametrize("state", ["open", "closing"])
def test_a_name_that_is_borne_is_not_released(state: str) -> None:
    """Red without ``raise NameInUse`` in ``release_name``."""
    organization = an_organization("acme")
    ends = clock.now() if state == "closing" else None
    Organization.objects.filter(pk=organization.pk).update(state=state, closes_at=ends)

    with pytest.raises(NameInUse):
        release_name(name="acme", because="Because.", actor=support())


def test_what_nobody_holds_is_not_released_and_twice_is_refused() -> None:
    a_closed_organization("acme")
    staff = support()
    release_name(name="acme", because="Because.", actor=staff)

    for name in ("acme", "never-seen"):
        with pytest.raises(NameNotHeld):
            release_name(name=name, because="Because.", actor=staff)


@pytest.mark.parametrize("because", ["", "  ", "x" * 301])
def test_a_release_needs_a_reason(because: str) -> None:
    a_closed_organization("acme")

    with pytest.raises(ReasonMissing):
        release_name(name="acme", because=because, actor=support())


@pytest.mark.parametrize("role", ["", "reviewer", "billing"])
def test_to_others_the_release_of_names_does_not_exist(role: str) -> None:
    """Red without ``require_staff`` in ``release_name``."""
    a_closed_organization("acme")

    with pytest.raises(NotFound):
        release_name(name="acme", because="Because.", actor=reviewing(a_reviewer(role)))


def test_the_database_holds_a_name_once_and_a_release_to_its_reason() -> None:
    held = an_organization("acme").names.get()
    other = an_organization("guild")

    with pytest.raises(IntegrityError), transaction.atomic():
        other.names.create(
            name="acme", normalized_name=normalized("acme"), skeleton=skeleton("acme")
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        held.release("")
