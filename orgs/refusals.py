"""What organizations refuse, each named as the fact that stands against it."""

from kernel.refusals import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    Remedy,
    TooMany,
    Unpaid,
)

SET_UP_SECOND_FACTOR = Remedy("Set up a second factor", "you", "/account/2fa/")


class NameRefused(Conflict):
    """The name cannot be had; ``reason`` says why: taken, burned, reserved, prohibited,
    confusable, competing.
    """

    reason = "name_taken"
    title = "This name cannot be had"


class NameMalformed(Invalid):
    """The name does not keep the rule for names."""

    reason = "name_malformed"
    title = "This cannot be a name"


class NoSeatLeft(Unpaid):
    """Every seat is taken."""

    reason = "no_seat_left"
    title = "No seat is left"
    sentence = "Every seat of this organization is taken."


class InvitationClosed(Conflict):
    """The link opens nothing: unknown, used, withdrawn and lapsed look alike."""

    reason = "invitation_closed"
    title = "This invitation is not open any more"
    sentence = "This invitation was answered, withdrawn, or is too old. Ask for a new one."


class NobodyTakenIn(Conflict):
    """The offer holds, and the place it leads to takes nobody in; why is not for the invited."""

    reason = "nobody_taken_in"
    title = "Nobody is taken in at the moment"
    sentence = (
        "The invitation is open, and the project takes nobody in at the moment. Try again later, or"
        " ask whoever invited you."
    )


class InvitationForAnother(Forbidden):
    """It was offered to one account, and somebody else holds the link."""

    reason = "invitation_for_another"
    title = "This invitation is for another account"
    sentence = "It was offered to one account. Sign in with that account to answer it."


class AlreadyInvited(Conflict):
    """An open invitation to this address, or to this account, exists."""

    reason = "already_invited"
    title = "Already invited"
    sentence = "This address has an open invitation. You can send it again from the list of people."


class AccountUnknown(Invalid):
    """No account has this id."""

    reason = "account_unknown"
    title = "There is no such account"
    sentence = "No account has this id."


class TooManyInvitations(TooMany):
    """A day's invitations are sent, of this person or of this organization."""

    reason = "too_many_invitations"
    title = "Enough invitations for today"


class TooManyOffers(TooMany):
    """One person offered as many projects as a day takes, and nobody has accepted them."""

    reason = "too_many_offers"
    title = "Enough offers for today"


class TooManyLines(Invalid):
    """More was pasted than is taken at once."""

    reason = "too_many_lines"
    title = "Too much at once"


class SearchTooShort(Invalid):
    """So few letters would find nearly everybody."""

    reason = "search_too_short"
    title = "Too few letters to search for"
    sentence = "Type at least two characters of a name or an address."


class OwnershipStays(Conflict):
    """Ownership is handed to somebody else, not to oneself."""

    reason = "ownership_stays"
    title = "You own it already"
    sentence = "Ownership is handed to another member."


class AlreadyMember(Conflict):
    """This person is in the organization."""

    reason = "already_member"
    title = "Already a member"
    sentence = "This person is a member already."


class LastOwner(Conflict):
    """An organization has an owner at all times."""

    reason = "last_owner"
    title = "An organization needs an owner"
    sentence = "You are the only owner. Make somebody else an owner first."


class TeamNameTaken(Conflict):
    """Another team of the organization has this name."""

    reason = "team_name_taken"
    title = "There is a team of this name"
    sentence = "Another team here has this name, or one that differs only in case or punctuation."


class NotInTeams(Conflict):
    """Billing managers are in no team."""

    reason = "billing_managers_are_in_no_team"
    title = "Billing managers are in no team"
    sentence = (
        "Billing managers take no seat and are in no team. Give this person another role first."
    )


class ProjectNameTaken(Conflict):
    """Another project has this name."""

    reason = "project_name_taken"
    title = "There is a project of this name"
    sentence = "A project has this name, or one that differs only in case or punctuation."


class ProjectNameBurned(Conflict):
    """A project of this name was deleted."""

    reason = "project_name_burned"
    title = "A project of this name was deleted"
    sentence = (
        "A project of this name was deleted. Nobody gets its name, so that whoever still asks for"
        " it is not given something else. Choose another, or write to support."
    )


class PrivateNeedsOrganization(Invalid):
    """Private projects belong to organizations."""

    reason = "private_needs_organization"
    title = "A project of a person is public"
    sentence = "Only organizations begin private projects. Register it as public, or in one."


class UnknownLevel(Invalid):
    """No level is called so."""

    reason = "unknown_level"
    title = "There is no such level"
    sentence = "A level is one of read, publish and administer."


class NotInvolved(Conflict):
    """A level is given to members of the organization, and to those who accepted an invitation."""

    reason = "not_involved"
    title = "This person is not in the organization"
    sentence = (
        "This person is no member of the organization and no collaborator. Invite them as a"
        " collaborator; they decide themselves."
    )


