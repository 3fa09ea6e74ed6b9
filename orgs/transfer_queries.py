"""Offers of projects: who may answer them, and who gains and loses by them. Nothing here writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts import actors
from accounts.models import User
from orgs.access import how_many_hold
from orgs.levels import Level
from orgs.models import Organization, Project, ProjectTransfer
from orgs.names import is_well_formed
from orgs.policy import decide_many
from orgs.project_queries import AT_A_GLANCE, Access, access_to
from orgs.roles import Role


@dataclass(frozen=True, slots=True)
class Losing:
    """Whose levels end when a project moves: some of the people with their ways, and how many;
    and how many offers to people from outside are withdrawn.
    """

    some: Sequence[Access]
    number: int
    offers: int

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.number - len(self.some)


@dataclass(frozen=True, slots=True)
class Gaining:
    """Who has a level once a project moved: those who administer it, and what all members get.

    ``taker_too``: whoever takes it over is no owner, and administers it as the manager who did.
    """

    some: Sequence[User]
    number: int
    base_level: Level | None
    taker_too: bool

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.number - len(self.some)


def losing_by_move(project: Project) -> Losing:
    """Return who has a level now: every way of it belongs to the owner that gives."""
    return Losing(
        access_to(project, size=AT_A_GLANCE).rows,
        how_many_hold(project),
        project.collaborator_invitations.open().count(),
    )


def gaining_by_move(receiver: User | Organization, *, taker: User) -> Gaining:
    """Return who has a level then; to be shown to the receiving side only, of which ``taker`` is
    one.
    """
    if isinstance(receiver, User):
        return Gaining([receiver], 1, None, taker_too=False)
    owners = User.objects.filter(
        memberships__organization=receiver, memberships__role=Role.OWNER
    ).order_by("pk")
    base = receiver.base_level
    return Gaining(
        list(owners[:AT_A_GLANCE]),
        owners.count(),
        Level(base) if base is not None else None,
        taker_too=not owners.filter(pk=taker.pk).exists(),
    )


def keeping(losing: Losing, receiver: User | Organization, *, taker: User) -> frozenset[int]:
    """Return the ids of those named who administer the project afterwards too: its owners, and
    whoever takes it over.
    """
    named = {row.person.pk for row in losing.some}
    if isinstance(receiver, User):
        return frozenset({receiver.pk} & named)
    owners = receiver.memberships.owners().filter(user__in=named)
    return frozenset(owners.values_list("user", flat=True)) | ({taker.pk} & named)


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
    return still_standing(_waiting().filter(to_user=user))


def offers_to_organization(organization: Organization) -> Sequence[ProjectTransfer]:
    """Return what is offered to an organization now, the newest first."""
    return still_standing(_waiting().filter(to_organization=organization))


def still_standing(offers: Iterable[ProjectTransfer]) -> Sequence[ProjectTransfer]:
    """Return the offers whose proposers may still move the project out: an offer holds no longer
    than the right to make it. How lately they signed in is no matter here.
    """
    found = list(offers)
    answers = decide_many(
        [
            (actors.person(offer.proposed_by, fresh=True), "projects:transfer_out", offer.project)
            for offer in found
        ]
    )
    return [
        offer
        for offer, answer in zip(found, answers, strict=True)
        if answer.allowed and offer.proposed_by.is_active
    ]


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
    return Organization.objects.named(words).first()


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
