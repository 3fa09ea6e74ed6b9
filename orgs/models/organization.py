"""The organization itself, and how far its life has come."""

from typing import Self

from django.db import models
from django.db.models import Q

from kernel import clock
from orgs.levels import Level
from orgs.names import NAME_PATTERN, normalized


class Kind(models.TextChoices):
    """Who stands behind it, and so how it may exist."""

    COMPANY = "company", "Company"
    COMMUNITY = "community", "Community"


class State(models.TextChoices):
    """Its own life; standing is computed from this and from money."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organizations by who sees them, and the lock."""

    def lock(self, pk: int) -> "Organization":
        """Return the organization, locked for this transaction; nothing else may change it
        meanwhile.

        ``FOR NO KEY UPDATE``: rows that refer to it can still be added by others.
        """
        return self.select_for_update(no_key=True).get(pk=pk)

    def of_user(self, user_id: int) -> Self:
        """Those in which a person is a member."""
        return self.filter(memberships__user_id=user_id)

    def live(self) -> Self:
        """Not closed."""
        return self.exclude(state=State.CLOSED)

    def named(self, name: str) -> Self:
        """Those that live and have, or had, this name in any spelling; one at most."""
        return self.live().filter(
            names__normalized_name=normalized(name), names__released_at__isnull=True
        )


class Organization(models.Model):
    """An account that owns teams and projects. Its name is unique in normalized form, for ever.

    ``base_level`` is what every member who takes a seat has on all its projects; ``None`` is
    nothing.
    ``seats_taken`` and ``private_projects`` are changed only under this row's lock, by the module
    that claims them. ``closes_at`` is when closing can no longer be undone. ``name_warned_at`` is
    when the owner of a company that never lived was told that its name will be freed.
    """

    name = models.CharField(max_length=50)
    normalized_name = models.CharField(max_length=50)
    skeleton = models.CharField(max_length=50)
    display_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    url = models.URLField(blank=True)
    description = models.CharField(max_length=500, blank=True)
    profile_is_public = models.BooleanField(default=False)
    requires_second_factor = models.BooleanField(default=False, db_default=False)
    seats_taken = models.PositiveIntegerField(default=0)
    private_projects = models.PositiveIntegerField(default=0)
    base_level = models.PositiveSmallIntegerField(choices=Level, null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    renamed_at = models.DateTimeField(null=True, editable=False)
    name_warned_at = models.DateTimeField(null=True, editable=False)
    closes_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["normalized_name"],
                condition=~Q(state="closed"),
                name="organization_one_per_name",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="organization_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="organization_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(name__regex=NAME_PATTERN), name="organization_name_is_well_formed"
            ),
            models.CheckConstraint(
                condition=Q(base_level__isnull=True) | Q(base_level__in=Level.values),
                name="organization_base_level_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="closing", closes_at__isnull=False)
                | (~Q(state="closing") & Q(closes_at__isnull=True)),
                name="organization_closing_has_an_end",
            ),
        ]
        indexes = [models.Index(fields=["skeleton"], name="organization_skeleton")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it lives and is not being closed."""
        return self.state == State.OPEN

    @property
    def is_closing(self) -> bool:
        """Whether it is being closed, and this can be undone."""
        return self.state == State.CLOSING

    @property
    def is_company(self) -> bool:
        """Whether it pays."""
        return self.kind == Kind.COMPANY
