"""What happens in organizations, in the past tense."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationFounded(Event):
    """An organization came to be."""

    name = "organization.founded"
    sentence = "{actor} founded the {kind} {organization}"

    organization: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """Name for people, address or description changed."""

    name = "organization.profile_changed"
    sentence = "{actor} changed {field} from “{before}” to “{after}”"

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """Somebody became a member."""

    name = "member.joined"
    sentence = "{member} joined as {role}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    role: str


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """Somebody left, or was removed."""

    name = "member.left"
    sentence = "{member}, {role}, is no member any more ({how} by {actor})"
    personal = frozenset({"member"})

    user_id: int
    member: str
    role: str
    how: str


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A member got another role."""

    name = "member.role_changed"
    sentence = "{actor} changed the role of {member} from {before} to {after}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Event):
    """An address was invited, or invited again."""

    name = "invitation.sent"
    sentence = "{actor} invited {email} as {role}"
    personal = frozenset({"email"})

    invitation_id: int
    email: str
    role: str
    round: int


@dataclass(frozen=True, kw_only=True)
class InvitationClosed(Event):
    """An invitation was declined, withdrawn or lapsed."""

    name = "invitation.closed"
    sentence = "The invitation of {email} as {role} was {outcome}"
    personal = frozenset({"email"})

    invitation_id: int
    email: str
    role: str
    outcome: str


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
    sentence = "What {organization} may have changed: {after} now, {before} before"

    organization: str
    before: str
    after: str
    revision: int


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
