"""Page-sized reads over several models. Nothing here writes."""

from collections.abc import Collection, Sequence
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from kernel.pagination import Page, page_of
from orgs.models import (
    BurnedProjectName,
    CollaboratorInvitation,
    Invitation,
    Membership,
    Organization,
    OrganizationName,
    ServiceToken,
    Team,
    TeamMembership,
)
from orgs.models.organization import State
from orgs.names import normalized
from orgs.roles import Role

MOST_FOUND = 20
MOST_TO_CHOOSE = 500
"""As many people as a list to choose from can hold."""


def memberships_of(user: User) -> Sequence[Membership]:
    """Return a person's places in organizations that live, with how many people each has."""
    people = (
        Membership.objects.filter(organization=OuterRef("organization"))
        .values("organization")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return list(
        Membership.objects.filter(user=user, organization__in=Organization.objects.live())
        .select_related("organization__entitlements")
        .annotate(people=Coalesce(Subquery(people), 0))
        .order_by(Lower("organization__display_name"), "organization__normalized_name")
    )


def verified_addresses(user: User) -> frozenset[str]:
    """Return the addresses that are proven to be a person's, in lower case."""
    found = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return frozenset(email.lower() for email in found)


def invitations_to(user: User) -> QuerySet[Invitation]:
    """Return the open invitations to an account and its verified addresses, the newest first."""
    return (
        Invitation.objects.open()
        .for_person(user, verified_addresses(user))
        .filter(organization__state=State.OPEN)
        .exclude(organization__memberships__user=user)
        .select_related("organization", "invited_by", "user")
        .order_by("-sent_at", "-pk")
    )


def collaborator_invitations_to(user: User) -> QuerySet[CollaboratorInvitation]:
    """Return the open offers of levels to an account's verified addresses."""
    stands = Q(project__organization=None) | Q(project__organization__state=State.OPEN)
    return (
        CollaboratorInvitation.objects.open()
        .alias(address=Lower("email"))
        .filter(stands, address__in=sorted(verified_addresses(user)))
        .select_related("project", "invited_by")
    )


def open_invitations_of(
    organization: Organization, *, cursor: str = "", size: int = 50
) -> Page[Invitation]:
    """Return what is offered now, the newest first."""
    rows = organization.invitations.open().select_related("invited_by", "user")
    return page_of(rows, order=["-id"], cursor=cursor, size=size)


def teams_of(organization: Organization) -> QuerySet[Team]:
    """Return the teams of an organization, each with its number of people; to be paged by name."""
    people = (
        TeamMembership.objects.filter(team=OuterRef("pk"))
        .order_by()
        .values("team")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return organization.teams.annotate(people=Coalesce(Subquery(people), 0))


def teams_page(organization: Organization, *, cursor: str = "", size: int = 50) -> Page[Team]:
    """Return a page of the teams of an organization, by name."""
    return page_of(teams_of(organization), order=["normalized_name"], cursor=cursor, size=size)


def who_acts_in(organization: Organization) -> Sequence[User]:
    """Return the people whose acts a log is mostly about: those with more than the plain role."""
    return list(
        User.objects.filter(memberships__organization=organization)
        .exclude(memberships__organization=organization, memberships__role=Role.MEMBER)
        .order_by(Lower("name"), "email")[:MOST_TO_CHOOSE]
    )


def history_of_name(name: str) -> Sequence[OrganizationName]:
    """Return whose a name was and is, in any spelling, the newest first."""
    rows = OrganizationName.objects.filter(normalized_name=normalized(name))
    return list(rows.select_related("organization").order_by("-since", "-pk"))


def history_of_project_name(name: str) -> Sequence[BurnedProjectName]:
    """Return the deleted projects that had a name, in any spelling, the newest first."""
    rows = BurnedProjectName.objects.filter(normalized_name=normalized(name))
    return list(rows.order_by("-since", "-pk"))


def releasable(name: str) -> bool:
    """Whether staff can let go of a name: somebody holds it, and no living organization bears
    it.
    """
    held = OrganizationName.objects.held().filter(normalized_name=normalized(name))
    gone = Q(organization__state=State.CLOSED)
    return held.filter(gone | ~Q(organization__normalized_name=F("normalized_name"))).exists()


def members_known_as(organization: Organization, ids: Collection[UUID]) -> Sequence[User]:
    """Return those of the people of these ids who are members."""
    if not ids:
        return []
    found = User.objects.filter(memberships__organization=organization, public_id__in=ids)
    return list(found.order_by(Lower("name"), "email"))


def organizations_told_of(user_id: int) -> dict[int, Organization]:
    """Return by key the organizations that live and that a person is in now."""
    return {row.pk: row for row in Organization.objects.live().of_user(user_id)}


def without_second_factor(organization: Organization) -> QuerySet[Membership]:
    """Return the members who have no second factor, the longest there first."""
    factors = Authenticator.objects.filter(user=OuterRef("user")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return organization.memberships.filter(~Exists(factors)).select_related("user").order_by("pk")


def service_tokens_of(organization: Organization) -> QuerySet[ServiceToken]:
    """Return the tokens that open something now, with whether who made each ``is_here`` still."""
    here = Membership.objects.filter(organization=organization, user=OuterRef("created_by"))
    return (
        organization.service_tokens.live()
        .select_related("created_by")
        .annotate(is_here=Exists(here))
    )


def people_at(start: str) -> Sequence[User]:
    """Return the people whose address begins so, for staff who look for one."""
    return list(
        User.objects.filter(email__istartswith=start, deleted_at__isnull=True).order_by("email")[
            :MOST_FOUND
        ]
    )
