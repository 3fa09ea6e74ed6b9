"""Names: the ledger of all there ever were, and what undecided applications ask for."""

from typing import Self

from django.db import models
from django.db.models import Q

from kernel import clock


class OrganizationNameQuerySet(models.QuerySet["OrganizationName"]):
    """Names by whether they are still somebody's."""

    def held(self) -> Self:
        """Not released: they lead to their organization, or are burned with it."""
        return self.filter(released_at__isnull=True)


class OrganizationName(models.Model):
    """The ledger of names: each was one organization's once, and is nobody else's until released.

    Rows stay for ever. A released one says when and why; it leads nowhere any more, and the same
    name may then be entered again for another organization.
    """

    normalized_name = models.CharField(max_length=50)
    name = models.CharField(max_length=50)
    skeleton = models.CharField(max_length=50)
    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="names")
    since = models.DateTimeField(default=clock.now, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    released_because = models.CharField(max_length=300, blank=True, editable=False)

    objects = OrganizationNameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["normalized_name"],
                condition=Q(released_at__isnull=True),
                name="organization_name_held_once",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_because="")
                | (Q(released_at__isnull=False) & ~Q(released_because="")),
                name="organization_name_released_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["skeleton"], name="organization_name_skeleton"),
            models.Index(fields=["normalized_name"], name="organization_name_history"),
        ]

    def __str__(self) -> str:
        return self.name

    def release(self, because: str) -> None:
        """Let go of the name; the caller holds its lock."""
        self.released_at, self.released_because = clock.now(), because
        self.save(update_fields=["released_at", "released_because"])


class BurnedProjectNameQuerySet(models.QuerySet["BurnedProjectName"]):
    """Names by whether they are still kept back."""

    def held(self) -> Self:
        """Not released: no project is registered under them."""
        return self.filter(released_at__isnull=True)


class BurnedProjectName(models.Model):
    """The name of a project that was deleted. Whoever installs it by name must not get another's.

    ``was_of`` says whose it was, as ``organization:ID`` or ``user:ID``. A trigger refuses projects
    of a name that is held.
    """

    normalized_name = models.CharField(max_length=50)
    name = models.CharField(max_length=50)
    was_of = models.CharField(max_length=80)
    since = models.DateTimeField(default=clock.now, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    released_because = models.CharField(max_length=300, blank=True, editable=False)

    objects = BurnedProjectNameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["normalized_name"],
                condition=Q(released_at__isnull=True),
                name="burned_project_name_held_once",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_because="")
                | (Q(released_at__isnull=False) & ~Q(released_because="")),
                name="burned_project_name_released_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def release(self, because: str) -> None:
        """Let go of the name; the caller holds its lock."""
        self.released_at, self.released_because = clock.now(), because
        self.save(update_fields=["released_at", "released_because"])


class NameClaim(models.Model):
    """A name that an undecided application asks for; nobody founds under it meanwhile, several may
    claim it.
    """

    normalized_name = models.CharField(max_length=50)
    skeleton = models.CharField(max_length=50)
    claimant = models.CharField(max_length=80, unique=True)
    user_id = models.BigIntegerField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["skeleton"], name="name_claim_skeleton")]

    def __str__(self) -> str:
        return f"{self.normalized_name} for {self.claimant}"
