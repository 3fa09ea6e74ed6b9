"""The life of an application, against a table written by hand."""

from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction

from community.models import Application
from community.moves import check_move
from community.refusals import IllegalTransition
from community.states import State
from tests.community.builders import an_application

LIFE = """
draft              submitted withdrawn
submitted          claimed withdrawn
claimed            submitted approved declined needs_information deferred withdrawn
needs_information  claimed submitted withdrawn
deferred           submitted withdrawn
approved
declined           appealed
appealed           claimed withdrawn
withdrawn
"""
TABLE = {row.split()[0]: set(row.split()[1:]) for row in LIFE.strip().splitlines()}
PAIRS = [(before, after) for before in TABLE for after in TABLE]


def test_the_table_knows_every_state() -> None:
    assert set(TABLE) == set(State.values)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_each_pair_of_states_is_as_the_table_says(before: str, after: str) -> None:
    application = Application(state=before)

    if after in TABLE[before]:
        check_move(application, State(after))
        return
    with pytest.raises(IllegalTransition) as refused:
        check_move(application, State(after))
    assert refused.value.status == 409
    assert refused.value.reason == "illegal_transition"
    assert f"({before})" in refused.value.sentence
    assert f"({after})" in refused.value.sentence


@pytest.mark.django_db
@pytest.mark.parametrize("state", State.values)
def test_every_state_can_be_reached_and_leaves_its_steps(state: str) -> None:
    application = an_application(state)

    assert application.state == state
    passed = [State.DRAFT, *application.steps.order_by("pk").values_list("after", flat=True)]
    assert passed[-1] == state
    assert all(after in TABLE[before] for before, after in pairwise(passed))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        ("submitted", {"state": "elsewhere"}),
        ("submitted", {"name": "-"}),
        ("submitted", {"state": "claimed"}),
        ("submitted", {"state": "approved"}),
        ("submitted", {"submitted_at": None}),
        ("claimed", {"reviewer": None}),
        ("claimed", {"held_until": None}),
        ("approved", {"organization": None}),
    ],
)
def test_the_database_refuses_states_that_cannot_be(state: str, wrong: dict[str, object]) -> None:
    application = an_application(state)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**wrong)
