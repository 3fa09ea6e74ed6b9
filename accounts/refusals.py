"""What is refused around people and their credentials."""

from kernel.refusals import Conflict, Forbidden, Invalid, Remedy


class FreshSignInRequired(Forbidden):
    """Only a person who proved moments ago who they are may do this; a token never can."""

    reason = "fresh_sign_in_required"
    title = "Please confirm that it is you"
    sentence = "This needs a fresh sign-in, on the pages of this service."

    def __init__(self) -> None:
        super().__init__(remedy=Remedy("Confirm that it is you", "you", "/account/reauthenticate/"))


class ScopeMissing(Forbidden):
    """The token does not carry the scope that this asks for."""

    reason = "scope_missing"
    title = "This token may not do this"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"This token cannot do that; it needs the scope {scope}.",
            remedy=Remedy("Make a token with that scope", "you", "/account/tokens/"),
        )


class TooManyTokens(Conflict):
    """A person has as many live tokens as anybody may have."""

    reason = "too_many_tokens"
    title = "You have many tokens already"
    sentence = "You have 50 live tokens. Revoke one that is not needed any more, then make another."


class TokenMalformed(Invalid):
    """What was asked for cannot be a token."""

    reason = "token_malformed"
    title = "This cannot be a token"


class HostNameTaken(Conflict):
    """A host of this name exists, or existed."""

    reason = "host_name_taken"
    title = "There is a host of this name"
    sentence = "A host of this name exists or existed; the log tells them apart by name."
