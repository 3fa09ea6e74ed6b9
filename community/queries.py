"""Page-sized reads over applications. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from community.models import Application, Decision
from community.policy import REVIEW
from community.states import QUEUED, UNDECIDED, State
from kernel.pagination import Page, page_of
from kernel.refusals import NotFound
from orgs.matrix import STAFF_MATRIX
from orgs.models import Membership, OrganizationName
from orgs.models.organization import State as OrganizationState

ENOUGH_DECISIONS = 5
"""Fewer than these say nothing about how long the next one takes."""
RECENT_DECISIONS = 50
MOST_LISTED = 100
"""As many rows as a side list of a page holds."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much lies in the queue now."""

    waiting: int
    claimed: int
    asked: int
    deferred: int
    oldest: datetime | None


def applications_of(user: User) -> Sequence[Application]:
    """Return a person's applications, the newest first."""
    return list(
        Application.objects.filter(applicant=user)
        .select_related("organization")
        .order_by("-pk")[:MOST_LISTED]
    )


def application_of(user: User, public_id: UUID) -> Application:
    """Return a person's application; to all others it does not exist. Refuses with NotFound."""
    found = Application.objects.filter(applicant=user, public_id=public_id)
    application = found.select_related("organization", "applicant").first()
    if application is None:
        raise NotFound
    return application


def application_for_review(public_id: UUID) -> Application:
    """Return an application that was ever submitted; drafts are private. Refuses with NotFound."""
    found = Application.objects.filter(public_id=public_id, submitted_at__isnull=False)
    application = found.select_related("organization", "applicant", "reviewer").first()
    if application is None:
        raise NotFound
    return application


def place_in_queue(application: Application) -> int | None:
    """Return 1 for the next to be taken up; ``None`` for what does not wait."""
    if application.state not in QUEUED or application.queued_at is None:
        return None
    before = Q(queued_at__lt=application.queued_at) | Q(
        queued_at=application.queued_at, pk__lt=application.pk
    )
    return Application.objects.queued().filter(before).count() + 1


def usual_wait() -> timedelta | None:
    """Return the median time from submission to a reviewer's recent decisions, if there are enough.

    Declines that only follow from another application's approval say nothing of it.
    """
    recent = (
        Decision.objects.carried_out()
        .exclude(reason="name_given")
        .order_by("-carried_out_at")
        .values_list(F("recorded_at") - F("application__submitted_at"), flat=True)
    )
    waits = [wait for wait in recent[:RECENT_DECISIONS] if wait is not None]
    return median(waits) if len(waits) >= ENOUGH_DECISIONS else None


def queue(
    *, states: Sequence[str], reviewer: UUID | None, cursor: str = "", size: int = 50
) -> Page[Application]:
    """Return submitted applications, the oldest first, each with how many ask for a name like it.

    ``reviewer`` keeps those that this person holds or decided.
    """
    rows = Application.objects.filter(state__in=states, submitted_at__isnull=False)
    if reviewer is not None:
        decided = Decision.objects.filter(application=OuterRef("pk"), reviewer__public_id=reviewer)
        rows = rows.filter(Q(reviewer__public_id=reviewer) | Exists(decided))
    found = _with_conflicts(rows).select_related("applicant", "reviewer")
    return page_of(found, order=["queued_at", "id"], cursor=cursor, size=size)


def load() -> Load:
    """Return what waits for whom."""
    found = Application.objects.undecided().aggregate(
        waiting=Count("pk", filter=Q(state__in=QUEUED)),
        claimed=Count("pk", filter=Q(state=State.CLAIMED)),
        asked=Count("pk", filter=Q(state=State.NEEDS_INFORMATION)),
        deferred=Count("pk", filter=Q(state=State.DEFERRED)),
        oldest=Min("queued_at", filter=Q(state__in=QUEUED)),
    )
    return Load(**found)


def reviewers() -> Sequence[User]:
    """Return the people who review, by name."""
    return list(
        User.objects.filter(staff_role__in=STAFF_MATRIX[REVIEW], is_active=True).order_by(
            "name", "email"
        )
    )


def rivals_of(application: Application) -> Sequence[Application]:
    """Return who else asks for the name or one like it, the oldest first."""
    rivals = Application.objects.rivals_of(application).select_related("applicant")
    return list(rivals.order_by("queued_at", "pk")[:MOST_LISTED])


def earlier_applications(application: Application) -> Sequence[Application]:
    """Return what else the applicant submitted, the newest first."""
    return list(
        Application.objects.filter(applicant=application.applicant_id, submitted_at__isnull=False)
        .exclude(pk=application.pk)
        .order_by("-pk")[:MOST_LISTED]
    )


def organizations_of(user: User) -> Sequence[Membership]:
    """Return where a person is a member, by name."""
    places = Membership.objects.filter(user=user).select_related("organization__entitlements")
    return list(places.order_by("organization__normalized_name")[:MOST_LISTED])


def _with_conflicts(rows: QuerySet[Application]) -> QuerySet[Application]:
    alike = (
        Application.objects.filter(state__in=UNDECIDED, skeleton=OuterRef("skeleton"))
        .exclude(pk=OuterRef("pk"))
        .order_by()
        .values("skeleton")
        .annotate(number=Count("pk"))
        .values("number")
    )
    given = OrganizationName.objects.held().filter(
        ~Q(organization__state=OrganizationState.CLOSED)
        | Q(normalized_name=OuterRef("normalized_name")),
        skeleton=OuterRef("skeleton"),
    )
    return rows.annotate(
        rivals=Coalesce(Subquery(alike), 0),
        is_name_gone=Exists(given) & Q(state__in=UNDECIDED),
    )
