"""The organization, and every name it ever had."""

from typing import Self

from django.db import models
from django.db.models import Q

from kernel import clock
from orgs.names import NAME_PATTERN


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


class Organization(models.Model):
    """An account that owns teams and projects. Its name is unique in normalized form, for ever.

    ``seats_taken`` and ``private_projects`` are changed only under this row's lock, by the module
    that claims them.
    """

    name = models.CharField(max_length=50)
    normalized_name = models.CharField(max_length=50)
    skeleton = models.CharField(max_length=50)
    display_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    url = models.URLField(blank=True)
    description = models.CharField(max_length=500, blank=True)
    requires_second_factor = models.BooleanField(default=False, db_default=False)
    seats_taken = models.PositiveIntegerField(default=0)
    private_projects = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

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
        ]
        indexes = [models.Index(fields=["skeleton"], name="organization_skeleton")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_company(self) -> bool:
        """Whether it pays."""
        return self.kind == Kind.COMPANY


class OrganizationName(models.Model):
    """The ledger of names: each was one organization's once, and is nobody else's ever after."""

    normalized_name = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=50)
    skeleton = models.CharField(max_length=50)
    organization = models.ForeignKey("orgs.Organization", models.PROTECT, related_name="names")
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["skeleton"], name="organization_name_skeleton")]

    def __str__(self) -> str:
        return self.name


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
