"""What an applicant can do, when, and what stands against it."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import actors
from accounts.models import PersonalToken
from audit.models import AuditEvent
from community.actions.applications import (
    appeal_decision,
    begin_application,
    edit_application,
    submit_application,
    withdraw_application,
)
from community.actions.reviewing import claim_application
from community.models import Application
from community.refusals import (
    AppealSpent,
    IllegalTransition,
    Incomplete,
    NotEditable,
    TooManyUndecided,
    WordsMissing,
)
from community.states import UNDECIDED, State
from kernel.refusals import Forbidden, Invalid, NotFound, Refusal
from orgs.models import NameClaim
from orgs.refusals import NameMalformed, NameRefused
from tests.builders import a_user, an_actor, an_organization
from tests.community.builders import (
    a_draft,
    a_reviewer,
    an_application,
    answers,
    decided,
    reviewing,
)

pytestmark = pytest.mark.django_db


def test_a_submitted_application_waits_holds_its_name_and_is_in_the_log() -> None:
    draft = a_draft(name="Open.Orchard")

    submitted = submit_application(application=draft, actor=an_actor(draft.applicant))

    assert submitted.state == State.SUBMITTED
    assert submitted.queued_at == submitted.submitted_at
    claim = NameClaim.objects.get()
    assert (claim.claimant, claim.normalized_name) == (submitted.claimant, "open-orchard")
    assert claim.user_id == draft.applicant_id
    assert [event.name for event in AuditEvent.objects.about("application", draft.pk)] == [
        "application.drafted",
        "application.submitted",
    ]


def test_submitting_twice_is_once() -> None:
    application = an_application()

    submit_application(application=application, actor=an_actor(application.applicant))

    assert AuditEvent.objects.filter(name="application.submitted").count() == 1
    assert application.steps.count() == 1


@pytest.mark.parametrize("field", ["display_name", "url", "description", "intended_use", "people"])
def test_what_a_reviewer_needs_cannot_be_left_out(field: str) -> None:
    left_out: dict[str, Any] = {field: None if field == "people" else ""}
    draft = a_draft(**left_out)

    with pytest.raises(Incomplete) as refused:
        submit_application(application=draft, actor=an_actor(draft.applicant))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("name", "reason"),
    [("admin", "name_reserved"), ("taken", "name_taken"), ("Taken_", "name_malformed"),
     ("t-aken", "name_confusable")],
)  # fmt: skip
def test_a_name_that_cannot_be_had_is_refused_with_the_reason(name: str, reason: str) -> None:
    an_organization("taken")

    with pytest.raises((NameRefused, NameMalformed)) as refused:
        an_application(name=name)
    assert refused.value.reason == reason
    assert refused.value.field == "name"
    assert not NameClaim.objects.exists()


def test_several_may_ask_for_one_name_and_nobody_founds_under_it_meanwhile() -> None:
    first, second = an_application(name="orchard"), an_application(name="Orchard")

    assert NameClaim.objects.count() == 2
    assert {first.skeleton, second.skeleton} == {first.skeleton}
    with pytest.raises(NameRefused) as refused:
        an_organization("orchard")
    assert refused.value.reason == "name_competing"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "ftp://example.org/x", "no address"])
@pytest.mark.parametrize("field", ["url", "repository_url", "license_url"])
def test_links_lead_into_the_web_or_are_refused(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        a_draft(None, **dict[str, Any]({field: value}))
    assert refused.value.field == field


def test_a_fourth_undecided_application_is_refused_until_one_ends() -> None:
    applicant = a_user()
    waiting = [an_application(applicant=applicant) for _ in range(3)]
    fourth = a_draft(applicant)

    with pytest.raises(TooManyUndecided):
        submit_application(application=fourth, actor=an_actor(applicant))
    withdraw_application(application=waiting[0], actor=an_actor(applicant))

    assert submit_application(application=fourth, actor=an_actor(applicant)).state == "submitted"


@pytest.mark.parametrize("state", sorted(UNDECIDED))
def test_every_undecided_state_counts_towards_the_three(state: str) -> None:
    applicant = a_user()
    an_application(state, applicant=applicant)
    for _ in range(2):
        an_application(applicant=applicant)

    with pytest.raises(TooManyUndecided):
        an_application(applicant=applicant)


def test_an_appeal_counts_towards_the_three_as_well() -> None:
    declined = an_application(State.DECLINED)
    for _ in range(3):
        an_application(applicant=declined.applicant)

    with pytest.raises(TooManyUndecided):
        appeal_decision(application=declined, actor=an_actor(declined.applicant), words="Look.")


def test_words_change_until_somebody_reads_them_and_the_log_tells_which() -> None:
    application = an_application(name="orchard")

    edit_application(
        application=application,
        actor=an_actor(application.applicant),
        **answers(name="vineyard", display_name=application.display_name),
    )

    application.refresh_from_db()
    assert application.name == "vineyard"
    assert NameClaim.objects.get().normalized_name == "vineyard"
    event = AuditEvent.objects.get(name="application.edited")
    assert event.facts["fields"] == "the name"
    assert event.words["before"] == {"name": "orchard"}
    assert "before" not in event.facts


def test_saving_the_same_words_is_no_change() -> None:
    application = an_application()
    same = {"name": application.name, "people": application.people}

    edit_application(application=application, actor=an_actor(application.applicant), **same)

    assert not AuditEvent.objects.filter(name="application.edited").exists()


def test_a_name_that_is_gone_is_refused_while_editing_and_the_old_claim_stays() -> None:
    an_organization("taken")
    application = an_application(name="orchard")

    with pytest.raises(NameRefused):
        edit_application(
            application=application, actor=an_actor(application.applicant), name="taken"
        )

    assert NameClaim.objects.get().normalized_name == "orchard"


def test_what_is_in_the_queue_cannot_be_made_incomplete() -> None:
    application = an_application()

    with pytest.raises(Incomplete):
        edit_application(
            application=application, actor=an_actor(application.applicant), people=None
        )
    application.refresh_from_db()
    assert application.people == 7


@pytest.mark.parametrize(
    "state", [state for state in State.values if state not in ("draft", *UNDECIDED)]
)
def test_what_has_ended_holds_no_name(state: str) -> None:
    an_application(state)

    assert not NameClaim.objects.exists()


def test_withdrawing_twice_is_once() -> None:
    application = an_application(State.WITHDRAWN)

    withdraw_application(application=application, actor=an_actor(application.applicant))

    assert AuditEvent.objects.filter(name="application.withdrawn").count() == 1


def test_an_appeal_is_for_another_reviewer_and_is_made_once() -> None:
    first, second = a_reviewer(), a_reviewer()
    application = an_application(State.APPEALED, reviewer=first)
    owner = an_actor(application.applicant)

    with pytest.raises(Forbidden) as refused:
        claim_application(application=application, actor=reviewing(first))
    assert refused.value.reason == "interested_reviewer"
    claim_application(application=application, actor=reviewing(second))
    decided(application, "declined", reviewing(second))

    with pytest.raises(AppealSpent):
        appeal_decision(application=application, actor=owner, words="Again?")


def test_another_reviewer_s_appeal_that_was_let_go_is_still_not_for_the_first() -> None:
    first, second = a_reviewer(), a_reviewer()
    application = an_application(State.APPEALED, reviewer=first)
    claim_application(application=application, actor=reviewing(second))
    Application.objects.filter(pk=application.pk).update(held_until=application.submitted_at)

    with pytest.raises(Forbidden):
        claim_application(application=application, actor=reviewing(first))


def test_an_appeal_whose_name_is_gone_names_another() -> None:
    application = an_application(State.DECLINED, name="orchard")
    an_organization("orchard")
    owner = an_actor(application.applicant)

    with pytest.raises(NameRefused):
        appeal_decision(application=application, actor=owner, words="Look.")
    appealed = appeal_decision(application=application, actor=owner, words="Look.", name="vineyard")

    assert (appealed.state, appealed.name) == (State.APPEALED, "vineyard")
    assert NameClaim.objects.get().normalized_name == "vineyard"


def test_an_appeal_needs_words() -> None:
    application = an_application(State.DECLINED)

    with pytest.raises(WordsMissing):
        appeal_decision(application=application, actor=an_actor(application.applicant), words=" ")


Act = Callable[[Application], object]
ACTS: dict[str, Act] = {
    "edit": lambda it: edit_application(application=it, actor=an_actor(it.applicant), people=9),
    "submit": lambda it: submit_application(application=it, actor=an_actor(it.applicant)),
    "withdraw": lambda it: withdraw_application(application=it, actor=an_actor(it.applicant)),
    "appeal": lambda it: appeal_decision(
        application=it, actor=an_actor(it.applicant), words="Look."
    ),
}
REFUSED: dict[str, dict[str, type[Refusal]]] = {
    "edit": dict.fromkeys(
        ["claimed", "needs_information", "approved", "declined", "withdrawn"], NotEditable
    ),
    "submit": {
        **dict.fromkeys(["claimed", "needs_information", "deferred"], NotEditable),
        **dict.fromkeys(["approved", "declined", "appealed", "withdrawn"], IllegalTransition),
    },
    "withdraw": dict.fromkeys(["approved", "declined"], IllegalTransition),
    "appeal": dict.fromkeys(
        ["draft", "submitted", "claimed", "needs_information", "deferred", "approved", "withdrawn"],
        IllegalTransition,
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", State.values)
def test_each_act_in_each_state_does_what_it_should_or_changes_nothing(
    act: str, state: str
) -> None:
    application = an_application(state)
    refusal = REFUSED[act].get(state)

    if refusal is None:
        ACTS[act](application)
        return
    with pytest.raises(refusal):
        ACTS[act](application)
    assert Application.objects.get(pk=application.pk).state == state


@pytest.mark.parametrize("other", ["stranger", "reviewer"])
def test_to_strangers_and_to_staff_an_applicant_s_acts_do_not_exist(other: str) -> None:
    draft, declined = a_draft(), an_application(State.DECLINED)
    actor = reviewing(a_reviewer("admin")) if other == "reviewer" else an_actor(a_user())

    with pytest.raises(NotFound):
        edit_application(application=draft, actor=actor, people=9)
    with pytest.raises(NotFound):
        submit_application(application=draft, actor=actor)
    with pytest.raises(NotFound):
        withdraw_application(application=draft, actor=actor)
    with pytest.raises(NotFound):
        appeal_decision(application=declined, actor=actor, words="Look.")


def test_a_token_needs_the_scope() -> None:
    applicant = a_user()
    weak = actors.of_token(PersonalToken(user=applicant, scopes=["members:read"]))
    strong = actors.of_token(PersonalToken(user=applicant, scopes=["applications:write"]))

    with pytest.raises(Forbidden) as refused:
        begin_application(applicant=applicant, actor=weak, **answers())
    assert refused.value.reason == "scope_missing"
    assert begin_application(applicant=applicant, actor=strong, **answers()).state == State.DRAFT
