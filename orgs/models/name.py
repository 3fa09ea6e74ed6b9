"""Names: the ledger of all there ever were, and what undecided applications ask for."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from kernel import clock

Row = TypeVar("Row", bound="HeldName")


class HeldNameQuerySet(models.QuerySet[Row]):
    """Names by whether they are still kept."""

    def held(self) -> Self:
        """Not released: nobody else can have them."""
        return self.filter(released_at__isnull=True)


class HeldName(models.Model):
    """A row of a ledger of names; it stays for ever, and says when and why it was released."""

    normalized_name = models.CharField(max_length=50)
    name = models.CharField(max_length=50)
    since = models.DateTimeField(default=clock.now, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    released_because = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def release(self, because: str) -> None:
        """Let go of the name; the caller holds its lock."""
        self.released_at, self.released_because = clock.now(), because
        self.save(update_fields=["released_at", "released_because"])


RELEASED_WITH_A_REASON = Q(released_at__isnull=True, released_because="") | (
    Q(released_at__isnull=False) & ~Q(released_because="")
)


class OrganizationNameQuerySet(HeldNameQuerySet["OrganizationName"]):
    """Names of organizations: a held one leads to its organization, or is burned with it."""


class OrganizationName(HeldName):
    """The ledger of names: each was one organization's once, and is nobody else's until released.

    A released one leads nowhere any more, and the same name may then be entered again for another
    organization.
    """

    skeleton = models.CharField(max_length=50)
    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="names")

    objects = OrganizationNameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["normalized_name"],
                condition=Q(released_at__isnull=True),
                name="organization_name_held_once",
            ),
            models.CheckConstraint(
                condition=RELEASED_WITH_A_REASON, name="organization_name_released_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["skeleton"], name="organization_name_skeleton"),
            models.Index(fields=["normalized_name"], name="organization_name_history"),
        ]


class BurnedProjectNameQuerySet(HeldNameQuerySet["BurnedProjectName"]):
    """Names of deleted projects."""


class BurnedProjectName(HeldName):
    """The name of a project that was deleted. Whoever installs it by name must not get another's.

    ``was_of`` says whose it was, as ``organization:ID`` or ``user:ID``. A trigger refuses projects
    of a name that is held.
    """

    was_of = models.CharField(max_length=80)

    objects = BurnedProjectNameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["normalized_name"],
                condition=Q(released_at__isnull=True),
                name="burned_project_name_held_once",
            ),
            models.CheckConstraint(
                condition=RELEASED_WITH_A_REASON, name="burned_project_name_released_with_a_reason"
            ),
        ]


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
