"""Words for people about where an application stands, and about what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from community.models import Application, Decision
from community.reasons import REASONS
from community.states import State

STEPS = ("Written", "In the queue", "Under review", "Decided")
"""The way of an application, as its page shows it."""

DAY, HOUR = 86400, 3600


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state as pages show it; ``step`` counts in ``STEPS``, and is 0 off the way."""

    tone: str
    label: str
    sentence: str
    step: int


STATES: dict[str, StateWords] = {
    State.DRAFT: StateWords(
        "neutral", "Draft", "Only you can see this. Submit it when it is ready.", 1
    ),
    State.SUBMITTED: StateWords(
        "info", "In the queue", "A reviewer will take it up. You can still change every word.", 2
    ),
    State.CLAIMED: StateWords(
        "info", "Under review", "A reviewer is reading it now, so it cannot be changed.", 3
    ),
    State.NEEDS_INFORMATION: StateWords(
        "warning", "Waiting for you", "A reviewer asked you something. Answer below.", 3
    ),
    State.DEFERRED: StateWords(
        "neutral", "Set aside", "A reviewer set it aside for now; it keeps its place.", 2
    ),
    State.APPROVED: StateWords("success", "Approved", "Your organization is there.", 5),
    State.DECLINED: StateWords("danger", "Declined", "The reason is told below.", 4),
    State.APPEALED: StateWords(
        "info", "Appealed", "Another reviewer will look at it. You can still change every word.", 2
    ),
    State.WITHDRAWN: StateWords("neutral", "Withdrawn", "You took this application back.", 0),
}

_PASSAGES: dict[tuple[str, str], tuple[str, str]] = {
    (State.DRAFT, State.SUBMITTED): ("Submitted", "send"),
    (State.SUBMITTED, State.CLAIMED): ("Taken up by a reviewer", "eye"),
    (State.APPEALED, State.CLAIMED): ("Appeal taken up by another reviewer", "eye"),
    (State.CLAIMED, State.SUBMITTED): ("Back in the queue", "history"),
    (State.CLAIMED, State.NEEDS_INFORMATION): ("A reviewer asked something", "message-question"),
    (State.NEEDS_INFORMATION, State.CLAIMED): ("Answered, and back with the reviewer", "message"),
    (State.NEEDS_INFORMATION, State.SUBMITTED): ("Answered, and back in the queue", "message"),
    (State.CLAIMED, State.DEFERRED): ("Set aside for now", "hourglass"),
    (State.DEFERRED, State.SUBMITTED): ("Back in the queue", "history"),
    (State.DECLINED, State.APPEALED): ("Appealed", "scale"),
}
_ENDS: dict[str, tuple[str, str]] = {
    State.APPROVED: ("Approved", "circle-check"),
    State.DECLINED: ("Declined", "circle-x"),
    State.WITHDRAWN: ("Withdrawn", "door-exit"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline."""

    title: str
    when: datetime
    icon: str = "clock"
    who: str = ""
    text: str = ""


def history_for_applicant(application: Application) -> list[Entry]:
    """Tell what happened, the newest first; reviewers stay unnamed."""
    entries = [Entry("Begun", application.created_at, "pencil")]
    for step in application.steps.order_by("pk"):
        title, icon = _passage(step.before, step.after)
        entries.append(Entry(title, step.at, icon))
    return entries[::-1]


def history_for_staff(application: Application, decisions: Sequence[Decision]) -> list[Entry]:
    """Tell what happened and who did it, the newest first, with every decision's words."""
    entries = [Entry("Begun", application.created_at, "pencil", str(application.applicant))]
    for step in application.steps.select_related("by").order_by("pk"):
        title, icon = _passage(step.before, step.after)
        entries.append(Entry(title, step.at, icon, str(step.by) if step.by else "the system"))
    entries += [_decided(decision) for decision in decisions]
    return sorted(entries, key=lambda entry: entry.when, reverse=True)


def wait_in_words(wait: timedelta | None) -> str:
    """Say how long a decision usually takes, roughly; honest when nobody can know."""
    if wait is None:
        return "not enough decisions yet"
    seconds = wait.total_seconds()
    for unit, name in ((DAY, "day"), (HOUR, "hour")):
        if seconds >= unit:
            count = round(seconds / unit)
            return f"about {count} {name}{'' if count == 1 else 's'}"
    return "less than an hour"


def _passage(before: str, after: str) -> tuple[str, str]:
    return _PASSAGES.get((before, after)) or _ENDS.get(after) or (State(after).label, "clock")


def _decided(decision: Decision) -> Entry:
    title = f"Decision: {decision.get_outcome_display().lower()}, {REASONS[decision.reason].label}"
    if decision.voided_at is not None:
        title += f" (void: {decision.void_because})"
    return Entry(title, decision.recorded_at, "scale", str(decision.reviewer), decision.words)
