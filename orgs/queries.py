"""Page-sized reads over several models. Nothing here writes."""

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from kernel.pagination import Page, page_of
from orgs.models import Invitation, Membership, Organization, Team, TeamMembership
from orgs.roles import Role

MOST_FOUND = 20
MOST_CANDIDATES = 500
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


def invitations_to(user: User) -> Sequence[Invitation]:
    """Return the open invitations to a person's verified addresses, the newest first."""
    return list(
        Invitation.objects.open()
        .alias(address=Lower("email"))
        .filter(address__in=verified_addresses(user), organization__in=Organization.objects.live())
        .exclude(organization__memberships__user=user)
        .select_related("organization", "invited_by")
        .order_by("-sent_at", "-pk")
    )


def people_of(organization: Organization, *, cursor: str = "", size: int = 50) -> Page[Membership]:
    """Return the members of an organization, the longest there first."""
    rows = organization.memberships.select_related("user").annotate(
        teams=Count("team_memberships", distinct=True)
    )
    return page_of(rows, order=["id"], cursor=cursor, size=size)


def open_invitations_of(organization: Organization) -> Sequence[Invitation]:
    """Return what is offered now, the newest first."""
    return list(
        organization.invitations.open().select_related("invited_by").order_by("-sent_at", "-pk")
    )


def teams_of(organization: Organization) -> QuerySet[Team]:
    """Return the teams of an organization by name, each with its number of people."""
    return organization.teams.annotate(people=Count("team_memberships")).order_by("normalized_name")


def people_in(team: Team) -> Sequence[TeamMembership]:
    """Return who is in a team: maintainers first, then by name."""
    return list(
        team.team_memberships.select_related("membership__user").order_by(
            "-is_maintainer", Lower("membership__user__name"), "membership__user__email"
        )
    )


def candidates_for(team: Team) -> Sequence[Membership]:
    """Return members who could be added to a team, by name; billing managers are in no team."""
    return list(
        Membership.objects.filter(organization=team.organization_id)
        .exclude(role=Role.BILLING_MANAGER)
        .exclude(team_memberships__team=team)
        .select_related("user")
        .order_by(Lower("user__name"), "user__email")[:MOST_CANDIDATES]
    )


def who_acts_in(organization: Organization) -> Sequence[User]:
    """Return the people whose acts a log is mostly about: those with more than the plain role."""
    return list(
        User.objects.filter(memberships__organization=organization)
        .exclude(memberships__organization=organization, memberships__role=Role.MEMBER)
        .order_by(Lower("name"), "email")[:MOST_CANDIDATES]
    )


def without_second_factor(organization: Organization) -> QuerySet[Membership]:
    """Return the members who have no second factor, the longest there first."""
    factors = Authenticator.objects.filter(user=OuterRef("user")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return organization.memberships.filter(~Exists(factors)).select_related("user").order_by("pk")


def people_at(start: str) -> Sequence[User]:
    """Return the people whose address begins so, for staff who look for one."""
    return list(
        User.objects.filter(email__istartswith=start, deleted_at__isnull=True).order_by("email")[
            :MOST_FOUND
        ]
    )
