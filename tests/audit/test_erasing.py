"""Erasing a person: their words go everywhere, others' stay, and the chain still verifies."""

import pytest
from django.db import transaction

from audit.erasing import erase_person_from_log
from audit.models import AuditDetail, AuditEvent
from audit.record import record
from audit.sealing import seal_everything
from audit.verifying import verify
from kernel.actor import SYSTEM
from orgs.events import InvitationClosed, InvitationSent, MemberJoined
from orgs.project_events import ProjectMoved
from tests.audit.logs import Somewhere, a_person, joined, written

pytestmark = pytest.mark.django_db(transaction=True)

ADA, GRACE = a_person(7, "Ada", "192.0.2.7"), a_person(8, "Grace", "192.0.2.8")


def words(event: AuditEvent) -> dict[str, object]:
    return AuditEvent.objects.select_related("detail").get(pk=event.pk).words


def invited(email: str, number: int) -> AuditEvent:
    with transaction.atomic():
        return record(
            InvitationSent(invitation_id=number, email=email, role="member", round=1),
            actor=ADA,
            organization=Somewhere(1),
            about=[f"invitation:{number}"],
        )


def test_what_is_said_about_one_goes_and_what_is_said_about_others_stays() -> None:
    by_grace = written(1, actor=GRACE, sealed=False)[0]
    by_ada = written(1, actor=ADA, sealed=False)[0]
    done_to_grace = joined(8, "Grace", by=ADA)
    done_by_grace = joined(7, "Ada", by=GRACE, organization=2)
    seal_everything()

    assert erase_person_from_log(user_id=8, actor=SYSTEM) == 3

    assert words(by_grace) == {}
    assert words(by_ada) == {"actor": "Ada", "address": "192.0.2.7"}
    assert words(done_to_grace) == {"actor": "Ada", "address": "192.0.2.7"}
    assert words(done_by_grace) == {"member": "Ada"}
    assert AuditEvent.objects.get(pk=done_to_grace.pk).sentence() == "(erased) joined as member"
    everything = str(list(AuditDetail.objects.values()))
    assert "Grace" not in everything
    assert "192.0.2.8" not in everything
    seal_everything()
    verdict = verify()
    assert verdict.damage == []
    assert verdict.erased == 3


def test_the_salt_goes_with_the_word() -> None:
    """Red without ``salts.pop`` in ``AuditDetail.erase``: with it, an address could be guessed."""
    [event] = written(1, actor=ADA)
    salts = AuditDetail.objects.get(event=event).salts
    assert set(salts) == {"actor", "address"}
    assert salts["actor"] != salts["address"]

    erase_person_from_log(user_id=7, actor=SYSTEM)

    detail = AuditDetail.objects.get(event=event)
    assert detail.salts == {}
    assert set(detail.erased) == {"actor", "address"}


def test_invitations_that_became_theirs_are_followed_and_others_are_not() -> None:
    sent, other = invited("grace@example.org", 5), invited("rosa@example.org", 6)
    with transaction.atomic():
        record(
            MemberJoined(user_id=8, member="Grace", role="member"),
            actor=GRACE,
            organization=Somewhere(1),
            about=["user:8", "invitation:5"],
        )
        closed = record(
            InvitationClosed(
                invitation_id=9, email="grace@example.org", role="member", outcome="declined"
            ),
            actor=SYSTEM,
            organization=Somewhere(2),
            about=["invitation:9"],
        )
    seal_everything()

    erase_person_from_log(user_id=8, actor=SYSTEM, also_about=["invitation:9"])

    assert words(sent) == {"actor": "Ada", "address": "192.0.2.7"}
    assert words(closed) == {"actor": "system"}
    assert words(other)["email"] == "rosa@example.org"
    assert "grace" not in str(list(AuditDetail.objects.values())).lower()
    assert verify().damage == []


def test_who_invited_takes_their_own_name_and_not_the_address_of_others() -> None:
    sent = invited("rosa@example.org", 6)

    erase_person_from_log(user_id=7, actor=SYSTEM)

    assert words(sent) == {"email": "rosa@example.org"}


@pytest.mark.parametrize(("who", "left"), [(7, {"receiver"}), (8, {"giver"})])
def test_of_an_event_that_names_two_people_each_takes_their_own_name(
    who: int, left: set[str]
) -> None:
    """Red without ``ProjectMoved.whose``: the wrong names stay, and go."""
    with transaction.atomic():
        moved = record(
            ProjectMoved(
                transfer_id=1,
                project="atlas",
                giver="Ada",
                receiver="Grace",
                from_user_id=7,
                to_user_id=8,
                grants_ended=0,
                roles_ended=0,
            ),
            actor=GRACE,
            about=["project:1", "user:7", "user:8"],
        )

    erase_person_from_log(user_id=who, actor=SYSTEM)

    assert {"giver", "receiver"} & words(moved).keys() == left
    assert ("actor" in words(moved)) == (who == 7)


def test_erasing_twice_is_erasing_once_and_is_itself_told_without_a_name() -> None:
    written(2, actor=ADA)

    assert erase_person_from_log(user_id=7, actor=ADA) == 3, "with the event of the erasing itself"
    assert erase_person_from_log(user_id=7, actor=SYSTEM) == 0

    told = AuditEvent.objects.filter(name="log.person_erased").order_by("pk")[0]
    assert told.sentence() == "(erased) erased the names and words about a person from the log"
