"""What the free road refuses, each named as the fact that stands against it."""

from community.states import State
from kernel.refusals import Conflict, Forbidden, Invalid


class IllegalTransition(Conflict):
    """The application is in a state from which it cannot go there."""

    reason = "illegal_transition"
    title = "The application is somewhere else by now"

    def __init__(self, before: str, after: str) -> None:
        self.before, self.after = State(before), State(after)
        super().__init__(
            f"An application that is {self.before.label.lower()} ({self.before})"
            f" cannot become {self.after.label.lower()} ({self.after})."
        )


class TooManyUndecided(Conflict):
    """A person may have three applications under way."""

    reason = "too_many_undecided"
    title = "Three applications are under way"
    sentence = (
        "You have three applications that wait for a decision."
        " Wait for one, or withdraw one, before you submit another. This one is kept as it is."
    )


class NotEditable(Conflict):
    """Somebody is reading it, or it has ended."""

    reason = "not_editable"
    title = "This application cannot be changed now"


class Incomplete(Invalid):
    """Something that a reviewer needs is missing."""

    reason = "incomplete"
    title = "Something is missing"


class ChangedMeanwhile(Conflict):
    """Its name changed while it was being worked on."""

    reason = "changed_meanwhile"
    sentence = "The application changed while you were working on it. Look at it again."


class HeldByAnother(Conflict):
    """Another reviewer holds it."""

    reason = "held_by_another"
    title = "Another reviewer has it"


class NotHeld(Conflict):
    """Nobody acts on an application without having claimed it."""

    reason = "not_claimed"
    title = "Claim it first"
    sentence = "Claim this application before you act on it, so that nobody else does the same."


class InterestedReviewer(Forbidden):
    """The reviewer has a stake in it."""

    reason = "interested_reviewer"
    title = "Leave this one to another reviewer"


class AlreadyDecided(Conflict):
    """Somebody decided it first; the sentence tells who and what."""

    reason = "already_decided"
    title = "This was decided already"


class NameLost(Conflict):
    """The name cannot be had any more, so nothing was approved."""

    reason = "name_lost"
    title = "The name is gone"


class ReasonUnknown(Invalid):
    """The reason is not in the table, or belongs to the other outcome."""

    reason = "reason_unknown"
    sentence = "Choose one of the reasons."


class WordsMissing(Invalid):
    """Something must be said here."""

    reason = "words_missing"
    sentence = "Write a few words."


class AlreadyAnswered(Conflict):
    """The question has its answer."""

    reason = "already_answered"
    title = "This question has its answer"
    sentence = "This question was answered already; an answer stays as it was given."


class AppealSpent(Conflict):
    """An application is appealed once."""

    reason = "appeal_spent"
    title = "It was appealed already"
    sentence = "This decision was appealed, and looked at again by another reviewer. It stands."
