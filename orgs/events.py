"""What happens in organizations, in the past tense."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationFounded(Event):
    """An organization came to be."""

    name = "organization.founded"
    sentence = "{actor} founded the {kind:words} {organization}"

    organization: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """Name for people, address or description changed."""

    name = "organization.profile_changed"
    sentence = "{actor} changed the {field:words} from “{before}” to “{after}”"
    personal = frozenset({"before", "after"})

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ProfileVisibilitySet(Event):
    """Everybody may see the profile from now on, or members only."""

    name = "organization.profile_visibility_set"
    sentence = "{actor} made the profile of {organization} {visibility:words}"

    organization: str
    visibility: str


@dataclass(frozen=True, kw_only=True)
class OrganizationRenamed(Event):
    """It has another name; what it had before leads to it."""

    name = "organization.renamed"
    sentence = "{actor} renamed {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class NameReleased(Event):
    """A name that was burned, or led to an organization, is free for everybody."""

    name = "organization.name_released"
    sentence = "{actor} released the name {released}: {because}"
    personal = frozenset({"because"})

    released: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ClosingBegun(Event):
    """An owner deleted the organization; until the date this can be undone."""

    name = "organization.closing_begun"
    sentence = "{actor} deleted {organization}; until {closes_at:date} this can be undone"

    organization: str
    closes_at: str


@dataclass(frozen=True, kw_only=True)
class ClosingUndone(Event):
    """An owner took the deletion back."""

    name = "organization.closing_undone"
    sentence = "{actor} took the deletion of {organization} back"

    organization: str


DELETED = "deleted by an owner"
NEVER_LIVED = "never paid for and empty"
"""Why an organization is closed."""


@dataclass(frozen=True, kw_only=True)
class OrganizationClosed(Event):
    """It is gone, with its members, teams and invitations."""

    name = "organization.closed"
    sentence = (
        "{organization} was closed, {why}, with {members} members, {teams} teams"
        " and {invitations} open invitations"
    )

    organization: str
    display_name: str
    why: str
    members: int
    teams: int
    invitations: int


@dataclass(frozen=True, kw_only=True)
class NameLossWarned(Event):
    """A company that never paid and holds nobody but its owner will lose its name."""

    name = "organization.name_loss_warned"
    sentence = "{organization} never paid and is empty; its name is freed on {frees_at:date}"

    organization: str
    frees_at: str


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """Somebody became a member."""

    name = "member.joined"
    sentence = "{member} joined as {role:words}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    role: str


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """Somebody left, or was removed."""

    name = "member.left"
    sentence = (
        "{member}, {role:words}, is no member any more ({how:words} by {actor}). Lost: {lost}"
    )
    personal = frozenset({"member"})

    user_id: int
    member: str
    role: str
    how: str
    lost: str


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A member got another role."""

    name = "member.role_changed"
    sentence = "{actor} changed the role of {member} from {before:words} to {after:words}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class MemberVisibilitySet(Event):
    """A member chose whether the public profile shows them."""

    name = "member.visibility_set"
    sentence = "{member} chose to be {visibility:words} on the public profile"
    personal = frozenset({"member"})

    user_id: int
    member: str
    visibility: str


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Event):
    """An address was invited, or invited again."""

    name = "invitation.sent"
    sentence = "{actor} invited {email} as {role:words}"
    personal = frozenset({"email"})

    invitation_id: int
    email: str
    role: str
    round: int


@dataclass(frozen=True, kw_only=True)
class InvitationClosed(Event):
    """An invitation was declined, withdrawn, lapsed, or accepted by whoever was in already."""

    name = "invitation.closed"
    sentence = "The invitation of {email} as {role:words} was {outcome:words}"
    personal = frozenset({"email"})

    invitation_id: int
    email: str
    role: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(Event):
    """An invitation was declined, and in words."""

    name = "invitation.declined"
    sentence = "The invitation of {email} as {role:words} was declined: “{words}”"
    personal = frozenset({"email", "words"})

    invitation_id: int
    email: str
    role: str
    words: str


@dataclass(frozen=True, kw_only=True)
class OwnershipTransferred(Event):
    """An owner handed ownership to another member."""

    name = "ownership.transferred"
    sentence = "{actor} handed ownership to {member}, until then {before}, and {stays}"
    personal = frozenset({"member"})

    user_id: int
    former_id: int
    member: str
    before: str
    stays: str


@dataclass(frozen=True, kw_only=True)
class TeamCreated(Event):
    """A team came to be."""

    name = "team.created"
    sentence = "{actor} created the team {team}"

    team: str


@dataclass(frozen=True, kw_only=True)
class TeamChanged(Event):
    """A team was renamed or described anew."""

    name = "team.changed"
    sentence = "{actor} changed the team {before}, now {team}"

    team: str
    before: str


@dataclass(frozen=True, kw_only=True)
class TeamDeleted(Event):
    """A team ceased to be."""

    name = "team.deleted"
    sentence = "{actor} deleted the team {team} with {members} members"

    team: str
    members: int


@dataclass(frozen=True, kw_only=True)
class TeamMemberAdded(Event):
    """A member entered a team."""

    name = "team.member_added"
    sentence = "{actor} added {member} to the team {team}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    team: str
    is_maintainer: bool


@dataclass(frozen=True, kw_only=True)
class TeamMaintainerSet(Event):
    """Somebody in a team became its maintainer, or is one no more."""

    name = "team.maintainer_set"
    sentence = "{actor} made {member} {place} of the team {team}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    team: str
    place: str


@dataclass(frozen=True, kw_only=True)
class TeamMemberRemoved(Event):
    """A member left a team."""

    name = "team.member_removed"
    sentence = "{actor} took {member} out of the team {team}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    team: str


@dataclass(frozen=True, kw_only=True)
class EntitlementsChanged(Event):
    """What the organization may have is another than before."""

    name = "organization.entitlements_changed"
    sentence = (
        "What {organization} may do changed: it is {after:words} now, and was {before:words} before"
    )

    organization: str
    before: str
    after: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class LogExported(Event):
    """The log was taken out as a file."""

    name = "log.exported"
    sentence = "{actor} exported the audit log as {form}"

    form: str
    filters: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class SecondFactorDemanded(Event):
    """Members without a second factor may do nothing here until they have one."""

    name = "organization.second_factor_demanded"
    sentence = "{actor} demands a second factor of all members; {without} of them had none"

    without: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorReleased(Event):
    """Members may work here without a second factor again."""

    name = "organization.second_factor_released"
    sentence = "{actor} demands a second factor of the members no more"
