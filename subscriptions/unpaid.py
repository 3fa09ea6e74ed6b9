"""Which companies hold a name and little else: unpaid, and empty.

*Never lived*: nothing was ever paid or granted. *Empty*: nobody is in it but one owner, with no
team, no project, no open invitation and no open payment page.
"""

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from orgs.entitlements import Standing
from orgs.models import Invitation, Membership, Organization, Project, Team
from orgs.models.organization import Kind, State
from orgs.roles import Role
from subscriptions.models import CheckoutAttempt, Grant, Subscription
from subscriptions.models.subscription import SOURCELESS

MOST_UNPAID = 3
"""As many unpaid companies as a person may own."""
UNHELD = frozenset({Standing.RESTRICTED, Standing.CLOSING})


def unpaid_companies_of(user: User) -> Sequence[Organization]:
    """Return the companies of an owner that count against the limit.

    They are restricted, or being closed, and never lived or are empty.
    """
    owned = Organization.objects.live().filter(
        kind=Kind.COMPANY,
        pk__in=Membership.objects.filter(user=user, role=Role.OWNER).values("organization"),
    )
    idle = owned.filter(~_has_lived() | _is_empty()).select_related("entitlements")
    return [each for each in idle if _is_unheld(each)]


def never_lived() -> QuerySet[Organization]:
    """Return the open companies that were never paid for and are empty; their names may go."""
    return Organization.objects.filter(
        ~_has_lived(), _is_empty(), kind=Kind.COMPANY, state=State.OPEN
    )


def _has_lived() -> Q:
    here = OuterRef("pk")
    paid = Subscription.objects.filter(organization=here).exclude(status__in=SOURCELESS)
    return Q(Exists(paid)) | Q(Exists(Grant.objects.filter(organization=here)))


def _is_empty() -> Q:
    here = OuterRef("pk")
    others = (
        Membership.objects.filter(organization=here)
        .order_by()
        .values("organization")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
    )
    return (
        ~Q(Exists(others))
        & ~Q(Exists(Team.objects.filter(organization=here)))
        & ~Q(Exists(Invitation.objects.open().filter(organization=here)))
        & ~Q(Exists(CheckoutAttempt.objects.open().filter(organization=here)))
        & ~Q(Exists(Project.objects.filter(organization=here)))
    )


def _is_unheld(organization: Organization) -> bool:
    row = getattr(organization, "entitlements", None)
    return row is None or row.holding().standing in UNHELD
