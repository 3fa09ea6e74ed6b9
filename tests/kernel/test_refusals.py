"""A refusal is an answer: it has a kind, a code, words, and often a remedy."""

import pytest

from kernel.actor import SYSTEM, Actor, ActorKind
from kernel.refusals import STATUS, Conflict, Kind, Refusal, Remedy


class DoorLocked(Conflict):
    """The door is locked."""

    reason = "door_locked"
    title = "The door is locked"
    sentence = "Somebody locked the door."


def test_it_knows_its_words_code_and_status() -> None:
    refusal = DoorLocked()

    assert (refusal.sentence, refusal.reason) == ("Somebody locked the door.", "door_locked")
    assert (refusal.status, refusal.remedy, refusal.field) == (409, None, "")
    assert str(refusal) == refusal.sentence


def test_one_case_can_say_more() -> None:
    remedy = Remedy("Ask for the key", "the porter", "/porter/")

    refusal = DoorLocked("Ada locked it.", reason="ada", remedy=remedy, field="door")

    assert (refusal.sentence, refusal.reason) == ("Ada locked it.", "ada")
    assert (refusal.remedy, refusal.field) == (remedy, "door")
    assert DoorLocked().sentence == "Somebody locked the door."


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_status(kind: Kind) -> None:
    assert 400 <= STATUS[kind] < 600


def every(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(deeper for each in kind.__subclasses__() for deeper in every(each))]


@pytest.mark.parametrize("refusal", every(Refusal), ids=lambda kind: kind.__name__)
def test_every_refusal_has_words_for_people(refusal: type[Refusal]) -> None:
    assert refusal.sentence.endswith((".", "?"))
    assert refusal.title
    assert refusal.reason == refusal.reason.lower().replace(" ", "_")


def test_acting_as_staff_is_the_same_person_in_another_role() -> None:
    person = Actor(ActorKind.PERSON, user_id=7, label="Ada", staff_role="support")

    assert person.as_staff().kind is ActorKind.STAFF
    assert person.as_staff().user_id == 7
    assert SYSTEM.user_id is None
