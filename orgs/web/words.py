"""Words for people about roles and standing; what they mean, policy and entitlements decide."""

from dataclasses import dataclass

from orgs.entitlements import Entitlements, Standing
from orgs.models import Organization
from orgs.roles import PURPOSE, Role


@dataclass(frozen=True, slots=True)
class StandingWords:
    """A standing as pages show it."""

    tone: str
    label: str
    sentence: str


STANDINGS: dict[str, StandingWords] = {
    Standing.ACTIVE: StandingWords("success", "Active", ""),
    Standing.GRACE: StandingWords(
        "warning",
        "In grace",
        "Something about the payment or the grant needs attention. Everything works until then.",
    ),
    Standing.RESTRICTED: StandingWords(
        "warning",
        "Restricted",
        "Nothing new can be added now. What is here stays, and can be read, moved and removed.",
    ),
    Standing.SUSPENDED: StandingWords(
        "danger", "Suspended", "Support has suspended this organization. Billing and exits work."
    ),
    Standing.CLOSING: StandingWords(
        "danger",
        "Being closed",
        "This organization is being closed. It can be read, and this can be undone.",
    ),
    Standing.CLOSED: StandingWords("danger", "Closed", "This organization is closed."),
}


def role_choices(roles: list[Role]) -> list[tuple[str, str]]:
    """Return choices of a form, each with what the role is for."""
    return [(role.value, f"{role.label}: {PURPOSE[role]}") for role in roles]


def standing_of(organization: Organization) -> StandingWords:
    """Say how an organization stands; one that was never settled has nothing open yet."""
    row: Entitlements | None = getattr(organization, "entitlements", None)
    return STANDINGS[row.holding().standing if row is not None else Standing.RESTRICTED]
