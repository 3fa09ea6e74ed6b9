"""What happens to the tokens of organizations, in the past tense."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ServiceTokenMade(Event):
    """An owner made a token that acts for the organization."""

    name = "service_token.made"
    sentence = "{actor} made the service token “{token}” ending …{hint}, until {expires_at:date}"

    token: str
    hint: str
    token_id: int
    scopes: list[str]
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class ServiceTokenRevoked(Event):
    """A token of the organization opens nothing any more."""

    name = "service_token.revoked"
    sentence = "{actor} revoked the service token “{token}” ending …{hint}"

    token: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class ServiceTokenReported(Event):
    """A token was found where others can read it, and revoked at once."""

    name = "service_token.reported"
    sentence = "The service token “{token}” ending …{hint} was found at {url} and revoked"
    personal = frozenset({"url"})

    token: str
    hint: str
    token_id: int
    url: str
