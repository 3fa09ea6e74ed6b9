"""The log: written with its change, and never changed again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.events import Event, told
from audit.models import AuditDetail, AuditEvent
from audit.queries import LogFilter, organization_log
from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor, ActorKind
from orgs.events import MemberJoined, OrganizationFounded
from tests.builders import a_user, an_actor, an_organization, the_owner

FOUNDED = OrganizationFounded(organization="acme", kind="company")


@pytest.mark.django_db
def test_an_event_is_written_with_who_what_and_when(at: Callable[..., object]) -> None:
    organization = an_organization()
    at(clock.wall() + timedelta(days=90))
    ada = a_user(name="Ada")

    row = record(
        MemberJoined(user_id=7, member="Grace", role="member"),
        actor=Actor(ActorKind.PERSON, user_id=ada.pk, label="Ada", address="192.0.2.7"),
        organization=organization,
        about=["user:7"],
    )

    row = AuditEvent.objects.select_related("detail").get(pk=row.pk)
    assert row.facts == {"user_id": 7, "role": "member"}
    assert row.words == {"member": "Grace", "actor": "Ada", "address": "192.0.2.7"}
    assert set(row.subjects) == {f"organization:{organization.pk}", f"user:{ada.pk}", "user:7"}
    assert row.sentence() == "Grace joined as member"
    assert row.at - row.recorded_at > timedelta(days=89)


@pytest.mark.django_db
def test_what_is_personal_is_digested_with_a_salt_for_each_word() -> None:
    ada = Actor(ActorKind.PERSON, user_id=7, label="Ada", address="192.0.2.7")

    one, two = (record(FOUNDED, actor=ada) for _ in range(2))

    detail = AuditDetail.objects.get(event=one)
    assert set(detail.salts) == set(detail.words) == {"actor", "address"}
    assert len(set(detail.salts.values())) == 2
    assert detail.digest() == AuditEvent.objects.get(pk=one.pk).detail_digest
    assert one.detail_digest != two.detail_digest


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of its change"):
        record(FOUNDED, actor=SYSTEM)

    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_an_event_vanishes_with_its_change() -> None:
    with transaction.atomic():
        record(FOUNDED, actor=SYSTEM)
        transaction.set_rollback(True)

    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditevent SET name = 'nothing.happened'",
        "DELETE FROM audit_auditevent",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE audit_auditevent CASCADE",
        "UPDATE audit_auditevent SET facts = '{}' WHERE false OR id > 0",
    ],
)
def test_the_database_refuses_to_change_the_log(sql: str) -> None:
    an_organization()

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db
def test_people_are_named() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        record(FOUNDED, actor=Actor(ActorKind.PERSON))


@pytest.mark.django_db
def test_personal_words_can_be_erased_and_the_log_still_tells_what_happened() -> None:
    organization = an_organization()
    event = AuditEvent.objects.get(name="member.joined")

    AuditDetail.objects.filter(event=event).delete()

    event = AuditEvent.objects.get(pk=event.pk)
    assert event.words == {}
    assert event.sentence() == "(erased) joined as owner"
    assert event.organization_id == organization.pk


@pytest.mark.django_db
def test_the_log_outlives_what_it_tells_of() -> None:
    organization = an_organization()
    pk = organization.pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past its guard
        organization.seats.all().delete()
        cursor.execute("SET LOCAL session_replication_role = origin")
    organization.names.all().delete()
    organization.delete()

    assert AuditEvent.objects.of_organization(pk).count() == 2
    assert AuditEvent.objects.about("organization", pk).count() == 2


def test_an_event_of_a_newer_release_is_told_by_its_name() -> None:
    assert told("organization.teleported", {}, actor="Ada") == "Ada: organization.teleported"


def test_two_events_never_share_a_name() -> None:
    with pytest.raises(TypeError, match="event name of its own"):
        type("Again", (Event,), {"name": "member.joined"})


@pytest.mark.django_db
def test_the_log_of_an_organization_is_paged_and_filtered() -> None:
    organization, other = an_organization(), an_organization()
    ada = an_actor(the_owner(organization))
    for number in range(5):
        record(FOUNDED, actor=ada if number % 2 else SYSTEM, organization=organization)
    record(FOUNDED, actor=ada, organization=other)

    seen, cursor = [], ""
    for _ in range(9):
        founded = LogFilter(kind=FOUNDED.name)
        page = organization_log(organization.pk, founded, cursor=cursor, size=3)
        seen += [event.pk for event in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break

    assert len(seen) == 6  # the builder's own founding is one
    assert seen == sorted(seen, reverse=True)
    by_ada = organization_log(organization.pk, LogFilter(kind=FOUNDED.name, actor_id=ada.user_id))
    assert len(by_ada.rows) == 3
