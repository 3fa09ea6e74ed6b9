"""Two who come at once, on two real connections: the second begins before the first is through."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from community.actions.applications import submit_application, withdraw_application
from community.actions.decisions import decide
from community.actions.reviewing import claim_application
from community.models import Application, Decision
from community.states import State
from kernel.actor import Actor
from kernel.refusals import Refusal
from orgs.models import NameClaim, Organization
from subscriptions.actions.founding import found_company
from tests.builders import a_user, an_actor
from tests.community.builders import a_draft, a_reviewer, an_application, reviewing

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], object]
BLOCKED = 0.7
"""Seconds for which the first stays open; without a lock the second is done by then."""


def overlapping(first: Act, second: Act) -> list[str]:
    """Run ``second`` while the transaction of ``first`` is open; return what became of each."""
    acted, through = Event(), Event()
    outcomes = ["", ""]

    def run(index: int, act: Act, after: Act) -> None:
        try:
            with transaction.atomic():
                act()
                after()
            outcomes[index] = "ok"
        except Refusal as refusal:
            outcomes[index] = f"{refusal.reason}: {refusal.sentence}"
        except Exception as error:
            outcomes[index] = repr(error)
        finally:
            acted.set()
            connection.close()

    def wait_for_the_second() -> None:
        acted.set()
        through.wait(timeout=BLOCKED)

    def run_second() -> None:
        acted.wait(timeout=20)
        run(1, second, lambda: None)
        through.set()

    threads = [
        Thread(target=run, args=(0, first, wait_for_the_second)),
        Thread(target=run_second),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def deciding(application: Application, outcome: str, actor: Actor) -> Act:
    """Return the act of deciding, for a thread."""
    reason = "open_project" if outcome == "approved" else "other"
    return lambda: decide(
        application=application, outcome=outcome, reason=reason, words="So it is.", actor=actor
    )


def test_of_two_submissions_at_once_only_the_third_application_is_let_in() -> None:
    """Red without ``User.objects.select_for_update`` in ``community.moves.require_room``."""
    applicant = a_user()
    for _ in range(2):
        an_application(applicant=applicant)
    one, two = a_draft(applicant), a_draft(applicant)
    actor = an_actor(applicant)

    outcomes = overlapping(
        lambda: submit_application(application=one, actor=actor),
        lambda: submit_application(application=two, actor=actor),
    )

    assert outcomes[0] == "ok"
    assert outcomes[1].startswith("too_many_undecided")
    assert Application.objects.undecided().filter(applicant=applicant).count() == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [("approved", "approved"), ("approved", "declined"), ("declined", "approved"),
     ("declined", "declined")],
)  # fmt: skip
def test_of_two_decisions_at_once_one_holds_and_the_other_reads_who_made_it(
    first: str, second: str
) -> None:
    """Red without the locks in ``community.actions.decisions._lock``.

    ``Application.objects.lock`` where a decline is second; where an approval is, ``lock_skeleton``
    together with ``lock_each``, of which either holds here alone.
    """
    reviewer = a_user(name="Rana", staff_role="reviewer")
    application = an_application(State.CLAIMED, reviewer=reviewer, name="orchard")

    outcomes = overlapping(
        deciding(application, first, reviewing(reviewer)),
        deciding(application, second, reviewing(reviewer)),
    )

    assert outcomes[0] == "ok"
    assert outcomes[1].startswith(f"already_decided: Rana {first} this application on")
    assert Decision.objects.get().outcome == first
    assert Application.objects.get(pk=application.pk).state == first
    assert Organization.objects.count() == (1 if first == "approved" else 0)


def test_of_two_rivals_approved_at_once_one_gets_the_name() -> None:
    """Red without both locks of an approval in ``community.actions.decisions._lock``.

    ``lock_skeleton`` and ``lock_each`` each hold here alone; with neither, the second is told of a
    lost name instead of who decided.
    """
    one, two = a_reviewer(), a_reviewer()
    first = an_application(State.CLAIMED, reviewer=one, name="orchard")
    second = an_application(State.CLAIMED, reviewer=two, name="0rchard")

    outcomes = overlapping(
        deciding(first, "approved", reviewing(one)), deciding(second, "approved", reviewing(two))
    )

    assert outcomes[0] == "ok"
    assert outcomes[1].startswith("already_decided")
    assert Organization.objects.get().name == "orchard"
    assert Application.objects.get(pk=second.pk).decisions.get().reason == "name_given"


def test_of_an_approval_and_a_withdrawal_at_once_one_holds() -> None:
    """Red without ``Application.objects.lock`` in ``withdraw_application``."""
    reviewer = a_reviewer()
    application = an_application(State.CLAIMED, reviewer=reviewer)

    outcomes = overlapping(
        deciding(application, "approved", reviewing(reviewer)),
        lambda: withdraw_application(
            application=application, actor=an_actor(application.applicant)
        ),
    )

    assert outcomes[0] == "ok"
    assert outcomes[1].startswith("illegal_transition")
    assert Application.objects.get(pk=application.pk).state == State.APPROVED


def test_of_two_claims_at_once_one_holds_it_and_the_other_reads_who() -> None:
    """Red without ``Application.objects.lock`` in ``claim_application``."""
    application = an_application()
    first = a_user(name="Rana", staff_role="reviewer")

    outcomes = overlapping(
        lambda: claim_application(application=application, actor=reviewing(first)),
        lambda: claim_application(application=application, actor=reviewing(a_reviewer())),
    )

    assert outcomes == ["ok", "held_by_another: Rana has this application."]


def test_a_name_founded_while_it_is_submitted_is_not_claimed_too() -> None:
    """Red without ``lock_skeleton`` in ``community.moves.hold_name``."""
    draft, founder = a_draft(name="orchard"), a_user()

    outcomes = overlapping(
        lambda: found_company(
            name="orchard", display_name="Orchard Ltd.", owner=founder, actor=an_actor(founder)
        ),
        lambda: submit_application(application=draft, actor=an_actor(draft.applicant)),
    )

    assert outcomes[0] == "ok"
    assert outcomes[1].startswith("name_taken")
    assert not NameClaim.objects.exists()
