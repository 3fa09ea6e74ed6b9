"""What people and organizations own, and who has which level on it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.refusals import NotFound
from orgs.levels import Level
from orgs.names import NAME_PATTERN


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects by whose they are and who sees them."""

    def lock(self, pk: int) -> "Project":
        """Return the project, locked for this transaction; its organization is locked before it.

        Refuses with NotFound when it was deleted meanwhile.
        """
        found = self.select_for_update(no_key=True).filter(pk=pk).first()
        if found is None:
            raise NotFound
        return found

    def public(self) -> Self:
        """Seen by everybody."""
        return self.filter(is_private=False)

    def private(self) -> Self:
        """Seen by those with a level."""
        return self.filter(is_private=True)

    def present(self) -> Self:
        """Not archived."""
        return self.filter(archived_at__isnull=True)


class Project(models.Model):
    """A project has exactly one owner, a person or an organization; its name is unique.

    A person created it, or a service token of ``created_by_organization`` did; once it moved,
    whoever took it over counts as its creator.
    """

    name = models.CharField(max_length=50)
    normalized_name = models.CharField(max_length=50, unique=True)
    description = models.CharField(max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="owned_projects"
    )
    organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, null=True, related_name="projects"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_by_organization = models.ForeignKey(
        "orgs.Organization", models.PROTECT, null=True, related_name="+"
    )
    is_private = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) ^ Q(organization__isnull=True),
                name="project_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(created_by__isnull=True) ^ Q(created_by_organization__isnull=True),
                name="project_has_one_creator",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=NAME_PATTERN), name="project_name_is_well_formed"
            ),
            models.UniqueConstraint(
                fields=["organization", "id"], name="project_with_organization"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "normalized_name"], name="project_of_organization")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        """Whether it is kept for reading only."""
        return self.archived_at is not None


class ProjectRole(models.Model):
    """One person's own level on one project."""

    project = models.ForeignKey("orgs.Project", models.CASCADE, related_name="roles")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="project_roles")
    level = models.PositiveSmallIntegerField(choices=Level)
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="project_role_one_each"),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="project_role_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} may {Level(self.level).key} {self.project_id}"


class TeamGrant(models.Model):
    """A team's level on a project of the same organization.

    The organization is repeated so that composite foreign keys (made in the migration) hold team
    and project to it: a project that moves away cannot take a grant along.
    """

    organization = models.ForeignKey("orgs.Organization", models.CASCADE, related_name="+")
    project = models.ForeignKey("orgs.Project", models.CASCADE, related_name="team_grants")
    team = models.ForeignKey("orgs.Team", models.CASCADE, related_name="grants")
    level = models.PositiveSmallIntegerField(choices=Level)
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "team"], name="team_grant_one_each"),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="team_grant_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"team {self.team_id} may {Level(self.level).key} {self.project_id}"
