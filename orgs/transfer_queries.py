"""Offers of projects: who may answer them, and who gains and loses by them. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from orgs.access import how_many_hold
from orgs.levels import Level
from orgs.models import Organization, Project, ProjectTransfer
from orgs.names import is_well_formed, normalized
from orgs.project_queries import AT_A_GLANCE, Access, access_to
from orgs.roles import Role


@dataclass(frozen=True, slots=True)
class Losing:
    """Whose levels end when a project moves: some of the people with their ways, and how many."""

    some: Sequence[Access]
    number: int

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.number - len(self.some)


@dataclass(frozen=True, slots=True)
class Gaining:
    """Who has a level once a project moved: those who administer it, and what all members get."""

    some: Sequence[User]
    number: int
    base_level: Level | None

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.number - len(self.some)


def losing_by_move(project: Project) -> Losing:
    """Return who has a level now: every way of it belongs to the owner that gives."""
    return Losing(access_to(project, size=AT_A_GLANCE).rows, how_many_hold(project))


def gaining_by_move(receiver: User | Organization) -> Gaining:
    """Return who has a level then; to be shown to the receiving side only."""
    if isinstance(receiver, User):
        return Gaining([receiver], 1, None)
    owners = User.objects.filter(
        memberships__organization=receiver, memberships__role=Role.OWNER
    ).order_by("pk")
    base = receiver.base_level
    return Gaining(
        list(owners[:AT_A_GLANCE]), owners.count(), Level(base) if base is not None else None
    )


def keeping(losing: Losing, receiver: User | Organization) -> frozenset[int]:
    """Return the ids of those named who administer the project afterwards too, as its owners."""
    named = [row.person.pk for row in losing.some]
    if isinstance(receiver, User):
        return frozenset({receiver.pk} & set(named))
    owners = receiver.memberships.owners().filter(user__in=named)
    return frozenset(owners.values_list("user", flat=True))


def open_offer_of(project: Project) -> ProjectTransfer | None:
    """Return the offer of a project that waits for an answer."""
    return (
        project.transfers.open().select_related("to_organization", "to_user", "proposed_by").first()
    )


def transfer_numbered(pk: int) -> ProjectTransfer | None:
    """Return the offer of this number, open or not."""
    return (
        ProjectTransfer.objects.filter(pk=pk)
        .select_related(
            "project",
            "from_organization",
            "from_user",
            "to_organization",
            "to_user",
            "proposed_by",
        )
        .first()
    )


def offers_to_person(user: User) -> Sequence[ProjectTransfer]:
    """Return what is offered to a person now, the newest first."""
    return list(_waiting().filter(to_user=user))


def offers_to_organization(organization: Organization) -> Sequence[ProjectTransfer]:
    """Return what is offered to an organization now, the newest first."""
    return list(_waiting().filter(to_organization=organization))


def _waiting() -> QuerySet[ProjectTransfer]:
    return (
        ProjectTransfer.objects.open()
        .select_related("project", "from_organization", "from_user", "proposed_by")
        .order_by("-proposed_at", "-pk")
    )


def receiver_called(words: str) -> User | Organization | None:
    """Return the organization of this name, or the person with this proven address."""
    if "@" in words:
        return person_at(words)
    if not is_well_formed(words):
        return None
    return Organization.objects.live().filter(names__normalized_name=normalized(words)).first()


def person_at(address: str) -> User | None:
    """Return the person whose proven address this is."""
    if "\x00" in address:
        return None
    return (
        User.objects.filter(
            emailaddress__email__iexact=address, emailaddress__verified=True, is_active=True
        )
        .order_by("pk")
        .first()
    )


def organizations_led_by(user: User) -> Sequence[Organization]:
    """Return the organizations in which a person's role lets projects in, by name."""
    return list(
        Organization.objects.live()
        .filter(memberships__user=user, memberships__role__in=[Role.OWNER, Role.MANAGER])
        .order_by("normalized_name")
    )
