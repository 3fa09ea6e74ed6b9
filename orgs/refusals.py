"""What organizations refuse, each named as the fact that stands against it."""

from kernel.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany, Unpaid


class NameRefused(Conflict):
    """The name cannot be had; ``reason`` says why: taken, burned, reserved, confusable,
    competing.
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


class ConfirmationWrong(Invalid):
    """What was typed to confirm is not what was asked for."""

    reason = "confirmation_wrong"
    title = "The confirmation does not match"
    sentence = "Type the name exactly as it is shown."


class StandingWithholds(Unpaid):
    """The organization's standing, a feature or a limit withholds this from everyone in it."""


class OrganizationClosing(Conflict):
    """The organization is being closed; only reading, exporting and undoing are left."""

    reason = "organization_closing"
    title = "This organization is being closed"


class NotACompany(Conflict):
    """Only companies are billed."""

    reason = "not_a_company"
    title = "Only companies are billed"


REFUSED_AS: dict[str, type[Refusal]] = {
    "not_found": NotFound,
    "role_too_low": Forbidden,
    "scope_missing": Forbidden,
    "fresh_sign_in_required": Forbidden,
    "not_a_company": NotACompany,
    "standing_restricted": StandingWithholds,
    "standing_suspended": StandingWithholds,
    "organization_closing": OrganizationClosing,
    "feature_missing": StandingWithholds,
    "limit_reached": StandingWithholds,
    "no_seat_left": NoSeatLeft,
    "pay_invoice_first": StandingWithholds,
}
"""Reason of a decision → the refusal it is raised as."""
