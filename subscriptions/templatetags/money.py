"""How explanations are told on pages."""

from django import template

from orgs.entitlements import Feature, Limit
from subscriptions.explaining import Contribution, Explanation, in_words

register = template.Library()
FEATURES: dict[str, str] = {
    Feature.TEAMS: "Teams",
    Feature.PRIVATE_PROJECTS: "Private projects",
    Feature.ORG_TOKENS: "Tokens of the organization",
    Feature.AUDIT_EXPORT: "Export of the log",
}
LIMITS: dict[str, str] = {
    Limit.SEATS: "Number of seats",
    Limit.PRIVATE_PROJECTS: "Number of private projects",
    Limit.AUDIT_DAYS: "Days that the log is kept",
}


@register.filter
def named(of: Feature | Limit) -> str:
    """Name a feature or limit; some are both, and are told apart."""
    return (FEATURES if isinstance(of, Feature) else LIMITS)[of]


@register.filter
def answer_of(explanation: Explanation) -> str:
    """Say what holds."""
    return in_words(explanation.of, explanation.answer)


@register.filter
def tone_of(explanation: Explanation) -> str:
    """Return the tone of what holds."""
    return "success" if explanation.answer else "neutral"


@register.filter
def gives(explanation: Explanation, reason: Contribution) -> str:
    """Say what one reason gives."""
    return in_words(explanation.of, reason.gives)
