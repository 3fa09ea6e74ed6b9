"""What happens to projects, and to levels on them, in the past tense."""

from dataclasses import dataclass

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ProjectRegistered(Event):
    """A project came to be."""

    name = "project.registered"
    sentence = "{actor} registered the {visibility:words} project {project}"

    project: str
    visibility: str


@dataclass(frozen=True, kw_only=True)
class ProjectChanged(Event):
    """What a project says of itself changed, or who sees it."""

    name = "project.changed"
    sentence = "{actor} changed {field} of {project} from “{before}” to “{after}”"
    personal = frozenset({"before", "after"})

    project: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ProjectArchived(Event):
    """A project is kept for reading only, or is brought back."""

    name = "project.archived"
    sentence = "{actor} {act:words} {project}"

    project: str
    act: str


@dataclass(frozen=True, kw_only=True)
class ProjectDeleted(Event):
    """A project is gone, and its name is nobody's."""

    name = "project.deleted"
    sentence = "{actor} deleted the {visibility:words} project {project}"

    project: str
    visibility: str
    grants_ended: int
    roles_ended: int


@dataclass(frozen=True, kw_only=True)
class ProjectNameReleased(Event):
    """Staff let everybody have the name of a deleted project."""

    name = "project.name_released"
    sentence = "{actor} released the name {released} of a deleted project: {because}"
    personal = frozenset({"because"})

    released: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ProjectRoleSet(Event):
    """A person got a level of their own on a project, or lost it."""

    name = "project.role_set"
    sentence = "{actor} changed the level of {member} on {project} from {before} to {after}"
    personal = frozenset({"member"})

    user_id: int
    member: str
    project: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class LevelEnded(Event):
    """A level of their own ended with a person's place in the organization."""

    name = "project.level_ended"
    sentence = (
        "{member} lost the level {level:words} on {project} with their place here; ended by {actor}"
    )
    personal = frozenset({"member"})

    user_id: int
    member: str
    project: str
    level: str


@dataclass(frozen=True, kw_only=True)
class CollaboratorInvited(Event):
    """An address from outside was offered a level, or was offered it again."""

    name = "collaborator.invited"
    sentence = "{actor} offered {email} the level {level:words} on {project}"
    personal = frozenset({"email"})

    invitation_id: int
    email: str
    project: str
    level: str
    round: int


@dataclass(frozen=True, kw_only=True)
class CollaboratorInvitationClosed(Event):
    """An offer to somebody from outside was accepted, declined, withdrawn or lapsed."""

    name = "collaborator.invitation_closed"
    sentence = "The offer to {email} of the level {level:words} on {project} was {outcome:words}"
    personal = frozenset({"email"})

    invitation_id: int
    email: str
    project: str
    level: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class TeamGrantSet(Event):
    """A team got a level on a project, or lost it."""

    name = "project.team_grant_set"
    sentence = "{actor} changed the level of team {team} on {project} from {before} to {after}"

    team: str
    project: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ExternalProjectNamed(Event):
    """A host said which project it calls by an id of its own."""

    name = "host.project_named"
    sentence = "The host {host} calls {project} {external_id}"

    host: str
    project: str
    external_id: str


@dataclass(frozen=True, kw_only=True)
class BaseLevelSet(Event):
    """What every member has on all projects is another than before."""

    name = "organization.base_level_set"
    sentence = "{actor} changed what every member has on all projects from {before} to {after}"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class TransferProposed(Event):
    """A project was offered to another owner."""

    name = "project.transfer_proposed"
    sentence = "{actor} offered {project} to {receiver}"
    personal = frozenset({"receiver"})
    whose = {"receiver": "to_user_id"}

    transfer_id: int
    project: str
    receiver: str
    to_user_id: int | None


@dataclass(frozen=True, kw_only=True)
class TransferReceived(Event):
    """An organization offered a project; told in the log of the side that may take it."""

    name = "project.offer_received"
    sentence = "{actor} of {organization} offered {project}"

    transfer_id: int
    project: str
    organization: str


@dataclass(frozen=True, kw_only=True)
class ReceivedTransferClosed(Event):
    """An offer of an organization ended; told in the log of the side that might have taken it."""

    name = "project.received_offer_closed"
    sentence = "The offer of {project} by {organization} was {outcome:words} by {actor}"

    transfer_id: int
    project: str
    organization: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ProjectReceived(Event):
    """A project came from an organization; told in the log of the new owner."""

    name = "project.received"
    sentence = "{project} came here from {organization}; accepted by {actor}"

    transfer_id: int
    project: str
    organization: str


@dataclass(frozen=True, kw_only=True)
class TransferClosed(Event):
    """An offer ended without the project moving."""

    name = "project.transfer_closed"
    sentence = "The offer of {project} to {receiver} was {outcome:words} by {actor}"
    personal = frozenset({"receiver"})
    whose = {"receiver": "to_user_id"}

    transfer_id: int
    project: str
    receiver: str
    to_user_id: int | None
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ProjectMoved(Event):
    """A project has another owner."""

    name = "project.moved"
    sentence = "{project} moved from {giver} to {receiver}; accepted by {actor}"
    personal = frozenset({"giver", "receiver"})
    whose = {"giver": "from_user_id", "receiver": "to_user_id"}

    transfer_id: int
    project: str
    giver: str
    receiver: str
    from_user_id: int | None
    to_user_id: int | None
    grants_ended: int
    roles_ended: int
