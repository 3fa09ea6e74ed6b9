"""What happens to people and their credentials."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class TokenMade(Event):
    """A personal token was made."""

    name = "token.made"
    sentence = "{actor} made the token “{token}” ending …{hint}"
    personal = frozenset({"token"})

    token: str
    hint: str
    scopes: list[str]


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """A personal token was revoked."""

    name = "token.revoked"
    sentence = "{actor} revoked the token “{token}” ending …{hint}"
    personal = frozenset({"token"})

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
class ExternalUserNamed(Event):
    """A host said whom it calls by an id of its own."""

    name = "host.user_named"
    sentence = "The host {host} calls a person {external_id}"
    personal = frozenset({"external_id"})

    host: str
    external_id: str
    made_account: bool


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A person signed one of their browsers out from another."""

    name = "session.ended"
    sentence = "{actor} ended the session of a browser"
    personal = frozenset({"browser", "seen_at"})

    browser: str
    seen_at: str


@dataclass(frozen=True, kw_only=True)
class MailSwitched(Event):
    """A kind of mail is sent to somebody again, or no more."""

    name = "mail.switched"
    sentence = "{actor} switched mails of the kind “{kind:words}” {state:words}"

    kind: str
    state: str


@dataclass(frozen=True, kw_only=True)
class TokenReported(Event):
    """A token was found where others can read it, and revoked at once."""

    name = "token.reported"
    sentence = "The token “{token}” ending …{hint} was found at {url} and revoked"
    personal = frozenset({"token", "url"})

    token: str
    hint: str
    token_id: int
    url: str


@dataclass(frozen=True, kw_only=True)
class HostReported(Event):
    """A host's token was found where others can read it, and revoked at once."""

    name = "host.reported"
    sentence = "The token of the host “{host}” was found at {url} and revoked"

    host: str
    url: str


@dataclass(frozen=True, kw_only=True)
class AccountDeleted(Event):
    """A person deleted their account; their address is kept until they were told."""

    name = "account.deleted"
    sentence = "{actor} deleted their account"
    personal = frozenset({"email"})

    email: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorResetAsked(Event):
    """Staff asked to take a lost second factor off an account."""

    name = "second_factor.reset_asked"
    sentence = "{actor} asked to reset the second factor of {person}: {reason}"
    personal = frozenset({"person", "reason"})

    reset_id: int
    person: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorResetStopped(Event):
    """A reset did not come about: its person objected, or staff withdrew it."""

    name = "second_factor.reset_stopped"
    sentence = "The reset of the second factor of {person} was {outcome:words}"
    personal = frozenset({"person"})

    reset_id: int
    person: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorReset(Event):
    """A lost second factor was taken off an account."""

    name = "second_factor.reset"
    sentence = "The second factor of {person} was reset"
    personal = frozenset({"person"})

    reset_id: int
    person: str