class AlreadyCollaborating(Conflict):
    """This person has a level of their own."""

    reason = "already_collaborating"
    title = "They are in it already"
    sentence = "This person has a level on the project already. Change it on the page of access."


class AlreadyProposed(Conflict):
    """An open offer exists."""

    reason = "already_proposed"
    title = "There is an open offer"
    sentence = "This project is offered to somebody already. Cancel that offer first."


class AlreadyTheirs(Conflict):
    """The receiver owns the project."""

    reason = "already_theirs"
    title = "It is theirs already"
    sentence = "The project belongs to them already."


class NoSuchReceiver(Invalid):
    """Nothing can be offered there; unknown organizations and unknown people look alike."""

    reason = "no_such_receiver"
    title = "Nobody to offer it to"
    sentence = (
        "No organization has this name, and nobody with an account here has this address. Look at"
        " the spelling, or ask them for the address they sign in with."
    )


class TransferOver(Conflict):
    """The offer was answered, canceled or has lapsed, or its maker may not make it any more."""

    reason = "transfer_over"
    title = "This offer is not open any more"
    sentence = (
        "This offer was answered, canceled, or is too old, or whoever made it may not any more."
        " Ask for a new one."
    )


class ConfirmationWrong(Invalid):
    """What was typed to confirm is not what was asked for."""

    reason = "confirmation_wrong"
    title = "The confirmation does not match"
    sentence = "Type the name exactly as it is shown."


class RenamedLately(Conflict):
    """A name is kept for a while, so that nobody follows a chain of them."""

    reason = "renamed_lately"
    title = "It was renamed not long ago"


class NameInUse(Conflict):
    """An organization that lives bears this name now."""

    reason = "name_in_use"
    title = "This name is in use"
    sentence = "An organization that lives bears this name now. Only it can let go of it."


class NameNotHeld(Conflict):
    """Nobody has or had this name, or it was released already."""

    reason = "name_not_held"
    title = "Nobody holds this name"
    sentence = "Nobody has or had this name, or it was released already."


class ReasonMissing(Invalid):
    """An act of staff needs a reason that others can read later."""

    reason = "reason_missing"
    title = "Say why"
    sentence = "Say why the name is released, in up to 300 characters."


class OwnsProjects(Conflict):
    """Projects go first: to another owner, or away."""

    reason = "owns_projects"
    title = "It still owns projects"
    sentence = "Move its projects to another owner, or remove them. Then it can be deleted."


class ClosingOver(Conflict):
    """The time in which a deletion can be undone is over, or it was undone already."""

    reason = "closing_over"
    title = "There is nothing to undo"
    sentence = "The time in which this could be undone is over, or it was undone already."


class StandingWithholds(Unpaid):
    """The organization's standing, a feature or a limit withholds this from everyone in it."""


class OrganizationClosing(Conflict):
    """The organization is being closed; only reading, exporting and undoing are left."""

    reason = "organization_closing"
    title = "This organization is being closed"


class TooManyServiceTokens(Conflict):
    """An organization has as many live tokens as any may have."""

    reason = "too_many_tokens"
    title = "There are many tokens already"
    sentence = "There are 50 live tokens. Revoke one that is not needed, then make another."


class ProjectArchived(Conflict):
    """The project is kept for reading only."""

    reason = "project_archived"
    title = "This project is archived"


class NotACompany(Conflict):
    """Only companies are billed."""

    reason = "not_a_company"
    title = "Only companies are billed"


class SecondFactorRequired(Forbidden):
    """The organization demands a second factor of its members, and this person has none."""

    reason = "second_factor_required"
    title = "A second factor is needed here"
    sentence = "You have no second factor yet. Set one up, then demand it of others."

    def __init__(
        self, sentence: str = "", *, reason: str = "", remedy: Remedy | None = None, field: str = ""
    ) -> None:
        super().__init__(
            sentence, reason=reason, remedy=remedy or SET_UP_SECOND_FACTOR, field=field
        )


REFUSED_AS: dict[str, type[Refusal]] = {
    "not_found": NotFound,
    "role_too_low": Forbidden,
    "scope_missing": Forbidden,
    "fresh_sign_in_required": Forbidden,
    "second_factor_required": SecondFactorRequired,
    "not_a_company": NotACompany,
    "standing_restricted": StandingWithholds,
    "standing_suspended": StandingWithholds,
    "organization_closing": OrganizationClosing,
    "feature_missing": StandingWithholds,
    "limit_reached": StandingWithholds,
    "project_archived": ProjectArchived,
    "no_seat_left": NoSeatLeft,
    "pay_invoice_first": StandingWithholds,
}
"""Reason of a decision → the refusal it is raised as."""
