"""What organizations refuse, each named as the fact that stands against it."""

from kernel.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal, Remedy, Unpaid

SET_UP_SECOND_FACTOR = Remedy("Set up a second factor", "you", "/account/2fa/")


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


class AlreadyInvited(Conflict):
    """An open invitation to this address exists."""

    reason = "already_invited"
    title = "Already invited"
    sentence = "This address has an open invitation. You can send it again from the list of people."


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
    "no_seat_left": NoSeatLeft,
    "pay_invoice_first": StandingWithholds,
}
"""Reason of a decision → the refusal it is raised as."""
