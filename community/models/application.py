"""A community's request for a free organization."""

from collections.abc import Iterable
from typing import Self
from uuid import UUID, uuid4

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, URLValidator
from django.db import models
from django.db.models import Q

from community.states import EDITABLE, QUEUED, UNDECIDED, State
from kernel import clock
from orgs.names import NAME_PATTERN

HELD = frozenset({State.CLAIMED, State.NEEDS_INFORMATION})
"""States in which a reviewer is named."""

LONGEST_TEXT = 4000
MOST_PEOPLE = 1_000_000

_web = URLValidator(["http", "https"])
"""Reviewers follow these links."""
_text = MaxLengthValidator(LONGEST_TEXT)


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications by where they stand, and the lock."""

    def lock(self, pk: int) -> "Application":
        """Return the application, locked for this transaction; every change begins here."""
        return self.select_for_update(no_key=True, of=("self",)).get(pk=pk)

    def lock_each(self, pks: Iterable[int]) -> list["Application"]:
        """Return several, locked in the order of their ids."""
        rows = self.filter(pk__in=list(pks)).order_by("pk")
        return list(rows.select_for_update(no_key=True, of=("self",)))

    def undecided(self) -> Self:
        """Those that hold a name and wait for an outcome."""
        return self.filter(state__in=UNDECIDED)

    def queued(self) -> Self:
        """Those that wait for a reviewer."""
        return self.filter(state__in=QUEUED)

    def rivals_of(self, application: "Application") -> Self:
        """Undecided ones of others whose name is, or looks like, the same."""
        return self.undecided().filter(skeleton=application.skeleton).exclude(pk=application.pk)


class Application(models.Model):
    """A request. Its life is its own, apart from its name and from what organization comes of it.

    ``url`` is the site, which is evidence as well. ``queued_at`` is when it took its place in the
    queue; it keeps the place when a reviewer lets go of it. ``held_until`` is wall time.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications"
    )
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)

    name = models.CharField(max_length=50, blank=True)
    normalized_name = models.CharField(max_length=50, blank=True)
    skeleton = models.CharField(max_length=50, blank=True)
    display_name = models.CharField(max_length=120, blank=True)
    url = models.URLField(blank=True, validators=[_web])
    description = models.CharField(max_length=500, blank=True)
    intended_use = models.TextField(blank=True, validators=[_text])
    people = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)]
    )
    repository_url = models.URLField(blank=True, validators=[_web])
    license_url = models.URLField(blank=True, validators=[_web])
    maintainers = models.TextField(blank=True, validators=[_text])

    created_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    queued_at = models.DateTimeField(null=True, editable=False)
    appealed_at = models.DateTimeField(null=True, editable=False)
    appeal = models.TextField(blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    held_until = models.DateTimeField(null=True, editable=False)
    organization = models.OneToOneField(
        "orgs.Organization", models.PROTECT, null=True, related_name="application"
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="application_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN])
                | Q(name__regex=NAME_PATTERN, submitted_at__isnull=False, queued_at__isnull=False),
                name="application_was_submitted_with_a_name",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(HELD), reviewer__isnull=False)
                | (~Q(state__in=sorted(HELD)) & Q(reviewer__isnull=True)),
                name="application_is_held_by_a_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLAIMED, held_until__isnull=False)
                | (~Q(state=State.CLAIMED) & Q(held_until__isnull=True)),
                name="application_is_held_for_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.APPROVED, organization__isnull=False)
                | (~Q(state=State.APPROVED) & Q(organization__isnull=True)),
                name="application_approved_made_an_organization",
            ),
        ]
        indexes = [
            models.Index(fields=["queued_at", "id"], name="application_queue"),
            models.Index(
                fields=["skeleton"],
                condition=Q(state__in=sorted(UNDECIDED)),
                name="application_rivals",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "untitled"

    @property
    def claimant(self) -> str:
        """The name under which it claims its name."""
        return claimant_of(self.public_id)

    @property
    def title(self) -> str:
        """What to call it before it has a name."""
        return self.display_name or self.name or "Untitled application"

    @property
    def is_undecided(self) -> bool:
        """Whether it still waits for its outcome."""
        return self.state in UNDECIDED

    @property
    def is_editable(self) -> bool:
        """Whether its applicant may change it now."""
        return self.state in EDITABLE

    @property
    def is_held(self) -> bool:
        """Whether a reviewer holds it and the time is not over."""
        return self.held_until is not None and self.held_until > clock.wall()


def claimant_of(public_id: UUID) -> str:
    """Return the claimant that the ledger of claims knows an application by."""
    return f"application:{public_id}"
