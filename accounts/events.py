"""What happens to people and their credentials."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class TokenMade(Event):
    """A personal token was made."""

    name = "token.made"
    sentence = "{actor} made the token “{token}” ending …{hint}"

    token: str
    hint: str
    scopes: list[str]


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """A personal token was revoked."""

    name = "token.revoked"
    sentence = "{actor} revoked the token “{token}” ending …{hint}"

    token: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class HostAdded(Event):
    """Operators made a host."""

    name = "host.added"
    sentence = "{actor} added the host “{host}”"

    host: str


@dataclass(frozen=True, kw_only=True)
class HostRevoked(Event):
    """Operators ended a host's token."""

    name = "host.revoked"
    sentence = "{actor} revoked the host “{host}”"

    host: str


@dataclass(frozen=True, kw_only=True)
class NameChanged(Event):
    """A person changed the name that others see."""

    name = "user.renamed"
    sentence = "{actor} changed the name that others see"
    personal = frozenset({"before", "after"})

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A person signed one of their browsers out from another."""

    name = "session.ended"
    sentence = "{actor} ended the session of a browser"
    personal = frozenset({"browser", "seen_at"})

    browser: str
    seen_at: str
