"""What a person loses with their place: one table, of which the preview and the removal are made.

Whatever gives somebody a right in an organization adds one line to ``RIGHTS``: how to find what is
lost, and how to end it. So nothing is ended that the preview did not show, and nothing stays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from kernel.actor import Actor
from orgs import project_events
from orgs.actions.projects import note
from orgs.actions.transfers import take_back_offers
from orgs.levels import Level
from orgs.models import Membership, Project, ProjectRole
from orgs.roles import Role, takes_seat


@dataclass(frozen=True, slots=True)
class Loss:
    """One right that goes: its kind as a stable code, and what it was, in words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Right:
    """A kind of right that hangs on a place: ``find`` reads what would go, ``end`` lets it go."""

    find: Callable[[Membership], Iterator[Loss]]
    end: Callable[[Membership, Actor], object]


def losses_of(membership: Membership) -> list[Loss]:
    """Return everything that ends with this place, the role first."""
    return [loss for right in RIGHTS for loss in right.find(membership)]


def lasting_of(membership: Membership) -> list[str]:
    """Return in words what a person made and what outlives their place: tokens act for the
    organization, whoever is in it.
    """
    tokens = membership.organization.service_tokens.live().filter(created_by=membership.user_id)
    return [
        f"the service token “{token.name}” ending …{token.hint}" for token in tokens.order_by("pk")
    ]


def end_rights(membership: Membership, *, actor: Actor) -> list[Loss]:
    """End everything but the place itself, and return what it was; the caller holds the lock."""
    lost = losses_of(membership)
    for right in RIGHTS:
        right.end(membership, actor)
    return lost


def _role(membership: Membership) -> Iterator[Loss]:
    role = Role(membership.role).label
    seat = ", with its seat" if takes_seat(membership.role) else ""
    yield Loss("role", f"the role {role}{seat}")


def _teams(membership: Membership) -> Iterator[Loss]:
    places = membership.team_memberships.select_related("team").order_by("team__normalized_name")
    for place in places:
        if place.is_maintainer:
            yield Loss("team_maintainer", f"the team {place.team}, as its maintainer")
        else:
            yield Loss("team", f"the team {place.team}")


def _leave_teams(membership: Membership, _: Actor) -> None:
    membership.team_memberships.all().delete()


def _offers(membership: Membership) -> Iterator[Loss]:
    open_offers = membership.organization.invitations.open()
    number = open_offers.filter(invited_by=membership.user_id).count()
    if number == 1:
        yield Loss("invitations", "an open invitation they sent, until somebody sends it again")
    elif number:
        words = f"{number} open invitations they sent, until somebody sends them again"
        yield Loss("invitations", words)


def _levels(membership: Membership) -> Iterator[Loss]:
    for role in _roles(membership).order_by("project__normalized_name"):
        level = Level(role.level).label
        yield Loss("project_role", f"the level {level} on the project {role.project}")


def _end_levels(membership: Membership, actor: Actor) -> None:
    """End each, and tell it in the log of its project, where the others are not named."""
    roles = _roles(membership).select_related("user", "project__organization")
    for role in roles.order_by("project_id"):
        ended = project_events.LevelEnded(
            user_id=role.user_id,
            member=str(role.user),
            project=role.project.name,
            level=Level(role.level).key,
        )
        role.delete()
        note(ended, role.project, actor, f"user:{role.user_id}")


def _roles(membership: Membership) -> QuerySet[ProjectRole]:
    """Return their own levels on projects of the organization; nothing of theirs stays unseen."""
    return ProjectRole.objects.filter(
        user=membership.user_id, project__organization=membership.organization_id
    ).select_related("project")


def _creations(membership: Membership) -> Iterator[Loss]:
    if membership.role != Role.MANAGER:
        return
    created = Project.objects.filter(
        organization=membership.organization_id, created_by=membership.user_id
    )
    number = created.count()
    if number:
        projects = "a project" if number == 1 else f"{number} projects"
        yield Loss("created_projects", f"administering {projects} they created or took over")


def _transfers(membership: Membership) -> Iterator[Loss]:
    offers = membership.organization.transfers_out.open().filter(proposed_by=membership.user_id)
    for offer in offers.select_related("project").order_by("project__normalized_name"):
        yield Loss(
            "transfers", f"the open offer of the project {offer.project}, which is taken back"
        )


def _end_transfers(membership: Membership, actor: Actor) -> None:
    take_back_offers(membership.organization, membership.user_id, actor=actor)


def _by_itself(_: Membership, __: Actor) -> None:
    """Nothing to do: the right is asked for anew each time it is used, or goes with the place."""


RIGHTS: tuple[Right, ...] = (
    Right(_role, _by_itself),
    Right(_teams, _leave_teams),
    Right(_levels, _end_levels),
    Right(_creations, _by_itself),
    Right(_offers, _by_itself),
    Right(_transfers, _end_transfers),
)
"""Every kind of right that a place in an organization gives."""
