"""The life of an application: its states, and from where each may go. The one table."""

from collections.abc import Mapping

from django.db import models


class State(models.TextChoices):
    """Where an application stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting"
    CLAIMED = "claimed", "Under review"
    NEEDS_INFORMATION = "needs_information", "Waiting for answers"
    DEFERRED = "deferred", "Set aside"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    APPEALED = "appealed", "Appealed"
    WITHDRAWN = "withdrawn", "Withdrawn"


Table = Mapping[State, frozenset[State]]

TRANSITIONS: Table = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.CLAIMED, State.WITHDRAWN}),
    State.CLAIMED: frozenset(
        {
            State.APPROVED,
            State.DECLINED,
            State.NEEDS_INFORMATION,
            State.DEFERRED,
            State.SUBMITTED,
            State.WITHDRAWN,
        }
    ),
    State.NEEDS_INFORMATION: frozenset({State.CLAIMED, State.SUBMITTED, State.WITHDRAWN}),
    State.DEFERRED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.APPROVED: frozenset(),
    State.DECLINED: frozenset({State.APPEALED}),
    State.APPEALED: frozenset({State.CLAIMED, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}
"""What people may do: from a state to those it can turn into."""

UNDECIDED = frozenset(
    {
        State.SUBMITTED,
        State.CLAIMED,
        State.NEEDS_INFORMATION,
        State.DEFERRED,
        State.APPEALED,
    }
)
"""States that hold a name and count towards how many a person may have open."""

NAME_LOST: Table = {state: frozenset({State.DECLINED}) for state in UNDECIDED}
"""What an approval does to all others that asked for its name, wherever they stand."""

QUEUED = frozenset({State.SUBMITTED, State.APPEALED})
"""States that wait for a reviewer to take them up."""

EDITABLE = frozenset({State.DRAFT, State.SUBMITTED, State.DEFERRED, State.APPEALED})
"""States in which nobody is reading, so that the applicant may change every word."""
