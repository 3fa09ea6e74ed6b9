"""The gate before the pages of review."""

from community.policy import REVIEW
from orgs.web.gate import Gated, Rest, StaffView, for_staff


def for_reviewers(view: StaffView[Rest]) -> Gated[Rest]:
    """Give a view the reviewer who acts, in their staff role."""
    return for_staff(REVIEW, "the review of applications")(view)
