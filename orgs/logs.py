"""From what people ask of a log to what the log understands."""

from collections.abc import Container
from uuid import UUID

from accounts.models import User
from audit.models import AuditEvent
from orgs.models import Organization
from orgs.names import is_well_formed, normalized

NOBODY = 0
"""A key that no person has: whoever asks for somebody unknown gets an empty page."""
NOTHING = "nothing:0"
"""A subject that no event has."""


def person_key(person: UUID | None) -> int | None:
    """Return the key of a person; NOBODY for one who is not known, None when none was asked."""
    if person is None:
        return None
    return User.objects.filter(public_id=person).values_list("pk", flat=True).first() or NOBODY


def subject_key(organization: Organization, subject: str) -> str:
    """Return as the log keeps it what ``user:ID``, ``team:NAME``, ``project:NAME`` or
    ``service_token:ID`` names here.

    Empty stays empty; what is not known is NOTHING.
    """
    kind, _, rest = subject.partition(":")
    if not subject:
        return ""
    if kind == "team" and is_well_formed(rest):
        teams = organization.teams.filter(normalized_name=normalized(rest))
        return next((f"team:{pk}" for pk in teams.values_list("pk", flat=True)), NOTHING)
    if kind == "project" and is_well_formed(rest):
        projects = organization.projects.filter(normalized_name=normalized(rest))
        return next((f"project:{pk}" for pk in projects.values_list("pk", flat=True)), NOTHING)
    try:
        public_id = UUID(rest)
    except ValueError:
        return NOTHING
    if kind == "service_token":
        tokens = organization.service_tokens.filter(public_id=public_id)
        return next((f"{kind}:{pk}" for pk in tokens.values_list("pk", flat=True)), NOTHING)
    return f"user:{person_key(public_id)}" if kind == "user" else NOTHING


def is_told_in_full(event: AuditEvent, user_id: int, known: Container[int]) -> bool:
    """Whether a person is told all of an event of their own log: they did it, or it happened in one
    of the organizations that they are in, or in none.
    """
    of = event.organization_id
    return event.actor_id == user_id or of is None or of in known


def sentence_for(event: AuditEvent, user_id: int, known: Container[int]) -> str:
    """Say an event to the person whose log it is in; who put them out, they are not told here."""
    if is_told_in_full(event, user_id, known):
        return event.sentence()
    return "You are no member of an organization any more"
