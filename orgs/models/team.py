"""Groups of members."""

from django.db import models
from django.db.models import Q

from kernel import clock
from orgs.names import NAME_PATTERN


class Team(models.Model):
    """A group of members of one organization; its name is unique there in normalized form."""

    organization = models.ForeignKey("orgs.Organization", models.CASCADE, related_name="teams")
    name = models.CharField(max_length=50)
    normalized_name = models.CharField(max_length=50)
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "normalized_name"], name="team_one_per_name"
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="team_with_organization"),
            models.CheckConstraint(
                condition=Q(name__regex=NAME_PATTERN), name="team_name_is_well_formed"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(models.Model):
    """A member in a team. It hangs on the *membership*: who leaves the organization leaves its
    teams.

    The organization is repeated so that composite foreign keys (made in the migration) hold team
    and member to the same one, and a billing manager out of every team.
    """

    organization = models.ForeignKey("orgs.Organization", models.CASCADE, related_name="+")
    team = models.ForeignKey("orgs.Team", models.CASCADE, related_name="team_memberships")
    membership = models.ForeignKey(
        "orgs.Membership", models.CASCADE, related_name="team_memberships"
    )
    is_maintainer = models.BooleanField(default=False)
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "membership"], name="team_membership_once"),
        ]
        indexes = [
            models.Index(fields=["team", "id"], name="team_membership_in_order"),
            models.Index(
                fields=["team", "id"],
                condition=Q(is_maintainer=True),
                name="team_membership_maintainers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.team_id}"
