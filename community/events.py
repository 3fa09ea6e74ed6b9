"""What happens to applications, in the past tense; people's words are personal."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ApplicationDrafted(Event):
    """Somebody began an application."""

    name = "application.drafted"
    sentence = "{actor} began an application for “{community}”"

    application_id: int
    community: str


@dataclass(frozen=True, kw_only=True)
class ApplicationEdited(Event):
    """The applicant changed it; the changed fields are named, and their words are personal."""

    name = "application.edited"
    sentence = "{actor} changed the application for “{community}”: {fields:words}"
    personal = frozenset({"before", "after"})

    application_id: int
    community: str
    fields: str
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(Event):
    """It waits for a reviewer now."""

    name = "application.submitted"
    sentence = "{actor} submitted the application for “{community}”"

    application_id: int
    community: str


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(Event):
    """The applicant took it back."""

    name = "application.withdrawn"
    sentence = "{actor} withdrew the application for “{community}”"

    application_id: int
    community: str
    before: str


@dataclass(frozen=True, kw_only=True)
class ApplicationClaimed(Event):
    """A reviewer took it up."""

    name = "application.claimed"
    sentence = "{actor} took up the application for “{community}”"
    internal = True

    application_id: int
    community: str


@dataclass(frozen=True, kw_only=True)
class ApplicationReleased(Event):
    """It went back to the queue: let go, or held too long."""

    name = "application.released"
    sentence = "The application for “{community}” went back to the queue ({how:words} by {actor})"
    internal = True

    application_id: int
    community: str
    how: str


@dataclass(frozen=True, kw_only=True)
class ApplicationDeferred(Event):
    """A reviewer set it aside, and told why."""

    name = "application.deferred"
    sentence = "{actor} set the application for “{community}” aside: {words}"
    personal = frozenset({"words"})

    application_id: int
    community: str
    words: str


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Event):
    """A reviewer asked something."""

    name = "application.question_asked"
    sentence = "{actor} asked about “{community}”: {words}"
    personal = frozenset({"words"})

    application_id: int
    community: str
    question_id: int
    words: str


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Event):
    """The applicant answered; ``remaining`` questions are still open."""

    name = "application.question_answered"
    sentence = "{actor} answered about “{community}”: {words}"
    personal = frozenset({"words"})

    application_id: int
    community: str
    question_id: int
    remaining: int
    words: str


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Event):
    """A reviewer left words for other reviewers."""

    name = "application.note_added"
    sentence = "{actor} noted about “{community}”: {words}"
    internal = True
    personal = frozenset({"words"})

    application_id: int
    community: str
    words: str


@dataclass(frozen=True, kw_only=True)
class DecisionRecorded(Event):
    """A reviewer decided; it is not carried out yet."""

    name = "application.decided"
    sentence = "{actor} decided the application for “{community}”: {outcome:words} ({reason:words})"
    internal = True
    personal = frozenset({"words"})

    application_id: int
    community: str
    decision_id: int
    outcome: str
    reason: str
    words: str
    effective_at: str


@dataclass(frozen=True, kw_only=True)
class DecisionVoided(Event):
    """A decision was not carried out; the application is where it was."""

    name = "application.decision_voided"
    sentence = "The decision on “{community}” ({outcome:words}) was not carried out: {because}"
    internal = True

    application_id: int
    community: str
    decision_id: int
    outcome: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ApplicationApproved(Event):
    """The organization exists, with its owner and its grant."""

    name = "application.approved"
    sentence = "The application for “{community}” was approved"

    application_id: int
    community: str
    decision_id: int


@dataclass(frozen=True, kw_only=True)
class ApplicationDeclined(Event):
    """It ended without an organization."""

    name = "application.declined"
    sentence = "The application for “{community}” was declined ({reason:words})"

    application_id: int
    community: str
    decision_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApplicationAppealed(Event):
    """The applicant asks another reviewer to look."""

    name = "application.appealed"
    sentence = "{actor} appealed the decision on “{community}”: {words}"
    personal = frozenset({"words"})

    application_id: int
    community: str
    words: str
