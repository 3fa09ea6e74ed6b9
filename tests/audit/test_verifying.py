"""Damage is done as a superuser could, and each kind is found where it was done."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditDetail, AuditSeal
from audit.verifying import Damage, verify
from tests.audit.logs import a_person, joined, run, superuser, written
from tests.builders import an_organization

pytestmark = pytest.mark.django_db(transaction=True)


def places() -> set[tuple[str, int | None]]:
    return {(damage.stream, damage.number) for damage in verify().damage}


def test_a_log_that_nobody_touched_is_sound() -> None:
    written(5, organization=1)
    written(3, organization=2)
    written(2, sealed=False)

    verdict = verify()

    assert verdict.damage == []
    assert (verdict.streams, verdict.checked, verdict.unsealed) == (2, 8, 2)
    assert verdict.oldest_unsealed is not None
    assert verdict.heads["organization:1"][0] == 5
    assert verdict.heads["*"][0] == 8


@pytest.mark.parametrize(
    "change",
    [
        "facts = jsonb_set(facts, '{team}', '\"other\"')",
        "name = 'team.deleted'",
        "actor_id = 8",
        "actor_kind = 'host'",
        "credential_id = 8",
        "organization_id = 2",
        "subjects = '{team:9}'",
        "request_id = 'another'",
        "at = at + interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "detail_digest = overlay(detail_digest placing '!' from 1)",
    ],
)
def test_a_flipped_byte_is_found(change: str) -> None:
    """Red without the value in ``audit.chain.sealed_hash``."""
    events = written(4, actor=a_person(7))

    with superuser():
        run(f"UPDATE audit_auditevent SET {change} WHERE id = %s", events[1].pk)  # noqa: S608 -- its own words

    assert ("organization:1", 2) in places()
    assert ("organization:1", 3) not in places()


def test_a_changed_word_is_found_and_an_erased_one_is_not_damage() -> None:
    """Red without ``_check_detail`` in ``audit.verifying``."""
    one, two, three = written(3, actor=a_person(7))
    detail = AuditDetail.objects.get(event=two)
    detail.words["actor"] = "Eve"
    detail.save()
    AuditDetail.objects.filter(event=three).delete()
    detail = AuditDetail.objects.get(event=one)
    assert detail.erase(["address"])
    detail.save()

    verdict = verify()

    assert verdict.damage == [
        Damage("organization:1", 2, two.pk, "its personal words were changed")
    ]
    assert verdict.erased == 2
    assert detail.words == {"actor": "Ada"}


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
def test_a_deleted_row_is_found(table: str) -> None:
    events = written(4)
    key = "id" if table == "audit_auditevent" else "event_id"

    with superuser():
        run(f"DELETE FROM {table} WHERE {key} = %s", events[2].pk)  # noqa: S608 -- its own words

    assert ("organization:1", 3) in places()


def test_a_row_deleted_with_its_seal_is_found() -> None:
    events = written(4)

    with superuser():
        run("DELETE FROM audit_auditevent WHERE id = %s", events[1].pk)
        run("DELETE FROM audit_auditseal WHERE event_id = %s", events[1].pk)

    [damage] = [each for each in verify().damage if each.stream == "organization:1"]
    assert (damage.number, damage.what) == (2, "2 is missing")


def test_a_cut_tail_is_found() -> None:
    """Red without the comparison with the head in ``audit.verifying._check_stream``."""
    events = written(5)

    with superuser():
        for event in events[3:]:
            run("DELETE FROM audit_auditevent WHERE id = %s", event.pk)
            run("DELETE FROM audit_auditseal WHERE event_id = %s", event.pk)

    [damage] = [each for each in verify(1).damage if each.stream == "organization:1"]
    assert damage.number == 4
    assert damage.what == "cut off: 4 to 5 are missing at the end"


def test_a_cut_tail_is_found_although_the_head_was_moved() -> None:
    """Red without ``_check_count`` in ``audit.verifying``."""
    events = written(5)
    fourth = AuditSeal.objects.get(number=4)

    with superuser():
        run("DELETE FROM audit_auditevent WHERE id = %s", events[4].pk)
        run("DELETE FROM audit_auditseal WHERE event_id = %s", events[4].pk)
        run(
            "UPDATE audit_audithead SET number = 4, hash = %s WHERE stream = 'organization:1'",
            fourth.hash,
        )

    assert [each.what for each in verify().damage] == [
        "5 events were sealed, and 4 are accounted for"
    ]


def test_a_log_that_is_gone_altogether_is_missed() -> None:
    written(2, organization=1)
    written(3, organization=2)

    with superuser():
        run("DELETE FROM audit_auditevent WHERE organization_id = 2")
        run("DELETE FROM audit_auditseal WHERE stream = 'organization:2'")
        run("DELETE FROM audit_audithead WHERE stream = 'organization:2'")

    assert places() == {("*", None)}


def test_a_changed_seal_or_head_is_found() -> None:
    written(3)
    with superuser():
        run("UPDATE audit_auditseal SET hash = repeat('a', 64) WHERE number = 3")
    assert places() == {("organization:1", 3)}

    run("UPDATE audit_audithead SET hash = repeat('b', 64) WHERE stream = 'organization:1'")
    assert "the last seal is not the one that its head names" in {
        damage.what for damage in verify().damage
    }

    run("DELETE FROM audit_audithead WHERE stream = 'organization:1'")
    assert ("organization:1", None) in places()


def test_what_was_taken_out_before_it_was_sealed_is_found() -> None:
    one, two = written(2, sealed=False)

    with superuser():
        run("DELETE FROM audit_auditevent WHERE id = %s", one.pk)
        run("DELETE FROM audit_unsealedevent WHERE event_id = %s", two.pk)

    assert {(each.event_id, each.what) for each in verify().damage} == {
        (one.pk, "the event is gone, before it was sealed"),
        (two.pk, "it has no seal, and waits for none"),
    }


def test_a_checkpoint_that_was_moved_is_found() -> None:
    written(4)

    with superuser():
        run(
            "INSERT INTO audit_auditcheckpoint SELECT stream, number, repeat('b', 64), now()"
            " FROM audit_auditseal WHERE number = 2"
        )
        run(
            "DELETE FROM audit_auditevent WHERE id IN (SELECT event_id FROM audit_auditseal"
            " WHERE number <= 2)"
        )
        run("DELETE FROM audit_auditseal WHERE number <= 2")

    assert ("organization:1", 3) in places()


def told(*arguments: str) -> tuple[str, str]:
    """Run the command; return what it prints, and the fault it ends with."""
    out = StringIO()
    try:
        call_command("audit", "verify", *arguments, stdout=out)
    except CommandError as fault:
        return out.getvalue(), str(fault)
    return out.getvalue(), ""


def test_the_command_says_what_it_found_and_fails_on_damage() -> None:
    organization = an_organization("acme")
    written(2, organization=organization.pk)
    other = written(2, organization=organization.pk + 1)
    joined(7, "Grace", by=a_person(7))

    sound, no_fault = told("--organization", "ACME")
    with superuser():
        run("UPDATE audit_auditevent SET name = 'x.y' WHERE id = %s", other[0].pk)
    still_sound, _ = told("--organization", "acme")
    damaged, fault = told()
    machine, _ = told("--json")

    assert no_fault == ""
    assert sound.startswith("4 events checked in 1 streams; 0 pruned")
    assert still_sound == sound
    assert fault == "The log is damaged in 1 places."
    assert f"organization:{organization.pk + 1} 1 (event {other[0].pk})" in damaged
    assert "1 wait for their seal" in damaged
    found: dict[str, Any] = json.loads(machine)
    assert found["damage"][0]["event_id"] == other[0].pk
    assert found["unsealed"] == 1
    with pytest.raises(CommandError, match="There is no organization nobody"):
        call_command("audit", "verify", "--organization", "nobody")


def test_checking_writes_nothing(django_assert_max_num_queries: Callable[..., Any]) -> None:
    """A stream of one batch costs the same few queries, however long it is."""
    written(60)

    with django_assert_max_num_queries(20) as asked:
        verify()

    assert not any(
        query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
        for query in asked.captured_queries
    )
