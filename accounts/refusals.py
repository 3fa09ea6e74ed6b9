"""What is refused around people and their credentials."""

from kernel.refusals import Conflict, Forbidden, Invalid, Remedy


class FreshSignInRequired(Forbidden):
    """Only a person who proved moments ago who they are may do this; a token never can."""

    reason = "fresh_sign_in_required"
    title = "Please confirm that it is you"
    sentence = "This needs a fresh sign-in, on the pages of this service."

    def __init__(self, remedy: Remedy | None = None) -> None:
        there = Remedy("Confirm that it is you", "you", "/account/reauthenticate/")
        super().__init__(remedy=remedy or there)


class ScopeMissing(Forbidden):
    """The token does not carry the scope that this asks for."""

    reason = "scope_missing"
    title = "This token may not do this"

    def __init__(self, scope: str, *, is_own: bool = True) -> None:
        who, url = ("you", "/account/tokens/") if is_own else ("whoever made this one", "")
        super().__init__(
            f"This token cannot do that; it needs the scope {scope}.",
            remedy=Remedy("Make a token with that scope", who, url),
        )


class PersonNeeded(Forbidden):
    """Only a person has this, or does it: no person stands behind the token."""

    reason = "scope_missing"
    title = "This is for people"
    sentence = "No person stands behind this token, and this is for people."


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


class MailNotOptional(Invalid):
    """Mails about security and billing cannot be switched off or on."""

    reason = "mail_not_optional"
    title = "These mails are always sent"
    sentence = "Mails about security and billing are always sent; choose from the others."


class OnlyOwnerSomewhere(Conflict):
    """The person is the only owner of an organization that lives."""

    reason = "only_owner"
    title = "Organizations still need you"


class OwnsProjects(Conflict):
    """The person owns projects, which would be nobody's."""

    reason = "owns_projects"
    title = "Projects still need you"


class StaffAccount(Conflict):
    """The account works for the service."""

    reason = "staff_account"
    title = "This is an account of our staff"
    sentence = "This account works for the service. Ask an operator to end its role first."


class TypedWrong(Invalid):
    """What was typed to confirm is not what was asked for."""

    reason = "confirmation_wrong"
    title = "The confirmation does not match"
    sentence = "Type your address exactly as it is shown."


class AccountGone(Conflict):
    """The account was deleted while this was under way."""

    reason = "account_gone"
    title = "This account is gone"
    sentence = "The account was deleted meanwhile, and nobody is there to give this to."


class PlacesChanged(Conflict):
    """Somebody joined, or was taken in, between looking and locking."""

    reason = "places_changed"
    title = "Something changed meanwhile"
    sentence = "You came into another organization just now. Look again what you would lose."


class NothingToReset(Conflict):
    """There is no second factor to take off, or no reset that is still open."""

    reason = "nothing_to_reset"
    title = "There is nothing to reset"
    sentence = "This account has no second factor."


class ResetClosed(Conflict):
    """The reset was carried out or stopped: the link opens nothing any more."""

    reason = "reset_closed"
    title = "This reset is not open any more"
    sentence = "It was stopped, withdrawn or carried out already."


class ResetUnderWay(Conflict):
    """A reset of this person is open."""

    reason = "reset_under_way"
    title = "A reset is under way"
    sentence = "A reset of this person's second factor is under way already."


class NotYourself(Forbidden):
    """Nobody resets their own second factor."""

    reason = "not_yourself"
    sentence = "Nobody resets their own second factor; another member of staff can."


class ReasonMissing(Invalid):
    """What staff do to somebody's account has a reason."""

    reason = "reason_missing"
    sentence = "Say how you know that it is this person, in up to 500 characters."
