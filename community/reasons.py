"""Why applications are approved and declined: one table of codes, with words for both sides."""

from dataclasses import dataclass

from community.models.decision import Outcome


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code; ``label`` is for reviewers, ``sentence`` opens what the applicant reads.

    ``next_step`` says what an applicant can do about it. ``is_offered`` is false for reasons that
    only the service itself gives.
    """

    code: str
    outcome: Outcome
    label: str
    sentence: str
    next_step: str = ""
    is_offered: bool = True


_APPEAL = "If this rests on a mistake, you can appeal once; another reviewer will look."

REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason(
            "open_project",
            Outcome.APPROVED,
            "Open project: public work under an open license",
            "Your project is open, and its work is there to see.",
        ),
        Reason(
            "non_profit",
            Outcome.APPROVED,
            "Non-profit, club or school",
            "Your group works for no profit.",
        ),
        Reason(
            "is_a_company",
            Outcome.DECLINED,
            "It is a company, or works for one",
            "Free organizations are for communities, and this one looks like a company.",
            f"You can found a company and choose a plan at once. {_APPEAL}",
        ),
        Reason(
            "too_little_shown",
            Outcome.DECLINED,
            "The links do not show the work",
            "We could not see the work from what the application links to.",
            f"Apply again when there is more to see. {_APPEAL}",
        ),
        Reason(
            "not_theirs",
            Outcome.DECLINED,
            "The project or the name belongs to others",
            "We could not see that you speak for this project.",
            f"Ask one of its maintainers to apply. {_APPEAL}",
        ),
        Reason(
            "against_terms",
            Outcome.DECLINED,
            "The use is against the terms",
            "What the organization is meant for is against the terms of this service.",
            _APPEAL,
        ),
        Reason(
            "other",
            Outcome.DECLINED,
            "Another reason, told in your words",
            "A reviewer looked at your application and declined it.",
            _APPEAL,
        ),
        Reason(
            "name_given",
            Outcome.DECLINED,
            "The name went to another application",
            "The name you asked for now belongs to another community that had applied for it.",
            "This says nothing about your project. Appeal with another name, or apply again.",
            is_offered=False,
        ),
    )
}
"""Code → reason."""


def offered(outcome: Outcome) -> list[Reason]:
    """Return the reasons a reviewer can choose for ``outcome``."""
    return [each for each in REASONS.values() if each.outcome == outcome and each.is_offered]
